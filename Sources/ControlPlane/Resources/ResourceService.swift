import CraneAPI
import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue
import KubernetesClient
import KubernetesModel
import Projection

/// A kind that REST writes.
protocol RESTResource: KubernetesResource {
    associatedtype Spec: RESTSpec
    /// Which of the kinds this is.
    static var restKind: ResourceKind { get }
    /// What is wrong with it, by the rules of the custom resource.
    func problems() -> [SpecProblem]
    /// Makes an object.
    init(metadata: ObjectMeta, restSpec: Spec)
    /// The merge patch of the spec that a request's merge patch stands for.
    static func patch(_ requested: JSON, of current: JSON) -> JSON
}

extension RESTResource {
    static func patch(_ requested: JSON, of current: JSON) -> JSON { requested }
}

/// What is known of an object before it is changed.
struct ObjectState: Sendable, Hashable {
    /// Its unique id.
    var uid: String?
    /// Its version.
    var resourceVersion: String?
    /// The generation of its desired state.
    var generation: Int64?
    /// Its desired state.
    var spec: JSON
    /// Whether it waits for its finalizers.
    var isDeleting: Bool
    /// Whether Kubernetes said so; else it is the row's word.
    var isLive: Bool
}

/// Writes objects of one kind: validates against the custom resource's own rules, then goes through an intent.
struct ResourceService<Object: RESTResource>: Sendable {
    let client: KubernetesClient
    let writer: IntentWriter
    /// Namespace of the objects; nil for a kind without.
    let namespace: String?
    /// How long Kubernetes may take to show an object before its row is asked.
    let readLimit: Duration
    /// The row of a name.
    let row: @Sendable (String) async throws -> ObjectState?
    /// What else must hold of a new or changed object; the second parameter is its spec before, nil for a new one.
    let check: @Sendable (Object, JSON?) async throws -> Void
    /// Who may write: of the object's name, its spec before, nil for a new one, and after, nil for one that is to go away. By default the roles
    /// of the operation decide alone.
    var authorize: @Sendable (String, JSON?, JSON?, OperationContext) async throws -> Void = { _, _, _, _ in }

    private var kind: ResourceKind { Object.restKind }
    private var api: ResourceAPI<DynamicObject> { client.dynamic(kind.resourceType, namespace: namespace) }

    /// Makes an object.
    func create(_ request: CreateRequest<Object.Spec>, _ context: OperationContext) async throws -> WriteResult {
        var content = request.spec
        content["name"] = .string(request.name)
        return try await writer.write(WriteRequest(context, content: content), logger: context.logger) {
            if ResourceKind.reservedNames.contains(request.name) {
                throw OperationError.invalid("name", "is reserved: \(request.name) is a path of its own")
            }
            let object = Object(
                metadata: ObjectMeta(name: request.name, namespace: namespace),
                restSpec: try Self.decodeSpec(request.spec)
            )
            try Self.validate(object)
            try await authorize(request.name, nil, request.spec, context)
            try await check(object, nil)
            return PlannedWrite(
                kind: kind,
                key: ObjectKey(namespace: namespace, name: request.name),
                action: .create,
                payload: try JSON(encoding: object)
            )
        }
    }

    /// Changes an object's spec.
    func update(_ name: String, _ request: UpdateRequest<Object.Spec>, _ context: OperationContext) async throws -> WriteResult {
        try await change(name, request.patch, action: .update, context)
    }

    /// Suspends or resumes an object.
    func setSuspended(_ suspended: Bool, _ name: String, _ context: OperationContext) async throws -> WriteResult {
        try await change(name, ["suspended": .bool(suspended)], action: suspended ? .suspend : .resume, context)
    }

    /// Deletes an object, or the row of an object that Kubernetes does not have.
    ///
    /// - Parameters:
    ///   - name: its name.
    ///   - context: the request.
    ///   - allowed: throws when it must not be deleted now.
    func delete(
        _ name: String,
        _ context: OperationContext,
        allowed: @escaping @Sendable () async throws -> Void = {}
    ) async throws -> WriteResult {
        try await writer.write(WriteRequest(context, content: .null), logger: context.logger) {
            let key = ObjectKey(namespace: namespace, name: name)
            guard let state = try await find(name) else {
                guard let orphan = try await onDatabase({ try await row(name) }) else { throw kind.notFound(name) }
                try await authorize(name, orphan.spec, nil, context)
                try requireMatch(orphan, context)
                try await allowed()
                return PlannedWrite(kind: kind, key: key, action: .delete, uid: orphan.uid, before: orphan.spec)
            }
            try await authorize(name, state.spec, nil, context)
            try requireMatch(state, context)
            try await allowed()
            return PlannedWrite(
                kind: kind,
                key: key,
                action: .delete,
                uid: state.uid,
                generation: demandedGeneration(state, context),
                before: state.spec
            )
        }
    }

    private func change(
        _ name: String,
        _ requested: JSON,
        action: WriteIntent.Action,
        _ context: OperationContext
    ) async throws -> WriteResult {
        try await writer.write(WriteRequest(context, content: requested), logger: context.logger) {
            guard let state = try await find(name) else { throw kind.notFound(name) }
            let patch = Object.patch(requested, of: state.spec)
            let after = MergePatch.apply(patch, to: state.spec)
            try await authorize(name, state.spec, after, context)
            try requireMatch(state, context)
            if state.isDeleting {
                throw OperationError(
                    .conflict,
                    code: "\(kind.codePrefix)_TERMINATING",
                    message: "The \(kind.noun) \(name) is being deleted."
                )
            }
            let object = Object(metadata: ObjectMeta(name: name, namespace: namespace), restSpec: try Self.decodeSpec(after))
            try Self.validate(object)
            try await check(object, state.spec)
            return PlannedWrite(
                kind: kind,
                key: ObjectKey(namespace: namespace, name: name),
                action: action,
                payload: ["spec": patch],
                uid: state.uid,
                generation: demandedGeneration(state, context),
                before: state.spec
            )
        }
    }

    /// Throws 412 when the caller demands another version.
    private func requireMatch(_ state: ObjectState, _ context: OperationContext) throws(OperationError) {
        guard ObjectTag(state).satisfies(ifMatch: context.headers[.ifMatch]) else { throw .preconditionFailed }
    }

    /// The generation the write has to meet, when the caller demands one. `*` demands only that there is an object. What somebody else than an
    /// administrator of the platform may write depends on what the object says: it must still say it then.
    private func demandedGeneration(_ state: ObjectState, _ context: OperationContext) -> Int64? {
        guard ObjectSight.changing(context.principal).isEverything else { return state.generation }
        guard let demanded = context.headers[.ifMatch], demanded != "*" else { return nil }
        return state.generation
    }

    /// What Kubernetes says of an object; while it cannot be reached, what the row says, so that the write can be recorded and done later.
    private func find(_ name: String) async throws -> ObjectState? {
        do {
            let api = api
            let live = try await TimeSource.system.withTimeout(readLimit) { try await api.getIfPresent(name) }
            guard let live else { return nil }
            return ObjectState(
                uid: live.metadata.uid,
                resourceVersion: live.metadata.resourceVersion,
                generation: live.metadata.generation,
                spec: live.json["spec"] ?? [:],
                isDeleting: live.metadata.deletionTimestamp != nil,
                isLive: true
            )
        } catch let error as CancellationError {
            throw error
        } catch {
            if case .refused(let refusal) = KubernetesFailure(error, kind: kind, name: name) { throw refusal }
            guard let row = try await onDatabase({ try await row(name) }) else { throw OperationError.kubernetesUnavailable(error) }
            return row
        }
    }

    private static func decodeSpec(_ json: JSON) throws -> Object.Spec {
        do {
            return try json.decode(Object.Spec.self)
        } catch let error as DecodingError {
            throw OperationError.invalid("", "the spec cannot be read: \(error)")
        }
    }

    private static func validate(_ object: Object) throws {
        let problems = object.problems()
        guard problems.isEmpty else { throw OperationError.invalid(problems.map(FieldViolation.init)) }
    }
}

extension FieldViolation {
    /// A problem of a custom resource in the terms of a request: `spec.email` is `email` there.
    init(_ problem: SpecProblem) {
        var field = problem.field
        if field.hasPrefix("spec.") { field = String(field.dropFirst(5)) }
        if field == "metadata.name" { field = "name" }
        self.init(field: field, message: problem.message)
    }
}

extension OperationError {
    /// 503: Kubernetes cannot be reached; nothing was changed.
    static func kubernetesUnavailable(_ cause: any Error) -> OperationError {
        .unavailable(
            code: "KUBERNETES_UNAVAILABLE",
            message: "Kubernetes cannot be reached. Nothing was changed; repeat the request later.",
            retryAfter: 5,
            cause: cause
        )
    }
}
