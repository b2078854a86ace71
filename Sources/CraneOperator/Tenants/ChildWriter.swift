import CraneAPI
import Foundation
import JSONValue
import KubernetesClient
import KubernetesModel
import OperatorRuntime

/// Writes child objects, and nothing when they already are as desired.
struct ChildWriter: Sendable {
    let client: KubernetesClient
    let applier: Applier
    /// Source of key bytes.
    let randomBytes: @Sendable (Int) -> [UInt8]

    /// Brings one object to its desired state by server-side apply.
    ///
    /// - Throws: ``ChildRefusal`` when the API server does not accept it.
    @discardableResult
    func apply<T: KubernetesResource>(_ desired: T, _ informer: Informer<T>) async throws -> T {
        try await refusing(desired) { try await applier.apply(desired, live: informer.store[desired.key]).object }
    }

    /// Makes an object unless there is one of its name, which is left as it is.
    ///
    /// - Throws: ``ChildRefusal`` when the API server does not accept it.
    func create<T: KubernetesResource>(_ desired: T) async throws -> Applied<T> {
        try await refusing(desired) { try await applier.createIfAbsent(desired, live: nil) }
    }

    /// Makes the Secret with the encryption key unless it is there. It is only ever created: an existing key can neither be overwritten nor
    /// missed because a read failed.
    ///
    /// - Returns: the key that is there although the informer did not see it, if there is one.
    func createKey(_ desired: CoreV1.Secret, _ informer: Informer<CoreV1.Secret>) async throws -> CoreV1.Secret? {
        guard informer.store[desired.key] == nil else { return nil }
        var secret = desired
        secret.data = ["key": Data(randomBytes(32)).base64EncodedString()]
        let applied = try await create(secret)
        return applied.isWrite ? nil : applied.object
    }

    /// Brings owner and mark of an existing key to what is desired, and nothing else of it.
    func alignKey(_ desired: CoreV1.Secret, _ informer: Informer<CoreV1.Secret>) async throws {
        guard let live = informer.store[desired.key] else { return }
        try await align(live, with: desired, owners: true)
    }

    /// Brings owner and marks of what holds state to what is desired. An apply leaves those that it did not set itself, as of state that has
    /// been kept for whoever came next.
    ///
    /// - Parameter owners: whether owners are made right too, those that others added taken away.
    func align<T: KubernetesResource>(_ live: T, with desired: T, owners isOwning: Bool) async throws {
        guard !live.metadata.isBeingDeleted else { return }
        let marks = [CraneAnnotations.retention, CraneAnnotations.tenantUID]
        let owners = desired.metadata.ownerReferences
        guard
            isOwning && live.metadata.ownerReferences != owners
                || marks.contains(where: { live.metadata.annotations[$0] != desired.metadata.annotations[$0] })
        else { return }
        var metadata: JSON = isOwning ? ["ownerReferences": try JSON(encoding: owners)] : [:]
        for mark in marks { metadata[at: ["annotations", mark]] = desired.metadata.annotations[mark].map { .string($0) } ?? .null }
        // Not another object that has taken its name.
        if let version = live.metadata.resourceVersion { metadata["resourceVersion"] = .string(version) }
        let patch = metadata
        _ = try await refusing(desired) {
            try await client.resource(T.self, namespace: desired.metadata.namespace).mergePatch(
                desired.metadata.name,
                ["metadata": patch]
            )
        }
    }

    /// Replaces the specification of a child as a whole, where an apply would leave what others put into it.
    ///
    /// - Throws: ``ChildRefusal`` when the API server does not accept it; a conflict when the child has changed since.
    func replaceSpec<T: KubernetesResource>(of live: T, by desired: T) async throws -> T {
        try await replace(["spec"], of: live, by: desired)
    }

    /// Replaces one member of a child, as in ``replaceSpec(of:by:)``.
    func replace<T: KubernetesResource>(_ path: [String], of live: T, by desired: T) async throws -> T {
        guard let value = try JSON(encoding: desired)[at: path] else { return live }
        var patch: [JSON] = [["op": "replace", "path": .string("/" + path.joined(separator: "/")), "value": value]]
        if let version = live.metadata.resourceVersion {
            patch.append(["op": "add", "path": "/metadata/resourceVersion", "value": .string(version)])
        }
        let operations = patch
        return try await refusing(desired) {
            try await client.resource(T.self, namespace: live.metadata.namespace).patch(
                live.key,
                .json(.array(operations)),
                WriteOptions(fieldManager: FieldManagers.operator)
            )
        }
    }

    private func refusing<T: KubernetesResource, R: Sendable>(_ object: T, _ body: () async throws -> R) async throws -> R {
        do {
            return try await body()
        } catch let error as KubernetesError where error.isInvalid || error.isForbidden || error.httpStatus == 400 {
            throw ChildRefusal(kind: T.resourceType.kind, name: object.metadata.name, cause: error)
        }
    }
}

/// The API server does not accept a child object.
struct ChildRefusal: Error, CustomStringConvertible {
    let kind: String
    let name: String
    let cause: KubernetesError

    /// Names the fields at fault but not the server's text, which may hold amounts that change with each try.
    var message: String {
        let fields = Set((cause.status?.details?.causes ?? []).compactMap(\.field)).sorted()
        let place = fields.isEmpty ? "" : " at \(fields.joined(separator: ", "))"
        return "The API server refused \(kind) \(name): \(cause.status?.reason ?? "BadRequest")\(place)"
    }

    var description: String { "\(message): \(cause.message)" }
}
