import Foundation
import KubernetesModel
import LocalCluster
import Logging
import Testing

@testable import KubernetesClient

/// Credentials that change, against a server that checks them.
@Suite(.serialized) struct CredentialClusterTests {
    private static func client(_ configuration: ClientConfiguration, _ clock: ManualClock? = nil) throws -> KubernetesClient {
        var configuration = configuration
        configuration.retry = .never
        return try KubernetesClient(
            configuration: configuration,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            time: clock?.timeSource ?? .system
        )
    }

    private static func identity(_ cluster: ClusterServer) throws -> (certificate: [UInt8], key: [UInt8]) {
        let identity = try #require(try ClientConfiguration(kubeconfigYAML: cluster.kubeconfig).tls.identity)
        return (try identity.certificate.read(), try identity.privateKey.read())
    }

    private static func kubeconfig(_ cluster: ClusterServer, user: String) async throws -> String {
        """
        apiVersion: v1
        kind: Config
        current-context: c
        clusters: [{name: x, cluster: {server: "\(try await cluster.waitUntilReady().url)", certificate-authority: ca.crt}}]
        contexts: [{name: c, context: {cluster: x, user: u}}]
        users:
        - name: u
          user:
        \(user.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n"))
        """
    }

    @Test func renewedCertificatesAreReadAgain() async throws {
        try await withClusterServer { cluster in
            try await withClusterServer { stranger in
                let directory = try TemporaryDirectory()
                let wrong = try Self.identity(stranger)
                let right = try Self.identity(cluster)
                try directory.write("ca.crt", cluster.caCertificatePEM)
                try directory.write("cert", wrong.certificate)
                try directory.write("key", wrong.key)
                let file = try directory.write(
                    "config",
                    try await Self.kubeconfig(cluster, user: "client-certificate: cert\nclient-key: key")
                )
                let clock = ManualClock()
                let client = try Self.client(try ClientConfiguration.load(environment: [:], kubeconfig: file), clock)
                let api = client.resource(CoreV1.Namespace.self)
                await #expect(throws: KubernetesError.self) { try await api.list() }
                // Half of the pair is there: what was read before is kept.
                try directory.write("cert", right.certificate)
                clock.advance(by: .seconds(61))
                await #expect(throws: KubernetesError.self) { try await api.list() }
                try directory.write("key", right.key)
                clock.advance(by: .seconds(61))
                _ = try await api.list()
                await client.shutdown()
            }
        }
    }

    @Test func aRefusedCertificateIsReadAgainAtOnce() async throws {
        try await withClusterServer { cluster in
            try await withClusterServer { stranger in
                let directory = try TemporaryDirectory()
                let right = try Self.identity(cluster)
                let wrong = try Self.identity(stranger)
                var configuration = try ClientConfiguration(kubeconfigYAML: cluster.kubeconfig)
                configuration.tls.identity = .init(
                    certificate: .file(try directory.write("cert", wrong.certificate)),
                    privateKey: .file(try directory.write("key", wrong.key))
                )
                configuration.retry = RetryPolicy(
                    maximumAttempts: 3,
                    backoff: Backoff(initial: .milliseconds(1), maximum: .milliseconds(1))
                )
                let client = try KubernetesClient(
                    configuration: configuration,
                    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
                )
                let api = client.resource(CoreV1.Namespace.self)
                await #expect(throws: KubernetesError.self) { try await api.list() }
                try directory.write("cert", right.certificate)
                try directory.write("key", right.key)
                _ = try await api.list()
                await client.shutdown()
            }
        }
    }

    @Test func aProgramMayGiveACertificate() async throws {
        try await withClusterServer { cluster in
            let directory = try TemporaryDirectory()
            let identity = try Self.identity(cluster)
            func line(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self).replacingOccurrences(of: "\n", with: "\\n") }
            let answer = """
                {"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential",\
                "status":{"clientCertificateData":"\(line(identity.certificate))","clientKeyData":"\(line(identity.key))"}}
                """
            try directory.write("answer", answer)
            try directory.write("ca.crt", cluster.caCertificatePEM)
            _ = try directory.program("plugin", "echo run >> \(directory.path)/runs\ncat \(directory.path)/answer")
            let file = try directory.write(
                "config",
                try await Self.kubeconfig(
                    cluster,
                    user: "exec: {apiVersion: client.authentication.k8s.io/v1, command: ./plugin, interactiveMode: Never}"
                )
            )
            let client = try Self.client(try ClientConfiguration.load(environment: [:], kubeconfig: file))
            _ = try await client.resource(CoreV1.Namespace.self).list()
            _ = try await client.resource(CoreV1.Namespace.self).list()
            let runs = try String(contentsOfFile: "\(directory.path)/runs", encoding: .utf8)
            #expect(runs == "run\n")
            await client.shutdown()
        }
    }

    @Test func aProgramIsAskedAgainOnceWhenItsTokenIsRefused() async throws {
        try await withClusterServer { cluster in
            let directory = try TemporaryDirectory()
            try directory.write("ca.crt", cluster.caCertificatePEM)
            try directory.write("token", "stale")
            _ = try directory.program(
                "plugin",
                """
                echo "$KUBERNETES_EXEC_INFO" >> \(directory.path)/runs
                printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"%s"}}' "$(cat \(directory.path)/token)"
                """
            )
            let file = try directory.write(
                "config",
                try await Self.kubeconfig(
                    cluster,
                    user: "exec: {apiVersion: client.authentication.k8s.io/v1, command: ./plugin, provideClusterInfo: true}"
                )
            )
            let client = try Self.client(try ClientConfiguration.load(environment: [:], kubeconfig: file))
            let api = client.resource(CoreV1.Namespace.self)
            let error = await #expect(throws: KubernetesError.self) { try await api.list() }
            #expect(error?.isUnauthorized == true)
            func runs() throws -> [String] {
                try String(contentsOfFile: "\(directory.path)/runs", encoding: .utf8).split(separator: "\n").map(String.init)
            }
            let first = try runs()
            #expect(first.count == 2)
            #expect(first.allSatisfy { $0.contains("certificate-authority-data") && $0.contains("\"server\"") })
            try directory.write("token", cluster.adminToken)
            // Many calls that are refused together ask together.
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 { group.addTask { _ = try await api.list() } }
                try await group.waitForAll()
            }
            let second = try runs()
            #expect(second.count == 3)
            await client.shutdown()
        }
    }

    @Test func theTokenOfAPodRotates() async throws {
        try await withClusterServer { cluster in
            let directory = try TemporaryDirectory()
            let port = try await cluster.waitUntilReady().port
            try directory.write("ca.crt", cluster.caCertificatePEM)
            try directory.write("token", cluster.adminToken + "\n")
            try directory.write("namespace", "default\n")
            let environment = ["KUBERNETES_SERVICE_HOST": "127.0.0.1", "KUBERNETES_SERVICE_PORT": "\(port)"]
            let clock = ManualClock()
            let configuration = try ClientConfiguration.inCluster(environment: environment, directory: directory.path)
            let client = try Self.client(configuration, clock)
            let api = client.resource(CoreV1.ConfigMap.self, namespace: configuration.namespace)
            _ = try await api.list()
            try directory.write("token", "revoked")
            _ = try await api.list()
            clock.advance(by: .seconds(61))
            let error = await #expect(throws: KubernetesError.self) { try await api.list() }
            #expect(error?.isUnauthorized == true)
            // The kubelet wrote the new one; nobody waits for the minute.
            try directory.write("token", cluster.adminToken)
            _ = try await api.list()
            // While the file is replaced it may be away or empty; the token is still good.
            clock.advance(by: .seconds(61))
            try directory.write("token", "")
            _ = try await api.list()
            try FileManager.default.removeItem(atPath: "\(directory.path)/token")
            clock.advance(by: .seconds(61))
            _ = try await api.list()
            await client.shutdown()
        }
    }
}
