import KubernetesClient
import Logging

/// How a reconcile ended that did not fail. It says one thing only: failing is throwing.
public enum ReconcileResult: Sendable, Hashable {
    /// The object is as it should be, or something will happen that brings the key back.
    case done
    /// The key shall be reconciled again after a time, if nothing brings it back earlier.
    case requeue(after: Duration)
}

/// Thrown by a reconciler when trying again makes no sense until something changes. It is logged and counted, and the key is forgotten.
public struct TerminalError: Error, Sendable, CustomStringConvertible {
    /// A sentence a person can act on.
    public var message: String
    /// The error below this one.
    public var cause: (any Error)?

    /// Makes an error.
    public init(_ message: String, cause: (any Error)? = nil) {
        self.message = message
        self.cause = cause
    }

    /// The sentence with the cause.
    public var description: String { cause.map { "\(message): \($0)" } ?? message }
}

/// What a reconciler is told besides the key. Why it was called is not among it, on purpose: it makes things as they should be.
public struct ReconcileContext: Sendable {
    /// The name of the controller.
    public let controller: String
    /// Identifies this one reconcile in the log.
    public let reconcileID: String
    /// Carries the controller, the key and the reconcile's id.
    public let logger: Logger
    /// How often in a row the key has failed before.
    public let failures: Int
    /// The clock.
    public let time: TimeSource
    /// A number that grows with each change of the leader; `nil` without leader election. Writes to systems that can compare it are safe
    /// from a leader that has been replaced and does not know yet. Writes through ``KubernetesClient`` are refused by ``LeadershipLost``
    /// once it is no longer that of this process.
    public let fencingToken: Int64?
    /// Whether the caches that the controller watches have seen all writes of the key's former reconciles. It is `false` when the key has
    /// waited for that in vain, as while a watch is silent; for a time after a write whose answer was lost; and after a change of the leader
    /// until they have reached the version at which it happened. Then nothing that cannot be undone may rest on something not being in a
    /// cache. ``Finalization`` heeds it by itself.
    public let isCacheCurrent: Bool

    /// The context of the reconcile that this task belongs to.
    @TaskLocal static var current: ReconcileContext?

    /// Makes a context, for tests that call a reconciler themselves.
    ///
    /// - Parameters:
    ///   - failures: how often in a row the key has failed before. Default: 0.
    ///   - fencingToken: the leader's term. Default: none, as without leader election.
    ///   - isCacheCurrent: whether the caches have seen the key's own writes. Default: yes.
    public init(
        controller: String = "test",
        reconcileID: String = "test",
        logger: Logger,
        failures: Int = 0,
        time: TimeSource = .system,
        fencingToken: Int64? = nil,
        isCacheCurrent: Bool = true
    ) {
        self.controller = controller
        self.reconcileID = reconcileID
        self.logger = logger
        self.failures = failures
        self.time = time
        self.fencingToken = fencingToken
        self.isCacheCurrent = isCacheCurrent
    }
}
