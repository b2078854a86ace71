import AsyncHTTPClient
import BenchKit
import CraneAPI
import Foundation
import JSONValue
import KubernetesClient
import KubernetesModel
import LocalPostgres
import NIOCore
import NIOHTTP1
import Postgres
import Projection

/// An API server with many tenants, a private PostgreSQL, and a control plane.
final class DriftStage: Sendable {
    /// What one request took.
    struct Reading: Sendable {
        var seconds: Double
        /// The most memory of the control plane meanwhile over that at rest before, in bytes.
        var peak: Double
        /// The memory of the control plane at rest before, in bytes.
        var rest: Double
        var body: JSON
    }

    private static let token = "bench-\(UUID().uuidString)-\(UUID().uuidString)"

    let pool: PostgresPool
    private let directory: URL
    private let postgres: PrivatePostgres
    private let cluster: Child
    private let plane: Child
    private let client: KubernetesClient
    private let base: String
    private let kubeconfig: String
    private let database: String

    /// Starts everything.
    init() async throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("driftbench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        postgres = PrivatePostgres(logger: Setting.logger)
        try await postgres.start()
        cluster = try Child(["cluster"])
        let file = directory.appendingPathComponent("kubeconfig")
        try Data((try await cluster.next("kubeconfig")["kubeconfig"]?.stringValue ?? "").utf8).write(to: file)
        kubeconfig = file.path
        client = try Setting.client(kubeconfig: kubeconfig, userAgent: "driftbench")
        try await Self.install(client)
        database = try await postgres.url
        pool = PostgresPool(configuration: try PostgresConfiguration(database), logger: Setting.logger)
        try await ProjectionSchema.migrate(pool, logger: Setting.logger)
        plane = try Child(["plane", "--kubeconfig", kubeconfig, "--database", database, "--token", Self.token])
        base = "http://127.0.0.1:\(try await plane.next("port")["port"]?.integerValue ?? 0)"
    }

    private static func install(_ client: KubernetesClient) async throws {
        let definitions = ResourceType(
            group: "apiextensions.k8s.io",
            version: "v1",
            kind: "CustomResourceDefinition",
            plural: "customresourcedefinitions",
            isNamespaced: false
        )
        for definition in CraneCRDs.all { _ = try await client.dynamic(definitions).create(DynamicObject(definition)) }
        for type in [Tenant.resourceType, AccessPolicy.resourceType, ClusterTenant.resourceType] {
            while try await !client.discovery.serves(type, refresh: true) { try await Task.sleep(for: .milliseconds(20)) }
        }
    }

    /// Ends everything.
    func stop() async {
        await plane.stop()
        await pool.shutdown()
        await client.shutdown()
        await cluster.stop()
        await postgres.end()
        try? FileManager.default.removeItem(at: directory)
    }

    /// Makes tenants over several connections.
    func make(_ count: Int) async throws {
        let connections = 16
        try await withThrowingTaskGroup(of: Void.self) { group in
            for first in 0..<connections {
                group.addTask { [client] in
                    let api = client.resource(Tenant.self, namespace: "default")
                    for number in stride(from: first, to: count, by: connections) { _ = try await api.create(Self.tenant(number)) }
                }
            }
            try await group.waitForAll()
        }
    }

    private static func tenant(_ number: Int) -> Tenant {
        let digits = String(number)
        return Tenant(
            metadata: ObjectMeta(
                name: "tenant-" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits,
                namespace: "default",
                labels: ["team": "team-\(number % 40)", "region": "eu-central"]
            ),
            spec: TenantSpec(
                displayName: "Assistant of person \(number)",
                email: "person.\(number)@customer.example.com",
                team: "team-\(number % 40)",
                openclawVersion: "2026.11.\(number % 5)",
                monthlyBudgetUsd: Double(50 + number % 200),
                resources: ResourceRequests(cpu: "500m", memory: "2Gi"),
                skillAllowlist: ["calendar", "mail", "search", "documents-\(number % 7)"],
                mcpPolicy: AccessList(allow: ["github", "jira", "wiki-\(number % 9)"], deny: ["shell"]),
                channels: [
                    Channel(adapter: "slack", config: ["workspace": "w\(number % 100)", "threads": true], credentialsSecretName: "slack")
                ],
                configOverrides: ["agents": ["defaults": ["model": "large", "timeoutSeconds": 120]], "log": ["level": "info"]],
                policyRef: "standard"
            )
        )
    }

    /// Makes all rows anew in a process of its own.
    func rebuild() async throws -> JSON {
        try await pool.execute("truncate tenants")
        let role = try Child(["rebuild", "--kubeconfig", kubeconfig, "--database", database])
        do {
            let report = try await role.next("rebuilt", within: .seconds(1200))
            await role.stop()
            try await pool.execute("analyze tenants", timeout: .seconds(300))
            return report["rebuilt"] ?? .null
        } catch {
            await role.stop()
            throw error
        }
    }

    /// Sends a request, and reads how much memory the control plane took for it.
    func measure(_ method: HTTPMethod, _ path: String) async throws -> Reading {
        let before = try await memory()
        let start = Moment.now
        let body = try await send(method, path)
        let seconds = Double(Moment.now - start) / 1e9
        let after = try await memory()
        return Reading(seconds: seconds, peak: max(0, after.peak - before.resident), rest: before.resident, body: body)
    }

    private func memory() async throws -> (resident: Double, peak: Double) {
        plane.say("memory")
        let reading = try await plane.next("memory")["memory"]
        return (reading?["resident"]?.numberValue ?? .nan, reading?["peak"]?.numberValue ?? .nan)
    }

    private func send(_ method: HTTPMethod, _ path: String) async throws -> JSON {
        var request = HTTPClientRequest(url: base + "/api/v1" + path)
        request.method = method
        request.headers.add(name: "Authorization", value: "Bearer \(Self.token)")
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(1200))
        let content = try await response.body.collect(upTo: 16 << 20)
        guard response.status == .ok else { throw BenchError("\(method) \(path): \(response.status) \(String(buffer: content))") }
        return try JSON(parsing: content.readableBytesView)
    }
}
