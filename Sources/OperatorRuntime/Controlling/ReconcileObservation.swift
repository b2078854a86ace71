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
    }

    /// Called at the beginning and at the end of each reconcile. Must be quick.
    @TaskLocal public static var observer: (@Sendable (Event) -> Void)?
}
