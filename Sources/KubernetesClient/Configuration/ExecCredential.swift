import Foundation
import JSONValue
import KubernetesModel

/// What a credential program printed (`ExecCredential` of `client.authentication.k8s.io`).
struct ExecCredential: Sendable {
    var token: String?
    var identity: ClientTLS.Identity?
    var expires: Date?

    /// Runs the program and reads its answer.
    static func obtain(_ plugin: ExecPlugin, server: String, tls: ClientTLS, runner: ExecRunner) async throws -> ExecCredential {
        var environment = plugin.environment
        environment["KUBERNETES_EXEC_INFO"] = request(plugin, server: server, tls: tls).text()
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
    static func request(_ plugin: ExecPlugin, server: String, tls: ClientTLS) -> JSON {
        var spec: [String: JSON] = ["interactive": false]
        if plugin.providesClusterInfo {
            var cluster: [String: JSON] = ["server": .string(server)]
            if let name = tls.serverName { cluster["tls-server-name"] = .string(name) }
            if tls.isVerificationDisabled { cluster["insecure-skip-tls-verify"] = true }
            if let bytes = try? tls.certificateAuthority?.read() {
                cluster["certificate-authority-data"] = .string(Data(bytes).base64EncodedString())
            }
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
        token = status["token"]?.stringValue
        if let certificate = status["clientCertificateData"]?.stringValue, let key = status["clientKeyData"]?.stringValue {
            identity = ClientTLS.Identity(certificate: .bytes(Array(certificate.utf8)), privateKey: .bytes(Array(key.utf8)))
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
