import Foundation
import JSONValue
import KubernetesModel

/// What a credential program printed (`ExecCredential` of `client.authentication.k8s.io`).
struct ExecCredential: Sendable {
    var token: String?
    var identity: ClientTLS.Identity?
    var expires: Date?

    /// Runs the program and reads its answer.
    static func obtain(
        _ plugin: ExecPlugin,
        server: String,
        tls: ClientTLS,
        proxy: String?,
        runner: ExecRunner
    ) async throws -> ExecCredential {
        guard plugin.interactiveMode != .always else {
            throw KubernetesError(
                .credentials,
                "The credential program \(plugin.command) wants a terminal (interactiveMode Always), and there is none: log in with kubectl, or "
                    + "use a program that needs nobody"
            )
        }
        var environment = plugin.environment
        environment["KUBERNETES_EXEC_INFO"] = request(plugin, server: server, tls: tls, proxy: proxy).text()
        let output: [UInt8]
        do {
            output = try await runner.run(plugin.command, plugin.arguments, environment)
        } catch {
            let hint = plugin.installHint.map { ". \($0)" } ?? ""
            throw KubernetesError(.credentials, "The credential program \(plugin.command) failed\(hint)", cause: error)
        }
        return try ExecCredential(output: output, plugin: plugin)
    }

    /// What the program is told, in `KUBERNETES_EXEC_INFO`.
    static func request(_ plugin: ExecPlugin, server: String, tls: ClientTLS, proxy: String? = nil) -> JSON {
        var spec: [String: JSON] = ["interactive": false]
        if plugin.providesClusterInfo {
            var cluster: [String: JSON] = ["server": .string(server)]
            if let name = tls.serverName { cluster["tls-server-name"] = .string(name) }
            if tls.isVerificationDisabled { cluster["insecure-skip-tls-verify"] = true }
            if let bytes = try? tls.certificateAuthority?.read() {
                cluster["certificate-authority-data"] = .string(Data(bytes).base64EncodedString())
            }
            if let proxy { cluster["proxy-url"] = .string(proxy) }
            if let configuration = plugin.clusterConfiguration { cluster["config"] = configuration }
            spec["cluster"] = .object(cluster)
        }
        return ["apiVersion": .string(plugin.apiVersion), "kind": "ExecCredential", "spec": .object(spec)]
    }

    init(output: [UInt8], plugin: ExecPlugin) throws {
        guard let json = try? JSON(parsing: output), json["kind"]?.stringValue == "ExecCredential", let status = json["status"] else {
            throw KubernetesError(.credentials, "The credential program \(plugin.command) printed no ExecCredential with a status")
        }
        guard json["apiVersion"]?.stringValue == plugin.apiVersion else {
            throw KubernetesError(
                .credentials,
                "The credential program \(plugin.command) answered in \(json["apiVersion"]?.stringValue ?? "-"), not \(plugin.apiVersion)"
            )
        }
        token = status["token"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
        switch (status["clientCertificateData"]?.stringValue, status["clientKeyData"]?.stringValue) {
        case (let certificate?, let key?):
            identity = ClientTLS.Identity(certificate: .bytes(Array(certificate.utf8)), privateKey: .bytes(Array(key.utf8)))
        case (nil, nil): break
        default:
            throw KubernetesError(.credentials, "The credential program \(plugin.command) gave only one of a certificate and its key")
        }
        expires = status["expirationTimestamp"]?.stringValue.flatMap { Timestamp(parsing: $0)?.date }
        guard token != nil || identity != nil else {
            throw KubernetesError(.credentials, "The credential program \(plugin.command) gave neither a token nor a certificate")
        }
    }
}

extension ClientTLS.PEM {
    /// The text.
    func read() throws -> [UInt8] {
        switch self {
        case .bytes(let bytes): return bytes
        case .file(let path):
            do {
                return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
            } catch {
                throw KubernetesError(.configuration, "The file \(path) cannot be read", cause: error)
            }
        }
    }
}
