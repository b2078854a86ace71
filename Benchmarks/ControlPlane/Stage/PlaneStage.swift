import BenchKit
import CraneAPI
import Foundation
import JSONValue
import KubernetesClient
import KubernetesModel
import LocalPostgres
import Postgres

/// API server, PostgreSQL, operator and two control planes on this host.
final class PlaneStage: Sendable {
    static let namespace = "default"

    let token = "bench-\(UUID().uuidString)-\(UUID().uuidString)"
    let postgres: PrivatePostgres
    /// For looking at what is there in the end, not for what is measured.
    let pool: PostgresPool
    let kubernetes: KubernetesClient
    let replicas: [Replica]
    let crane: Program
    private let cluster: Program
    private let directory: URL

    /// Starts everything.
    ///
    /// - Parameters:
    ///   - opencrane: path of the product's program.
    ///   - requestTimeout: longest time of a request, in seconds; nil for the product's own.
    init(opencrane: String, requestTimeout: Int?) async throws {
        guard FileManager.default.isExecutableFile(atPath: opencrane) else {
            throw BenchError("\(opencrane) is missing: build it, or name another one by --opencrane")
        }
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("controlplanebench-\(UUID().uuidString)")
        let directory = directory
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        // Durable: it is crashed, and what was committed must be there.
        postgres = PrivatePostgres(isDurable: true, logger: Setting.logger)
        try await postgres.start()
        let kubeconfig = directory.appendingPathComponent("kubeconfig").path
        var common = ProcessInfo.processInfo.environment.filter { ["PATH", "HOME", "LANG", "LD_LIBRARY_PATH"].contains($0.key) }
        common["KUBECONFIG"] = kubeconfig
        common["DATABASE_URL"] = try await postgres.url
        let environment = common
        let program = { (name: String, arguments: [String], more: [String: String]) in
            Program(
                name: name,
                executable: opencrane,
                arguments: arguments,
                environment: environment.merging(more) { $1 },
                log: directory.appendingPathComponent("\(name).log").path
            )
        }
        cluster = program("dev-cluster", ["dev-cluster", "--kubeconfig", kubeconfig], [:])
        try cluster.start()
        try await poll("The start of the API server", within: .seconds(60)) { FileManager.default.fileExists(atPath: kubeconfig) }
        kubernetes = try Setting.client(kubeconfig: kubeconfig, userAgent: "controlplanebench")
        let ports = try FreePort.find(5)
        crane = program(
            "operator",
            ["operator"],
            [
                "WATCH_NAMESPACE": Self.namespace, "TENANT_DEFAULT_IMAGE": "registry.example.com/openclaw:1.0.0",
                "INGRESS_DOMAIN": "bench.example.com", "LEADER_ELECTION": "false", "HEALTH_HOST": "127.0.0.1",
                "HEALTH_PORT": "\(ports[4])", "POD_NAMESPACE": Self.namespace,
            ]
        )
        let token = token
        replicas = (0..<2).map { index in
            var settings = [
                "NAMESPACE": Self.namespace, "HOST": "127.0.0.1", "PORT": "\(ports[index * 2])",
                "HEALTH_PORT": "\(ports[index * 2 + 1])", "OPENCRANE_API_TOKEN": token,
            ]
            if let requestTimeout { settings["OPENCRANE_REQUEST_TIMEOUT_SECONDS"] = "\(requestTimeout)" }
            return Replica(
                program: program("control-plane-\(index + 1)", ["control-plane"], settings),
                port: ports[index * 2],
                healthPort: ports[index * 2 + 1]
            )
        }
        pool = PostgresPool(
            configuration: try await postgres.configuration,
            options: .init(maximumConnections: 2, statementTimeout: .seconds(60), applicationName: "controlplanebench"),
            logger: Setting.logger
        )
        try await install()
        try crane.start()
        for replica in replicas { try replica.program.start() }
        for replica in replicas { try await replica.waitUntilReady() }
    }

    private func install() async throws {
        let definitions = ResourceType(
            group: "apiextensions.k8s.io",
            version: "v1",
            kind: "CustomResourceDefinition",
            plural: "customresourcedefinitions",
            isNamespaced: false
        )
        for definition in CraneCRDs.all { _ = try await kubernetes.dynamic(definitions).create(DynamicObject(definition)) }
        for type in [Tenant.resourceType, AccessPolicy.resourceType, ClusterTenant.resourceType] {
            try await eventually("The kind \(type.kind)", within: .seconds(60)) {
                try await kubernetes.discovery.serves(type, refresh: true)
            }
        }
    }

    /// Ends everything.
    func stop() async {
        for program in replicas.map(\.program) + [crane] { await program.end() }
        await pool.shutdown()
        await kubernetes.shutdown()
        await cluster.end()
        await postgres.end()
        try? FileManager.default.removeItem(at: directory)
    }

    /// What the programs wrote last, for when something went wrong.
    var tails: String {
        (replicas.map(\.program) + [crane]).map { "---- \($0.name)\n\($0.tail())" }.joined(separator: "\n")
    }
}
