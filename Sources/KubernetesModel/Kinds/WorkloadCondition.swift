extension CoreV1 {
    /// A condition of a built-in kind; older than, and looser than, `metav1.Condition`.
    public struct WorkloadCondition: Codable, Sendable, Hashable {
        /// Kind of condition, for example `Available` or `Ready`.
        public var type: String?
        /// `True`, `False` or `Unknown`.
        public var status: String?
        /// Machine-readable cause in PascalCase.
        public var reason: String?
        /// Sentence for people.
        public var message: String?
        /// When `status` last changed.
        public var lastTransitionTime: Timestamp?
        /// When the condition was last written (Deployments only).
        public var lastUpdateTime: Timestamp?
        /// When the condition was last checked (Pods and Jobs only).
        public var lastProbeTime: Timestamp?

        /// Creates a value; what is left out is absent.
        public init(
            type: String? = nil,
            status: String? = nil,
            reason: String? = nil,
            message: String? = nil,
            lastTransitionTime: Timestamp? = nil,
            lastUpdateTime: Timestamp? = nil,
            lastProbeTime: Timestamp? = nil
        ) {
            self.type = type
            self.status = status
            self.reason = reason
            self.message = message
            self.lastTransitionTime = lastTransitionTime
            self.lastUpdateTime = lastUpdateTime
            self.lastProbeTime = lastProbeTime
        }
    }
}
