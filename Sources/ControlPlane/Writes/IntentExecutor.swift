import CraneAPI
import HTTPOperations
import HTTPTypes
import JSONValue
import KubernetesClient
import KubernetesModel

/// Carries intents out in Kubernetes. Carrying one out twice has the effect of once.
struct IntentExecutor: Sendable {
    /// What became of an intent in Kubernetes.
    enum Outcome: Sendable {
        /// It is written; this is the object now.
        case written(DynamicObject)
        /// The object is gone.
        case gone
        /// The object is gone, and this one has its name now.
        case replaced(DynamicObject)
        /// Kubernetes said no.
        case refused(OperationError)
        /// Nobody knows; it has to be tried again.
        case unknown(any Error)
    }

    let client: KubernetesClient
    /// How long Kubernetes may take, repetitions included, before the outcome counts as unknown.
    let limit: Duration

    /// Carries an intent out.
    func carryOut(_ intent: WriteIntent) async -> Outcome {
        do {
            return try await TimeSource.system.withTimeout(limit) { try await attempt(intent) }
        } catch let refusal as OperationError {
            return .refused(refusal)
        } catch {
            switch KubernetesFailure(error, kind: intent.kind, name: intent.key.name) {
            case .refused(let refusal): return .refused(refusal)
            case .unknown(let error): return .unknown(error)
            }
        }
    }

    private func attempt(_ intent: WriteIntent) async throws -> Outcome {
        let api = client.dynamic(intent.kind.resourceType, namespace: intent.key.namespace)
        switch intent.action {
        case .create: return .written(try await create(intent, api))
        case .update, .suspend, .resume: return .written(try await patch(intent, api))
        case .delete: return try await delete(intent, api)
        }
    }

    private func create(_ intent: WriteIntent, _ api: ResourceAPI<DynamicObject>) async throws -> DynamicObject {
        let options = WriteOptions(fieldManager: FieldManagers.controlPlane, fieldValidation: .strict)
        do {
            return try await api.create(DynamicObject(intent.markedPayload), options)
        } catch let error as KubernetesError where error.isAlreadyExists {
            // An earlier attempt may have got through without us hearing of it.
            if let existing = try await api.getIfPresent(intent.key), intent.wrote(existing) { return existing }
            throw error
        } catch let error as KubernetesError where error.isNotFound {
            // A create finds no namespace or no definition; that is no missing object.
            throw OperationError(
                .badGateway,
                code: "UPSTREAM_ERROR",
                message: "Kubernetes lacks the namespace or the definition for this object.",
                cause: error
            )
        }
    }

    private func patch(_ intent: WriteIntent, _ api: ResourceAPI<DynamicObject>) async throws -> DynamicObject {
        let options = WriteOptions(fieldManager: FieldManagers.controlPlane, fieldValidation: .strict)
        for _ in 0..<Self.conflictLimit {
            var version = intent.resourceVersion
            if intent.isConditional {
                guard let existing = try await api.getIfPresent(intent.key) else { throw intent.kind.notFound(intent.key.name) }
                // An earlier attempt got through: sending it again would undo what was changed since.
                if intent.wrote(existing) { return existing }
                if intent.generation != nil { version = try intent.demandedVersion(of: existing) }
            }
            do {
                return try await api.patch(intent.key, .merge(intent.markedPayload(demanding: version)), options)
            } catch let error as KubernetesError where error.isConflict {
                if let existing = try await api.getIfPresent(intent.key), intent.wrote(existing) { return existing }
                // Only the generation counts: perhaps it was a status that changed in between.
                guard intent.generation != nil else { throw error }
            }
        }
        throw ChangesTooOften(key: intent.key)
    }

    private func delete(_ intent: WriteIntent, _ api: ResourceAPI<DynamicObject>) async throws -> Outcome {
        for _ in 0..<Self.conflictLimit {
            var version = intent.resourceVersion
            if intent.isConditional {
                let existing = try await api.getIfPresent(intent.key)
                if let outcome = Self.isDone(intent, existing) { return outcome }
                if intent.generation != nil, let existing { version = try intent.demandedVersion(of: existing) }
            }
            let preconditions =
                intent.uid == nil && version == nil ? nil : DeleteOptions.Preconditions(uid: intent.uid, resourceVersion: version)
            do {
                switch try await api.delete(intent.key, DeleteOptions(preconditions: preconditions, propagationPolicy: .background)) {
                case .deleting(let object): return .written(object)
                case .deleted: return .gone
                }
            } catch let error as KubernetesError where error.isNotFound {
                // Gone is what was wanted. That it existed was seen before the intent was recorded.
                return .gone
            } catch let error as KubernetesError where error.isConflict {
                if let outcome = Self.isDone(intent, try await api.getIfPresent(intent.key)) { return outcome }
                guard intent.generation != nil else { throw error }
            }
        }
        throw ChangesTooOften(key: intent.key)
    }

    /// What became of a deletion that needs no request any more; nil when it does.
    private static func isDone(_ intent: WriteIntent, _ existing: DynamicObject?) -> Outcome? {
        guard let existing else { return .gone }
        if let uid = intent.uid, existing.metadata.uid != uid { return .replaced(existing) }
        return existing.metadata.deletionTimestamp == nil ? nil : .written(existing)
    }

    /// How often a write is sent when only the version differs, not the desired state.
    private static let conflictLimit = 8
}

extension WriteIntent {
    /// Whether the object has to be looked at before it is written.
    fileprivate var isConditional: Bool { attempt > 1 || generation != nil }

    /// The version to demand of an object whose generation is the demanded one.
    ///
    /// - Throws: ``OperationError`` 412 when it is another object or its desired state has changed.
    fileprivate func demandedVersion(of existing: DynamicObject) throws(OperationError) -> String? {
        guard existing.metadata.uid == uid, existing.metadata.generation == generation else { throw .preconditionFailed }
        return existing.metadata.resourceVersion
    }
}

/// An object changes faster than it can be written.
struct ChangesTooOften: Error, CustomStringConvertible {
    let code = "CHANGES_TOO_OFTEN"
    let key: ObjectKey
    var description: String { "\(key) changes faster than it can be written" }
}
