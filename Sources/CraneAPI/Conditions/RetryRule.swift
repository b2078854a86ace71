/// What happens next with an object, without anybody doing anything.
public enum RetryRule: Sendable, Hashable {
    /// Nothing is awaited.
    case none
    /// The operator looks again as soon as the object changes, or something it depends on; not before.
    case onChange
    /// Attempts fail, and are repeated at growing distances.
    case backoff
    /// The operator looks again by itself after this time at the latest.
    case poll(Duration)

    /// How long the operator waits at most; `nil` when it does not look again by itself.
    public var interval: Duration? {
        if case .poll(let interval) = self { interval } else { nil }
    }
}

/// What a reason is about. The same word may mean something else for another kind of object, and is treated otherwise.
public enum ReasonSubject: String, Sendable, Hashable, CaseIterable {
    /// A tenant in a pod.
    case pod
    /// A tenant in a virtual machine.
    case machine
    /// A customer.
    case clusterTenant
    /// The certificate for a customer's domain.
    case certificate
    /// A policy.
    case policy
}
