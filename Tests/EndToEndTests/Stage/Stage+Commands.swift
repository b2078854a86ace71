import CraneAPI
import Foundation
import JSONValue
import KubernetesClient
import KubernetesModel
import LocalPostgres
import Logging
import Postgres

extension Stage {
    /// Runs `kubectl` in the test's namespace.
    ///
    /// - Throws: ``CommandFailure`` unless it ends with 0.
    @discardableResult
    func kubectl(_ arguments: [String], input: String = "", program: String? = nil) async throws -> CommandResult {
        let result = try await tryKubectl(arguments, input: input, program: program)
        guard result.succeeded else { throw CommandFailure(command: (["kubectl"] + arguments).joined(separator: " "), result: result) }
        return result
    }

    /// Runs `kubectl` in the test's namespace, whatever comes of it.
    func tryKubectl(_ arguments: [String], input: String = "", program: String? = nil) async throws -> CommandResult {
        guard let program = program ?? Installation.kubectls.first else {
            throw CommandFailure(command: "kubectl", result: .init(status: 127, output: "", errors: "there is no kubectl on the PATH"))
        }
        return try await Command.run(
            program,
            ["--kubeconfig", kubeconfig, "--namespace", namespace] + arguments,
            environment: ["HOME": scratch.root, "KUBECONFIG": kubeconfig],
            input: input
        )
    }

    /// Applies a manifest.
    func apply(_ manifest: String) async throws { try await kubectl(["apply", "-f", "-"], input: manifest) }

    /// Runs `oc` against the test's control plane.
    func oc(_ arguments: [String], input: String = "") async throws -> CommandResult {
        let result = try await Command.run(
            Installation.oc,
            arguments,
            environment: ["HOME": scratch.root, "OPENCRANE_URL": api.base, "OPENCRANE_TOKEN": api.token],
            input: input
        )
        guard result.succeeded else { throw CommandFailure(command: (["oc"] + arguments).joined(separator: " "), result: result) }
        return result
    }

    /// Runs `oc … -o json` and reads its output.
    func ocJSON(_ arguments: [String]) async throws -> JSON {
        try JSON(parsing: try await oc(arguments + ["-o", "json"]).output)
    }

    /// Waits until every object of a kind has the condition `Ready`, as a person would.
    func waitUntilReady(_ resources: [String], timeout seconds: Int = 90) async throws {
        try await kubectl(["wait", "--for=condition=Ready", "--timeout=\(seconds)s"] + resources)
    }

    /// The rows of a query on a connection of its own.
    func rows(_ sql: SQL) async throws -> PostgresRows {
        try await withDatabase { try await $0.query(sql) }
    }

    /// Lends a connection pool to the database.
    func withDatabase<R: Sendable>(_ body: (PostgresPool) async throws -> R) async throws -> R {
        let pool = PostgresPool(configuration: try await postgres.configuration, logger: .init(label: "e2e"))
        do {
            let result = try await body(pool)
            await pool.shutdown()
            return result
        } catch {
            await pool.shutdown()
            throw error
        }
    }

    /// Objects of a kind in all namespaces, or one.
    func list(_ kind: ResourceType, in namespace: String? = nil, labels: String? = nil) async throws -> [DynamicObject] {
        try await kubernetes.dynamic(kind, namespace: namespace).listAll(ListOptions(labelSelector: labels)).items
    }

    /// One object, if there is one.
    func find(_ kind: ResourceType, _ name: String, in namespace: String? = nil) async throws -> DynamicObject? {
        try await kubernetes.dynamic(kind).getIfPresent(
            ObjectKey(namespace: kind.isNamespaced ? namespace ?? self.namespace : nil, name: name)
        )
    }

    /// A tenant, if there is one.
    func tenant(_ name: String) async throws -> DynamicObject? { try await find(Kinds.tenant, name) }
}

extension DynamicObject {
    /// A condition of the status.
    func condition(_ type: String) -> JSON? {
        json[at: ["status", "conditions"]]?.arrayValue?.first { $0["type"]?.stringValue == type }
    }

    /// Whether the condition `Ready` is true and speaks of the newest spec.
    var isReady: Bool {
        condition("Ready")?["status"]?.stringValue == "True"
            && json[at: ["status", "observedGeneration"]]?.integerValue == metadata.generation
    }
}

/// The kinds that the suite looks at.
enum Kinds {
    static let tenant = Tenant.resourceType
    static let accessPolicy = AccessPolicy.resourceType
    static let clusterTenant = ClusterTenant.resourceType
    static let deployment = AppsV1.Deployment.resourceType
    static let networkPolicy = NetworkingV1.NetworkPolicy.resourceType
    static let secret = CoreV1.Secret.resourceType

    /// The kinds of a tenant's own objects.
    static let children = [
        CoreV1.ServiceAccount.resourceType, secret, CoreV1.ConfigMap.resourceType, CoreV1.PersistentVolumeClaim.resourceType, deployment,
        CoreV1.Service.resourceType, NetworkingV1.Ingress.resourceType, networkPolicy,
    ]
}
