extension ClusterServer {
    /// Finds the output of containers, as whatever runs them keeps it.
    ///
    /// - Returns: the path of a file; nil when the container has printed nothing.
    public typealias PodLogs = @Sendable (PodLogQuery) -> String?

    /// Whose output is asked for.
    public struct PodLogQuery: Sendable, Hashable {
        /// The pod's namespace.
        public var namespace: String
        /// The pod's name.
        public var pod: String
        /// The container's name.
        public var container: String
        /// Whether its life before the present one is meant.
        public var isPrevious: Bool
    }
}
