import JSONValue
import KubernetesClient
import KubernetesModel

/// Keeps an object from going before what it stands for outside of the cluster has gone.
///
/// The guarantee (kube-rs'): `apply` runs only after the finalizer has been stored, and the finalizer is removed only after `cleanup` has
/// succeeded. So if `apply` ever began, `cleanup` runs to success before the object goes. Both must stand being run again, and `cleanup`
/// being run without `apply` ever having run.
///
/// A `cleanup` that says it is finished is not believed while the caches do not know what the key's own reconciles wrote (see
/// ``ReconcileContext/isCacheCurrent``): it may have missed what was made last. It is run again soon.
public enum Finalization {
    /// What an object needs.
    public enum Step: Sendable, Hashable {
        /// The finalizer must be stored first.
        case add
        /// It is in use.
        case apply
        /// It is going, and what it stands for must go.
        case cleanup
        /// It is going, and has nothing more to do with us.
        case ignore
    }

    /// How a cleanup stands.
    public enum CleanupResult: Sendable, Hashable {
        /// Everything is gone.
        case finished
        /// Something is still going; look again after a time.
        case pending(after: Duration)
    }

    /// What an object needs.
    public static func step(for metadata: ObjectMeta, finalizer: String) -> Step {
        switch (metadata.isBeingDeleted, metadata.finalizers.contains(finalizer)) {
        case (false, false): .add
        case (false, true): .apply
        case (true, true): .cleanup
        case (true, false): .ignore
        }
    }

    /// Does what an object needs.
    ///
    /// - Parameters:
    ///   - object: as the cache shows it. Writes of the finalizer fail with a conflict when it has changed since.
    ///   - finalizer: a name with a domain, as `example.com/cleanup`.
    ///   - apply: makes things as they should be; gets the object as stored.
    ///   - cleanup: removes what the object stands for.
    /// - Throws: ``KubernetesError``, or what `apply` and `cleanup` throw.
    public static func run<Object: KubernetesResource>(
        _ object: Object,
        finalizer: String,
        client: KubernetesClient,
        apply: (Object) async throws -> ReconcileResult,
        cleanup: (Object) async throws -> CleanupResult
    ) async throws -> ReconcileResult {
        let api = client.resource(Object.self, namespace: object.metadata.namespace)
        switch step(for: object.metadata, finalizer: finalizer) {
        case .ignore: return .done
        case .apply: return try await apply(object)
        case .add:
            let stored = try await api.mergePatch(object.key, patch(object, object.metadata.finalizers + [finalizer]))
            return try await apply(stored)
        case .cleanup:
            if case .pending(let delay) = try await cleanup(object) { return .requeue(after: delay) }
            if ReconcileContext.current?.isCacheCurrent == false { return .requeue(after: .seconds(5)) }
            do {
                _ = try await api.mergePatch(object.key, patch(object, object.metadata.finalizers.filter { $0 != finalizer }))
            } catch let error as KubernetesError where error.isNotFound {
                return .done
            }
            return .done
        }
    }

    private static func patch<Object: KubernetesResource>(_ object: Object, _ finalizers: [String]) -> JSON {
        var metadata: JSON = ["finalizers": finalizers.isEmpty ? .null : .array(finalizers.map(JSON.string))]
        // With the version, so that a finalizer somebody else added since is not lost.
        if let version = object.metadata.resourceVersion { metadata["resourceVersion"] = .string(version) }
        return ["metadata": metadata]
    }
}
