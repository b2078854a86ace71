import CraneAPI
import Foundation
import JSONValue
import KubernetesModel
import LocalPostgres
import Logging
import Postgres

@testable import Projection

let testLogger = Logger(label: "projection-tests")
let testTime = Date(timeIntervalSince1970: 1_767_225_600)

/// An object of any kind, as a watch brings it.
func object(
    _ kind: ProjectedKind,
    _ name: String,
    namespace: String = "crane",
    version: Int,
    uid: String? = nil,
    created: Int = 0,
    spec: JSON,
    status: JSON? = nil
) throws -> ProjectedObject {
    var metadata: [String: JSON] = [
        "name": .string(name), "uid": .string(uid ?? "uid-\(name)"), "resourceVersion": .string(String(version)), "generation": 1,
        "creationTimestamp": .string(Timestamp(testTime.addingTimeInterval(Double(created))).description), "labels": ["app": "x"],
    ]
    if kind.isNamespaced { metadata["namespace"] = .string(namespace) }
    var json: JSON = ["metadata": .object(metadata), "spec": spec]
    json["status"] = status
    return try ProjectedObject(kind: kind, DynamicObject(json))
}

/// A tenant as a watch brings it.
func tenant(
    _ name: String,
    namespace: String = "crane",
    version: Int,
    uid: String? = nil,
    created: Int = 0,
    team: String? = "ops",
    customer: String? = nil,
    status: JSON? = ["phase": "Running", "ingressHost": "h.test"]
) throws -> ProjectedObject {
    var spec: JSON = ["displayName": .string(name.uppercased()), "email": .string("\(name)@corp.test"), "suspended": false]
    spec["team"] = team.map { .string($0) }
    spec["clusterTenantRef"] = customer.map { .string($0) }
    return try object(.tenant, name, namespace: namespace, version: version, uid: uid, created: created, spec: spec, status: status)
}

func deletion(of name: String, namespace: String = "crane", version: Int) -> ProjectionEvent {
    .delete(kind: .tenant, key: ObjectKey(namespace: namespace, name: name), uid: "uid-\(name)", resourceVersion: String(version))
}

/// Runs a closure with the tables in a database of its own.
@discardableResult
func withProjectionPool<R>(_ body: (PostgresPool) async throws -> R) async throws -> R {
    try await withTestPool { pool in
        try await ProjectionSchema.migrate(pool, logger: testLogger)
        return try await body(pool)
    }
}

/// Runs a closure with a projector that runs.
func withProjector<R: Sendable>(
    _ pool: PostgresPool,
    batchLimit: Int = 500,
    _ body: (Projector) async throws -> R
) async throws -> R {
    let projector = Projector(pool: pool, options: .init(batchLimit: batchLimit), logger: testLogger)
    let running = Task { try await projector.run() }
    defer { running.cancel() }
    return try await body(projector)
}

extension PostgresQuerying {
    func count(_ sql: SQL) async throws -> Int { try await first(sql)?.decode(0, as: Int.self) ?? -1 }
}
