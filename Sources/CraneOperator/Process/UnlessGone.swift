import KubernetesClient
import KubernetesModel
import OperatorRuntime

extension KubernetesClient {
    /// Reconciles an object. That it goes while it is worked on, so that a write does not find it, is no failure.
    ///
    /// - Throws: what `body` throws; not that something is not found when the object itself is gone.
    func unlessGone<T: KubernetesResource>(
        _ type: T.Type,
        _ key: ObjectKey,
        _ body: () async throws -> ReconcileResult
    ) async throws -> ReconcileResult {
        do {
            return try await body()
        } catch let error as KubernetesError where error.isNotFound {
            guard try await resource(type, namespace: key.namespace).getIfPresent(key) == nil else { throw error }
            return .done
        }
    }
}
