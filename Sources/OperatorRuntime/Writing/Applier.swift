import JSONValue
import KubernetesClient
import KubernetesModel
import NIOConcurrencyHelpers

/// What came of making an object as it should be.
public enum Applied<Object: Sendable>: Sendable {
    /// It already was so; nothing was sent.
    case unchanged(Object)
    /// It was written; the server's answer.
    case written(Object)

    /// The object as it is now.
    public var object: Object {
        switch self {
        case .unchanged(let object), .written(let object): object
        }
    }

    /// Whether something was sent.
    public var isWrite: Bool {
        if case .written = self { true } else { false }
    }
}

/// Makes objects as they should be by server-side apply, and sends nothing when they already are.
///
/// It compares with the object that a cache shows. What it applied it remembers by fingerprint together with what the server made of it, so
/// defaults that the server adds cause no writes, while a field that another manager takes over, or puts something into that the server
/// keeps as one value (as selectors), does. After a restart it looks at the fields it owns; for that, let the cache keep them:
/// ``InformerOptions/applied(by:)``.
public final class Applier: Sendable {
    /// Who applies.
    public let fieldManager: String
    private let client: KubernetesClient
    private let force: Bool
    private let memory: NIOLockedValueBox<AppliedMemory>

    /// Makes an applier.
    ///
    /// - Parameters:
    ///   - fieldManager: a stable name.
    ///   - force: whether fields of others are taken over instead of being a conflict. Default: yes, as is right for objects one owns.
    ///   - memory: how many objects are remembered. Default: 100,000, about 200 bytes each.
    public init(client: KubernetesClient, fieldManager: String, force: Bool = true, memory: Int = 100_000) {
        self.client = client
        self.fieldManager = fieldManager
        self.force = force
        self.memory = NIOLockedValueBox(AppliedMemory(limit: memory))
    }

    /// Makes an object as it should be.
    ///
    /// - Parameters:
    ///   - desired: the fields one cares about; fields applied before and not named any more go.
    ///   - live: the object as the cache shows it; `nil` when it is not there, so that it is written.
    /// - Throws: ``KubernetesError``.
    @discardableResult
    public func apply<Object: KubernetesResource>(_ desired: Object, live: Object?) async throws -> Applied<Object> {
        try await apply(
            desired,
            json: try JSON(encoding: desired),
            live: live,
            liveJSON: { try JSON(encoding: $0) },
            api: client.resource(Object.self, namespace: desired.metadata.namespace)
        )
    }

    /// Makes an object as it should be; see ``apply(_:live:)``.
    @discardableResult
    public func apply(_ desired: DynamicObject, type: ResourceType, live: DynamicObject?) async throws -> Applied<DynamicObject> {
        try await apply(
            desired,
            json: desired.json,
            live: live,
            liveJSON: { $0.json },
            api: client.dynamic(type, namespace: desired.key.namespace)
        )
    }

    private func apply<Object: KubernetesObject>(
        _ desired: Object,
        json: JSON,
        live: Object?,
        liveJSON: (Object) throws -> JSON,
        api: ResourceAPI<Object>
    ) async throws -> Applied<Object> {
        let subject = AppliedMemory.Subject(type: api.resourceType, key: desired.key)
        if let live {
            let (uid, version) = (live.metadata.uid, live.metadata.resourceVersion)
            // Outside of a controller nobody can tell.
            let isBehind = ReconcileContext.current.map { !$0.isCacheCurrent } ?? true
            let isSettled = memory.withLockedValue {
                $0.isSettled(subject, desired: json, uid: uid, version: version, isBehind: isBehind)
            }
            if isSettled { return .unchanged(live) }
            let liveJSON = try liveJSON(live)
            let record = memory.withLockedValue { memory -> AppliedMemory.Record? in
                let record = memory.unchanged(subject, desired: json, live: liveJSON, manager: fieldManager, isBehind: isBehind)
                if let record { memory[subject] = record }
                return record
            }
            if record != nil { return .unchanged(live) }
        }
        let answer = try await api.apply(json: json, key: desired.key, fieldManager: fieldManager, force: force)
        let record = AppliedMemory.record(desired: json, answer: try JSON(encoding: answer), manager: fieldManager)
        memory.withLockedValue { $0[subject] = record }
        return .written(answer)
    }

    /// Writes the status of an object where it differs, by a merge patch that names the object's uid. A server that compares it refuses to
    /// write to another object of the same name; one that does not, as kube-apiserver for the status of custom resources, is found out by its
    /// answer, and only `isGuarded` keeps it from writing.
    ///
    /// - Parameters:
    ///   - live: the object as the cache shows it.
    ///   - desired: the object with the status it should have; only that is looked at.
    ///   - isGuarded: whether the write fails with a conflict when the object changed since `live`. Default: no.
    /// - Throws: ``KubernetesError``, a conflict when another object has taken the name.
    @discardableResult
    public func writeStatus<Object: KubernetesResource>(
        of live: Object,
        to desired: Object,
        isGuarded: Bool = false
    ) async throws -> Applied<Object> {
        let before = try JSON(encoding: live)["status"] ?? [:]
        let after = try JSON(encoding: desired)["status"] ?? [:]
        guard before != after else { return .unchanged(live) }
        var patch: JSON = ["status": MergePatch.diff(from: before, to: after)]
        if let uid = live.metadata.uid { patch[at: ["metadata", "uid"]] = .string(uid) }
        if isGuarded, let version = live.metadata.resourceVersion { patch[at: ["metadata", "resourceVersion"]] = .string(version) }
        let api = client.resource(Object.self, namespace: live.metadata.namespace)
        let answer = try await api.patch(live.key, .merge(patch), subresource: "status", WriteOptions(fieldManager: fieldManager))
        if let uid = live.metadata.uid, answer.metadata.uid != uid {
            let text = "\(Object.resourceType.kind) \(live.key) is another object by now"
            throw KubernetesError.status(Status(code: 409, reason: "Conflict", message: text))
        }
        return .written(answer)
    }

    /// Creates an object that must never be overwritten, as a key or a token.
    ///
    /// - Parameter live: the object as the cache shows it; when it is there nothing is sent.
    /// - Returns: the object that was there, or the new one.
    /// - Throws: ``KubernetesError``.
    @discardableResult
    public func createIfAbsent<Object: KubernetesResource>(_ object: Object, live: Object?) async throws -> Applied<Object> {
        if let live { return .unchanged(live) }
        let api = client.resource(Object.self, namespace: object.metadata.namespace)
        do {
            return .written(try await api.create(object, WriteOptions(fieldManager: fieldManager)))
        } catch let error as KubernetesError where error.isAlreadyExists {
            return .unchanged(try await api.get(object.key))
        }
    }

    /// Deletes exactly the object that the cache shows, not a new one of the same name. Nothing is sent when it is being deleted already.
    ///
    /// - Parameters:
    ///   - propagation: what happens to what the object owns. Default: it goes afterwards.
    ///   - ifUnchanged: whether it stays when it has changed since. Default: no.
    /// - Throws: ``KubernetesError``; that it is gone, or stays because it has changed, is no error.
    public func delete<Object: KubernetesResource>(
        _ live: Object,
        propagation: DeleteOptions.Propagation = .background,
        ifUnchanged: Bool = false
    ) async throws {
        guard !live.metadata.isBeingDeleted else { return }
        let api = client.resource(Object.self, namespace: live.metadata.namespace)
        let version = ifUnchanged ? live.metadata.resourceVersion : nil
        let preconditions = live.metadata.uid.map { DeleteOptions.Preconditions(uid: $0, resourceVersion: version) }
        do {
            try await api.deleteIfPresent(live.key, DeleteOptions(preconditions: preconditions, propagationPolicy: propagation))
        } catch let error as KubernetesError where error.isConflict {
            // Another object has taken its name, so it is gone; or it is not any more what was judged.
        }
        let subject = AppliedMemory.Subject(type: Object.resourceType, key: live.key)
        memory.withLockedValue { $0[subject] = nil }
    }
}
