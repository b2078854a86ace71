import CraneAPI
import JSONValue
import KubernetesClient
import KubernetesModel
import Logging
import Projection
import Testing

@testable import ControlPlane

extension Stage {
    /// Sets a tenant's status, as the operator does.
    func setStatus(_ name: String, _ status: JSON) async throws {
        let key = ObjectKey(namespace: Self.namespace, name: name)
        _ = try await client.dynamic(Tenant.resourceType, namespace: Self.namespace)
            .mergePatch(key, ["status": status], subresource: "status")
    }

    /// Brings a tenant's row up to date, as the operator does.
    func project(_ name: String) async throws {
        let object = try #require(try await object(.tenant, name))
        var logger = Logger(label: "projector")
        logger.logLevel = .critical
        let projector = Projector(pool: pool, logger: logger)
        projector.apply(.upsert(try ProjectedObject(kind: .tenant, object)))
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await projector.run() }
            await projector.drained()
            group.cancelAll()
        }
        #expect(projector.status.rejected == 0)
    }

    /// Sets a tenant's status and brings its row up to date.
    func report(_ name: String, _ status: JSON) async throws {
        try await setStatus(name, status)
        try await project(name)
    }

    /// A step as the operator writes it.
    static func step(_ name: String, _ status: String, seconds: Int? = nil, message: String? = nil) -> JSON {
        var step: JSON = ["name": .string(name), "status": .string(status), "attempt": 1, "startedAt": "2026-03-18T09:00:00Z"]
        if let seconds { step["finishedAt"] = .string("2026-03-18T09:00:\(seconds < 10 ? "0" : "")\(seconds)Z") }
        if let message { step["message"] = .string(message) }
        return step
    }
}
