/// Hears of the reconciles of all controllers that run below a task; for simulations and tests.
public enum ReconcileObservation {
    /// A reconcile begins or ends.
    public struct Event: Sendable {
        /// The name of the controller.
        public var controller: String
        /// The key as text.
        public var key: String
        /// Whether it ends.
        public var isEnd: Bool
        /// The leader's term under which it runs; `nil` without leader election. The first one after a change of the term is the first of a
        /// new leader.
        public var term: Int64?
    }

    /// Hears of reconciles. A class, because optimised programs cannot bind a task-local function of a type from another module.
    public final class Observer: Sendable {
        let handle: @Sendable (Event) -> Void

        /// Makes an observer.
        ///
        /// - Parameter handle: called at the beginning and at the end of each reconcile. Must be quick.
        public init(_ handle: @escaping @Sendable (Event) -> Void) { self.handle = handle }
    }

    /// Who hears of the reconciles of this task and its children; `nil` for nobody.
    @TaskLocal public static var observer: Observer?
}
