extension CoreV1 {
    /// What happened to a pod.
    public struct PodStatus: Codable, Sendable, Hashable {
        /// `Pending`, `Running`, `Succeeded`, `Failed` or `Unknown`.
        public var phase: String?
        /// `PodScheduled`, `Initialized`, `ContainersReady`, `Ready` …
        public var conditions: [WorkloadCondition]?
        /// One entry a container.
        public var containerStatuses: [ContainerStatus]?
        /// One entry an init container.
        public var initContainerStatuses: [ContainerStatus]?
        /// Address of the node.
        public var hostIP: String?
        /// Address of the pod.
        public var podIP: String?
        /// All addresses of the pod.
        public var podIPs: [PodIP]?
        /// When the kubelet took the pod.
        public var startTime: Timestamp?
        /// Why the pod is in this phase, in PascalCase.
        public var reason: String?
        /// Sentence for people.
        public var message: String?
        /// `Guaranteed`, `Burstable` or `BestEffort`.
        public var qosClass: String?
        /// Generation of the spec this status speaks of.
        public var observedGeneration: Int64?

        /// Creates a value; what is left out is absent.
        public init(
            phase: String? = nil,
            conditions: [WorkloadCondition]? = nil,
            containerStatuses: [ContainerStatus]? = nil,
            initContainerStatuses: [ContainerStatus]? = nil,
            hostIP: String? = nil,
            podIP: String? = nil,
            podIPs: [PodIP]? = nil,
            startTime: Timestamp? = nil,
            reason: String? = nil,
            message: String? = nil,
            qosClass: String? = nil,
            observedGeneration: Int64? = nil
        ) {
            self.phase = phase
            self.conditions = conditions
            self.containerStatuses = containerStatuses
            self.initContainerStatuses = initContainerStatuses
            self.hostIP = hostIP
            self.podIP = podIP
            self.podIPs = podIPs
            self.startTime = startTime
            self.reason = reason
            self.message = message
            self.qosClass = qosClass
            self.observedGeneration = observedGeneration
        }
    }

    /// One address of a pod.
    public struct PodIP: Codable, Sendable, Hashable {
        /// IP address.
        public var ip: String?

        /// Creates a value; what is left out is absent.
        public init(ip: String? = nil) {
            self.ip = ip
        }
    }

    /// What happened to a container.
    public struct ContainerStatus: Codable, Sendable, Hashable {
        /// Name of the container.
        public var name: String?
        /// Whether its readiness probe succeeds.
        public var ready: Bool?
        /// Whether its startup probe has succeeded.
        public var started: Bool?
        /// Number of restarts.
        public var restartCount: Int?
        /// Image that runs.
        public var image: String?
        /// Digest of the image that runs.
        public var imageID: String?
        /// Identity in the container runtime.
        public var containerID: String?
        /// What it does now.
        public var state: ContainerState?
        /// What it did before the last restart.
        public var lastState: ContainerState?

        /// Creates a value; what is left out is absent.
        public init(
            name: String? = nil,
            ready: Bool? = nil,
            started: Bool? = nil,
            restartCount: Int? = nil,
            image: String? = nil,
            imageID: String? = nil,
            containerID: String? = nil,
            state: ContainerState? = nil,
            lastState: ContainerState? = nil
        ) {
            self.name = name
            self.ready = ready
            self.started = started
            self.restartCount = restartCount
            self.image = image
            self.imageID = imageID
            self.containerID = containerID
            self.state = state
            self.lastState = lastState
        }
    }

    /// What a container does; exactly one member is set.
    public struct ContainerState: Codable, Sendable, Hashable {
        /// It does not run yet.
        public var waiting: ContainerStateWaiting?
        /// It runs.
        public var running: ContainerStateRunning?
        /// It has ended.
        public var terminated: ContainerStateTerminated?

        /// Creates a value; what is left out is absent.
        public init(
            waiting: ContainerStateWaiting? = nil,
            running: ContainerStateRunning? = nil,
            terminated: ContainerStateTerminated? = nil
        ) {
            self.waiting = waiting
            self.running = running
            self.terminated = terminated
        }
    }

    /// A container that does not run yet.
    public struct ContainerStateWaiting: Codable, Sendable, Hashable {
        /// Why, for example `ImagePullBackOff` or `CrashLoopBackOff`.
        public var reason: String?
        /// Sentence for people.
        public var message: String?

        /// Creates a value; what is left out is absent.
        public init(reason: String? = nil, message: String? = nil) {
            self.reason = reason
            self.message = message
        }
    }

    /// A container that runs.
    public struct ContainerStateRunning: Codable, Sendable, Hashable {
        /// When it started.
        public var startedAt: Timestamp?

        /// Creates a value; what is left out is absent.
        public init(startedAt: Timestamp? = nil) {
            self.startedAt = startedAt
        }
    }

    /// A container that has ended.
    public struct ContainerStateTerminated: Codable, Sendable, Hashable {
        /// Exit status.
        public var exitCode: Int?
        /// Signal that ended it.
        public var signal: Int?
        /// Why, for example `Completed`, `Error` or `OOMKilled`.
        public var reason: String?
        /// Sentence for people.
        public var message: String?
        /// When it started.
        public var startedAt: Timestamp?
        /// When it ended.
        public var finishedAt: Timestamp?

        /// Creates a value; what is left out is absent.
        public init(
            exitCode: Int? = nil,
            signal: Int? = nil,
            reason: String? = nil,
            message: String? = nil,
            startedAt: Timestamp? = nil,
            finishedAt: Timestamp? = nil
        ) {
            self.exitCode = exitCode
            self.signal = signal
            self.reason = reason
            self.message = message
            self.startedAt = startedAt
            self.finishedAt = finishedAt
        }
    }
}
