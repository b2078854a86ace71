import Foundation
import KubernetesModel

/// The Secrets, ConfigMaps and claims of a namespace that a pod names.
struct ReferencedObjects: Sendable, Hashable {
    enum Kind: String, Sendable, Hashable {
        case secret
        case configMap = "configmap"
    }

    /// Bytes by key, by name. What is missing has no entry.
    var secrets: [String: [String: [UInt8]]] = [:]
    var configMaps: [String: [String: [UInt8]]] = [:]
    /// The uids of volume claims, by name.
    var claims: [String: String] = [:]

    /// Takes in a Secret.
    mutating func add(_ secret: CoreV1.Secret) {
        secrets[secret.metadata.name] = (secret.data ?? [:]).mapValues { Array(Data(base64Encoded: $0) ?? Data()) }
    }

    /// Takes in a ConfigMap.
    mutating func add(_ map: CoreV1.ConfigMap) {
        let binary = (map.binaryData ?? [:]).mapValues { Array(Data(base64Encoded: $0) ?? Data()) }
        configMaps[map.metadata.name] = (map.data ?? [:]).mapValues { Array($0.utf8) }.merging(binary) { text, _ in text }
    }

    /// Takes in a volume claim.
    mutating func add(_ claim: CoreV1.PersistentVolumeClaim) { claims[claim.metadata.name] = claim.metadata.uid }

    /// The content of an object.
    ///
    /// - Returns: `nil` when it is missing and may be.
    /// - Throws: ``ProcessRuntimeError`` with the code `container_config` when it is missing and may not be.
    func content(_ kind: Kind, _ name: String?, optional: Bool?) throws(ProcessRuntimeError) -> [String: [UInt8]]? {
        let name = name ?? ""
        if let found = kind == .secret ? secrets[name] : configMaps[name] { return found }
        if optional == true { return nil }
        throw ProcessRuntimeError(.configuration, "\(kind.rawValue) \"\(name)\" not found")
    }

    /// One key of an object, as text.
    ///
    /// - Returns: `nil` when it is missing and may be.
    /// - Throws: ``ProcessRuntimeError`` with the code `container_config` when it is missing and may not be.
    func text(_ kind: Kind, _ selector: CoreV1.KeySelector) throws(ProcessRuntimeError) -> String? {
        guard let content = try content(kind, selector.name, optional: selector.optional) else { return nil }
        let key = selector.key ?? ""
        if let bytes = content[key] { return String(decoding: bytes, as: UTF8.self) }
        if selector.optional == true { return nil }
        throw ProcessRuntimeError(.configuration, "couldn't find key \(key) in \(kind.rawValue) \"\(selector.name ?? "")\"")
    }

    /// Names that a pod refers to.
    static func names(in spec: CoreV1.PodSpec) -> (secrets: Set<String>, configMaps: Set<String>, claims: Set<String>) {
        var secrets: [String?] = []
        var maps: [String?] = []
        for container in (spec.initContainers ?? []) + (spec.containers ?? []) {
            for source in container.envFrom ?? [] {
                secrets.append(source.secretRef?.name)
                maps.append(source.configMapRef?.name)
            }
            for variable in container.env ?? [] {
                secrets.append(variable.valueFrom?.secretKeyRef?.name)
                maps.append(variable.valueFrom?.configMapKeyRef?.name)
            }
        }
        for volume in spec.volumes ?? [] {
            secrets.append(volume.secret?.secretName)
            maps.append(volume.configMap?.name)
            for source in volume.projected?.sources ?? [] {
                secrets.append(source.secret?.name)
                maps.append(source.configMap?.name)
            }
        }
        let claims = (spec.volumes ?? []).map(\.persistentVolumeClaim?.claimName)
        return (Set(secrets.compactMap { $0 }), Set(maps.compactMap { $0 }), Set(claims.compactMap { $0 }))
    }
}
