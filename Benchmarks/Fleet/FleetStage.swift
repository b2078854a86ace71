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
import OpenClawGateway

/// The whole product on this host: API server, PostgreSQL, operator and control plane.
final class FleetStage: Sendable {
    private static let token = "bench-\(UUID().uuidString)-\(UUID().uuidString)"
    private static let platformToken = "bench-\(UUID().uuidString)-\(UUID().uuidString)"

    let crane: Child
    private let directory: URL
    private let postgres: PrivatePostgres
    private let cluster: Child
    private let plane: Child
    private let client: KubernetesClient
    private let base: String

    private var machines: String { directory.appendingPathComponent("machines").path }

    /// Starts everything.
    init() async throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("fleetbench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        postgres = PrivatePostgres(logger: Setting.logger)
        try await postgres.start()
        cluster = try Child(["cluster"])
        let kubeconfig = directory.appendingPathComponent("kubeconfig")
        try Data((try await cluster.next("kubeconfig")["kubeconfig"]?.stringValue ?? "").utf8).write(to: kubeconfig)
        client = try Setting.client(kubeconfig: kubeconfig.path, userAgent: "fleetbench")
        try await Self.install(client)
        let database = try await postgres.url
        let common = ["--kubeconfig", kubeconfig.path, "--database", database]
        plane = try Child(["plane"] + common + ["--token", Self.token, "--platform-token", Self.platformToken])
        base = "http://127.0.0.1:\(try await plane.next("port")["port"]?.integerValue ?? 0)"
        crane = try Child(
            ["operator"] + common
                + [
                    "--machines", directory.appendingPathComponent("machines").path, "--control-plane", base, "--parent",
                    "\(ProcessInfo.processInfo.processIdentifier)",
                ]
        )
        _ = try await crane.next("started")
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

    /// Ends everything, machines included.
    func stop() async {
        await crane.stop()
        await plane.stop()
        for name in (try? FileManager.default.contentsOfDirectory(atPath: machines)) ?? [] {
            guard let data = FileManager.default.contents(atPath: "\(machines)/\(name)/machine.json"),
                let record = try? JSON(parsing: data),
                let pid = record[at: ["running", "identity", "pid"]]?.integerValue.flatMap({ Int32(exactly: $0) }), pid > 1
            else { continue }
            kill(pid, SIGKILL)
        }
        await client.shutdown()
        await cluster.stop()
        await postgres.end()
        try? FileManager.default.removeItem(at: directory)
    }

    /// Orders fleets as the wizard does, eight at a time, and waits until all are active.
    ///
    /// - Returns: seconds until all were ordered, and until all were active.
    func order(_ ids: [String]) async throws -> (ordered: Double, active: Double) {
        let start = Moment.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, id) in ids.enumerated() {
                if index >= 8 { try await group.next() }
                group.addTask {
                    let body: JSON = ["tenantId": .string(id), "name": .string(id), "plan": "pro", "templateId": "standard-7-agent"]
                    _ = try await self.send(.POST, "/api/tenants", body)
                }
            }
            try await group.waitForAll()
        }
        let ordered = Double(Moment.now - start) / 1e9
        let deadline = ContinuousClock.now + .seconds(900)
        while try await send(.GET, "/api/tenants?status=active&limit=1")["total"]?.integerValue ?? 0 < Int64(ids.count) {
            if let failed = try await send(.GET, "/api/tenants?status=error&limit=1")["tenants"]?[0] {
                throw BenchError("A fleet failed: \(failed.text())")
            }
            guard ContinuousClock.now < deadline else { throw BenchError("Not all fleets are active after 900 s") }
            try await Task.sleep(for: .milliseconds(50))
        }
        return (ordered, Double(Moment.now - start) / 1e9)
    }

    /// Deletes all fleets and waits until nothing of them is there.
    ///
    /// - Returns: seconds that took.
    func deleteAll() async throws -> Double {
        let start = Moment.now
        let tenants = client.resource(Tenant.self, namespace: "default")
        for tenant in try await tenants.listAll().items { try await tenants.deleteIfPresent(tenant.key) }
        let deadline = ContinuousClock.now + .seconds(900)
        while try await !tenants.list(ListOptions(limit: 1)).items.isEmpty {
            guard ContinuousClock.now < deadline else { throw BenchError("Fleets are still there after 900 s") }
            try await Task.sleep(for: .milliseconds(50))
        }
        return Double(Moment.now - start) / 1e9
    }

    /// A client of the gateway of the fleet with this name.
    func gateway(of tenant: String) async throws -> GatewayClient {
        let status = try await client.resource(Tenant.self, namespace: "default").get(tenant).status
        let secret = try await client.resource(CoreV1.Secret.self, namespace: status?.targetNamespace ?? "default")
            .get("openclaw-\(tenant)-bootstrap")
        let data = secret.data?[BootstrapSecret.secretsKey].flatMap { Data(base64Encoded: $0) } ?? Data()
        var parameters = ConnectParameters(displayName: "bench", version: "1")
        parameters.token = try JSON(parsing: data)["gatewayToken"]?.stringValue
        return GatewayClient(
            endpoint: GatewayEndpoint(host: status?.machine?.address ?? "", port: status?.machine?.port ?? 0),
            parameters: parameters,
            logger: Setting.logger
        )
    }

    private func send(_ method: HTTPMethod, _ path: String, _ body: JSON? = nil) async throws -> JSON {
        var request = HTTPClientRequest(url: base + path)
        request.method = method
        request.headers.add(name: "X-Platform-Token", value: Self.platformToken)
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: body.serialized()))
        }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        let content = try await response.body.collect(upTo: 16 << 20)
        guard response.status == .ok else { throw BenchError("\(method) \(path): \(response.status) \(String(buffer: content))") }
        return try JSON(parsing: content.readableBytesView)
    }
}
