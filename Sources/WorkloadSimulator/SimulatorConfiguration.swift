/// What the simulator plays, and how fast.
public struct SimulatorConfiguration: Sendable, Hashable {
    /// The parts of a cluster that can be played.
    public enum Part: String, Sendable, Hashable, CaseIterable {
        /// ReplicaSets of Deployments and Pods of ReplicaSets, as the controller manager makes them.
        case deployments
        /// Pods become ready and end, as kubelets do it.
        case pods
        /// Claims become bound.
        case claims
        /// Services of type `LoadBalancer` get an address.
        case services
        /// Ingresses get an address.
        case ingresses
        /// Jobs get Pods, and complete.
        case jobs
    }

    /// What is played. Default everything.
    public var parts: Set<Part> = Set(Part.allCases)
    /// Time from a Pod's creation until it is ready. Default none.
    public var startDelay: Duration = .zero
    /// Time from the request to delete a Pod until it is gone. Default none.
    public var stopDelay: Duration = .zero
    /// Time a Pod of a Job runs. Default none.
    public var jobDuration: Duration = .zero
    /// Address given to Ingresses and load balancers. Default 127.0.0.1.
    public var address = "127.0.0.1"
    /// Objects of one kind worked on at the same time. Default 8.
    public var workers = 8
    /// Whether to play although the cluster has nodes of its own. Default false.
    public var ignoresNodes = false

    /// Makes the default configuration.
    public init() {}
}

/// Annotations and names of the simulator.
public enum SimulatorMark {
    /// Annotation on what the simulator made: `true`.
    public static let simulated = "workload-simulator.opencrane.io/simulated"
    /// Annotation with which an object, or a pod template, is left alone: `true`.
    public static let ignore = "workload-simulator.opencrane.io/ignore"
    /// Annotation on a Pod with the reason for which its containers never start, for example `ImagePullBackOff`.
    public static let failure = "workload-simulator.opencrane.io/failure"
    /// Name under which the simulator's Pods claim to run.
    public static let nodeName = "workload-simulator"
}

/// The simulator cannot play on this cluster.
public struct SimulatorError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Stable code for programs.
    public var code: String
    /// Sentence for people.
    public var message: String

    /// The sentence.
    public var description: String { message }
}
