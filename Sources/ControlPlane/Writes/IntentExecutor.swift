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
        do {
            return try await api.patch(intent.key, .merge(intent.markedPayload), options)
        } catch let error as KubernetesError where error.isConflict {
            if let existing = try await api.getIfPresent(intent.key), intent.wrote(existing) { return existing }
            throw error
        }
    }

    private func delete(_ intent: WriteIntent, _ api: ResourceAPI<DynamicObject>) async throws -> Outcome {
        let preconditions =
            intent.uid == nil && intent.resourceVersion == nil
            ? nil : DeleteOptions.Preconditions(uid: intent.uid, resourceVersion: intent.attempt == 1 ? intent.resourceVersion : nil)
        do {
            switch try await api.delete(intent.key, DeleteOptions(preconditions: preconditions, propagationPolicy: .background)) {
            case .deleting(let object): return .written(object)
            case .deleted: return .gone
            }
        } catch let error as KubernetesError where error.isNotFound {
            // Gone is what was wanted. That it existed was seen before the intent was recorded.
            return .gone
        } catch let error as KubernetesError where error.isConflict {
            guard let existing = try await api.getIfPresent(intent.key), existing.metadata.uid == intent.uid else { return .gone }
            throw error
        }
    }
}
