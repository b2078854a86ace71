import KubernetesModel

/// What a volume of a pod is made of.
struct VolumePlan: Sendable, Hashable {
    /// A token that a file is to hold, and that is renewed.
    struct Token: Sendable, Hashable {
        /// Who is meant to accept it; empty for the API server.
        var audiences: [String] = []
        var seconds: Int64 = 3600
        /// File name below the volume.
        var path: String
    }

    /// The name of the volume.
    var name: String
    /// Bytes by file name.
    var files: [String: [UInt8]] = [:]
    var tokens: [Token] = []
    /// A claim for a volume.
    struct Claim: Sendable, Hashable {
        var name: String
        /// Tells it from a later claim of its name, which must not have its data.
        var uid: String
    }

    /// The claim whose directory it is, which outlives the pod.
    var claim: Claim?

    /// Plans a volume.
    ///
    /// - Throws: ``ProcessRuntimeError`` with the code `container_config` when an object is missing, or the volume is of a kind that is no directory.
    init(_ volume: CoreV1.Volume, _ objects: ReferencedObjects) throws(ProcessRuntimeError) {
        name = volume.name ?? ""
        if let source = volume.configMap {
            try add(.configMap, source.name, source.items, source.optional, objects)
        } else if let source = volume.secret {
            try add(.secret, source.secretName, source.items, source.optional, objects)
        } else if let source = volume.projected {
            for part in source.sources ?? [] {
                if let token = part.serviceAccountToken {
                    let audiences = token.audience.map { [$0] } ?? []
                    tokens.append(Token(audiences: audiences, seconds: token.expirationSeconds ?? 3600, path: token.path ?? "token"))
                }
                if let keys = part.secret { try add(.secret, keys.name, keys.items, keys.optional, objects) }
                if let keys = part.configMap { try add(.configMap, keys.name, keys.items, keys.optional, objects) }
            }
        } else if let source = volume.persistentVolumeClaim {
            let name = source.claimName ?? ""
            guard let uid = objects.claims[name] else {
                throw ProcessRuntimeError(.configuration, "persistentvolumeclaim \"\(name)\" not found")
            }
            claim = Claim(name: name, uid: uid)
        } else if volume.emptyDir == nil {
            throw ProcessRuntimeError(.configuration, "the volume \"\(name)\" is of a kind that is no directory of this machine")
        }
        for path in files.keys where !Self.isBelow(path) {
            throw ProcessRuntimeError(.configuration, "the file \"\(path)\" of the volume \"\(name)\" is outside of it")
        }
        for token in tokens where !Self.isBelow(token.path) {
            throw ProcessRuntimeError(.configuration, "the file \"\(token.path)\" of the volume \"\(name)\" is outside of it")
        }
    }

    private mutating func add(
        _ kind: ReferencedObjects.Kind,
        _ name: String?,
        _ items: [CoreV1.KeyToPath]?,
        _ optional: Bool?,
        _ objects: ReferencedObjects
    ) throws(ProcessRuntimeError) {
        guard let content = try objects.content(kind, name, optional: optional) else { return }
        guard let items else {
            files.merge(content) { _, new in new }
            return
        }
        for item in items {
            guard let key = item.key, let path = item.path else { continue }
            if let bytes = content[key] {
                files[path] = bytes
            } else if optional != true {
                throw ProcessRuntimeError(.configuration, "references non-existent key \(key) of \(kind.rawValue) \"\(name ?? "")\"")
            }
        }
    }

    private static func isBelow(_ path: String) -> Bool {
        !path.isEmpty && !path.hasPrefix("/") && !path.split(separator: "/").contains("..")
    }
}
