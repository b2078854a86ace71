import AsyncHTTPClient
import CraneAPI
import Foundation
import HTTPOperations
import Hummingbird
import JSONValue
import KubernetesClient
import KubernetesModel
import LocalCluster
import LocalPostgres
import Logging
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import Observability
import Postgres
import Projection
import ServiceLifecycle
import Testing

@testable import ControlPlane

/// A control plane over real HTTP, against a real PostgreSQL and an API server of its own.
struct Stage: Sendable {
    static let token = "test-token-0123456789-0123456789-0123456789"
    static let platformToken = "platform-token-0123456789-0123456789-0123"
    static let namespace = "crane"

    let cluster: ClusterServer
    /// The test's own client.
    let client: KubernetesClient
    /// The control plane's client, for parts of it that tests make themselves: it has the rights that are declared, and no others.
    let planeClient: KubernetesClient
    let pool: PostgresPool
    let plane: ControlPlane
    let base: String
    let healthBase: String

    /// An answer.
    struct Answer: Sendable {
        var status: Int
        var headers: HTTPHeaders
        var body: JSON
        var code: String? { body["code"]?.stringValue }
        var fields: [String] { (body["fields"]?.arrayValue ?? []).compactMap { $0["field"]?.stringValue } }
    }

    /// Sends a request to the API.
    func send(
        _ method: HTTPMethod,
        _ path: String,
        _ body: JSON? = nil,
        text: String? = nil,
        token: String? = Stage.token,
        headers: [(String, String)] = []
    ) async throws -> Answer {
        try await Self.send(method, base + "/api/v1" + path, text ?? body?.text(), token: token, headers: headers)
    }

    /// Sends a request to the provision flow.
    func order(
        _ method: HTTPMethod = .POST,
        _ path: String = "/tenants",
        _ body: JSON? = nil,
        text: String? = nil,
        platformToken: String? = Stage.platformToken,
        headers: [(String, String)] = []
    ) async throws -> Answer {
        try await Self.send(
            method,
            base + "/api" + path,
            text ?? body?.text(),
            headers: (platformToken.map { [("X-Platform-Token", $0)] } ?? []) + headers
        )
    }

    static func send(
        _ method: HTTPMethod,
        _ url: String,
        _ body: String? = nil,
        token: String? = nil,
        headers: [(String, String)] = []
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: url)
        request.method = method
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        if let body {
            if !headers.contains(where: { $0.0 == "Content-Type" }) { request.headers.add(name: "Content-Type", value: "application/json") }
            request.body = .bytes(ByteBuffer(string: body))
        }
        for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        let text = String(buffer: try await response.body.collect(upTo: 1 << 22))
        return Answer(
            status: Int(response.status.code),
            headers: response.headers,
            body: (try? JSON(parsing: text)) ?? .string(text)
        )
    }

    /// The object of a kind as Kubernetes has it.
    func object(_ kind: ResourceKind, _ name: String) async throws -> DynamicObject? {
        try await client.dynamic(kind.resourceType, namespace: kind == .clusterTenant ? nil : Self.namespace).getIfPresent(name)
    }

    /// Makes an object in Kubernetes, past REST.
    @discardableResult
    func make(_ kind: ResourceKind, _ name: String, spec: JSON, finalizers: [JSON] = []) async throws -> DynamicObject {
        var json: JSON = [
            "apiVersion": .string(kind.resourceType.apiVersion), "kind": .string(kind.rawValue), "metadata": ["name": .string(name)],
            "spec": spec,
        ]
        if kind != .clusterTenant { json[at: ["metadata", "namespace"]] = .string(Self.namespace) }
        if !finalizers.isEmpty { json[at: ["metadata", "finalizers"]] = .array(finalizers) }
        return try await client.dynamic(kind.resourceType, namespace: kind == .clusterTenant ? nil : Self.namespace)
            .create(DynamicObject(json))
    }

    /// Numbers and texts from the database, one row a text.
    func rows(_ sql: SQL) async throws -> [String] {
        try await pool.query(sql).map { try $0.decode(0, as: String.self) }
    }

    static let tenant: JSON = ["name": "mia", "displayName": "Mia", "email": "mia@corp.example", "team": "ops"]
}

/// Runs a test with a stage.
///
/// - Parameters:
///   - database: the database; default a fresh one on the shared server.
///   - relay: how the relay works; by default it looks so rarely that the test decides.
///   - logger: takes the log; default nobody.
func withStage(
    database: PostgresConfiguration? = nil,
    relay: IntentRelay.Configuration = .init(interval: .seconds(3600)),
    kubernetesTimeout: Duration = .seconds(10),
    logger: Logger? = nil,
    configure: @escaping @Sendable (inout ControlPlaneConfiguration) -> Void = { _ in },
    _ body: @escaping @Sendable (Stage) async throws -> Void
) async throws {
    try await StageGate.shared.pass {
        if let database { return try await runStage(database, relay, kubernetesTimeout, logger, configure, body) }
        try await withTestDatabase { try await runStage($0, relay, kubernetesTimeout, logger, configure, body) }
    }
}

private func runStage(
    _ database: PostgresConfiguration,
    _ relay: IntentRelay.Configuration,
    _ kubernetesTimeout: Duration,
    _ given: Logger?,
    _ configure: @Sendable (inout ControlPlaneConfiguration) -> Void,
    _ body: @escaping @Sendable (Stage) async throws -> Void
) async throws {
    var logger = Logger(label: "control-plane-test")
    logger.logLevel = .critical
    let quiet = given ?? logger
    try await withClusterServer(ClusterServer.Configuration(authorization: .rbac)) { cluster in
        var access = try ClientConfiguration(kubeconfigYAML: cluster.kubeconfig)
        access.userAgent = "test"
        access.retry.maximumAttempts = 1
        let client = try KubernetesClient(configuration: access, logger: quiet)
        try await install(client)
        access.userAgent = "opencrane-control-plane"
        access.impersonation = Impersonation(user: "system:serviceaccount:\(planeAccount.namespace):\(planeAccount.name)")
        let planeClient = try KubernetesClient(configuration: access, logger: quiet)
        let pool = PostgresPool(
            configuration: database,
            options: .init(maximumConnections: 4, acquireTimeout: .seconds(2), connectTimeout: .seconds(2), shutdownTimeout: .seconds(2)),
            logger: quiet
        )
        try await ProjectionSchema.migrate(pool, logger: quiet)
        var configuration = ControlPlaneConfiguration(
            namespace: Stage.namespace,
            host: "127.0.0.1",
            port: 0,
            healthPort: 0,
            token: SensitiveString(Stage.token),
            platformToken: SensitiveString(Stage.platformToken),
            fleet: FleetConfiguration(machineProvider: .local),
            bodyLimit: 65_536,
            kubernetesTimeout: kubernetesTimeout,
            relay: relay
        )
        configuration.fleetFeed.interval = .milliseconds(50)
        // Looks in the background would be requests that tests which count them did not make.
        configuration.metrics.delay = .seconds(86_400)
        configure(&configuration)
        let plane = try ControlPlane(
            configuration: configuration,
            client: planeClient,
            pool: pool,
            registry: PrometheusRegistry(),
            logger: quiet
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            for service in plane.services { group.addTask { try await service.run() } }
            let ports = try await plane.waitUntilReady()
            let stage = Stage(
                cluster: cluster,
                client: client,
                planeClient: planeClient,
                pool: pool,
                plane: plane,
                base: "http://127.0.0.1:\(ports.port)",
                healthBase: "http://127.0.0.1:\(ports.healthPort)"
            )
            do {
                try await body(stage)
            } catch {
                group.cancelAll()
                throw error
            }
            group.cancelAll()
            while let _ = try? await group.next() {}
        }
        await pool.shutdown()
        await planeClient.shutdown()
        await client.shutdown()
    }
}

private let planeAccount = (namespace: "opencrane", name: "opencrane-control-plane")

/// Gives the control plane's account what is declared for it. Tests choose other namespaces and names than installations do: so the roles
/// count everywhere, and one more grants for any name what they grant for some. What is written down names the roles that were needed.
private func grant(_ client: KubernetesClient) async throws {
    let grant = PermissionGrant(account: planeAccount.name, ownNamespace: planeAccount.namespace, tenantNamespaces: nil)
    let anyName = ControlPlaneRBAC.rules.filter { !$0.names.isEmpty }.map { rule in
        var rule = rule
        rule.names = []
        return rule
    }
    let roles = ControlPlaneRBAC.roles.map { PermissionRole($0.name, in: .cluster, rules: $0.rules) }
    for object in (roles + [PermissionRole("of-any-name", in: .cluster, rules: anyName)]).flatMap(grant.objects) {
        let kind = object["kind"]?.stringValue ?? ""
        let plural = kind.lowercased() + "s"
        let type = ResourceType(group: PermissionGrant.group, version: "v1", kind: kind, plural: plural, isNamespaced: false)
        _ = try await client.dynamic(type).create(DynamicObject(object))
    }
}

/// Installs the definitions, the rights and the namespace.
private func install(_ client: KubernetesClient) async throws {
    try await grant(client)
    let definitions = ResourceType(
        group: "apiextensions.k8s.io",
        version: "v1",
        kind: "CustomResourceDefinition",
        plural: "customresourcedefinitions",
        isNamespaced: false
    )
    for definition in CraneCRDs.all { _ = try await client.dynamic(definitions).create(DynamicObject(definition)) }
    let namespaces = ResourceType(group: "", version: "v1", kind: "Namespace", plural: "namespaces", isNamespaced: false)
    _ = try await client.dynamic(namespaces).create(
        DynamicObject(["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(Stage.namespace)]])
    )
    for kind in ResourceKind.allCases {
        try await eventually("the kind \(kind.rawValue) is served") {
            (try? await client.dynamic(kind.resourceType, namespace: kind == .clusterTenant ? nil : Stage.namespace).list()) != nil
        }
    }
}

/// Asks again until something holds; a failure of the test when it does not within a time.
func eventually(
    _ what: String,
    within limit: Duration = .seconds(60),
    _ condition: @Sendable () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(20))  // wait: between two looks, up to the limit
    }
    Issue.record("not within \(limit): \(what)")
}
