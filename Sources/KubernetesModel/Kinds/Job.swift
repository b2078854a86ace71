extension BatchV1 {
    /// Pods that run to completion.
    public struct Job: KubernetesResource, Hashable {
        /// `batch/v1`, kind `Job`.
        public static let resourceType = ResourceType(
            group: "batch",
            version: "v1",
            kind: "Job",
            plural: "jobs",
            isNamespaced: true
        )

        /// `batch/v1`; absent in the items of a list.
        public var apiVersion: String?
        /// `Job`; absent in the items of a list.
        public var kind: String?
        /// Standard object metadata.
        public var metadata: ObjectMeta
        /// Which pods, how often.
        public var spec: JobSpec?
        /// How far it is.
        public var status: JobStatus?

        /// Creates an object with its type set; what is left out is absent.
        public init(metadata: ObjectMeta, spec: JobSpec? = nil, status: JobStatus? = nil) {
            apiVersion = Self.resourceType.apiVersion
            kind = Self.resourceType.kind
            self.metadata = metadata
            self.spec = spec
            self.status = status
        }
    }

    /// Behaviour of a Job.
    public struct JobSpec: Codable, Sendable, Hashable {
        /// Pods that run side by side; absent means 1.
        public var parallelism: Int?
        /// Successes needed; absent means 1.
        public var completions: Int?
        /// Failures until the Job fails; absent means 6.
        public var backoffLimit: Int?
        /// Greatest run time in seconds.
        public var activeDeadlineSeconds: Int64?
        /// Seconds until a finished Job is deleted.
        public var ttlSecondsAfterFinished: Int?
        /// Whether no pods are to run.
        public var suspend: Bool?
        /// Labels of the pods; set by the server.
        public var selector: LabelSelector?
        /// The pods.
        public var template: CoreV1.PodTemplateSpec?

        /// Creates a value; what is left out is absent.
        public init(
            parallelism: Int? = nil,
            completions: Int? = nil,
            backoffLimit: Int? = nil,
            activeDeadlineSeconds: Int64? = nil,
            ttlSecondsAfterFinished: Int? = nil,
            suspend: Bool? = nil,
            selector: LabelSelector? = nil,
            template: CoreV1.PodTemplateSpec? = nil
        ) {
            self.parallelism = parallelism
            self.completions = completions
            self.backoffLimit = backoffLimit
            self.activeDeadlineSeconds = activeDeadlineSeconds
            self.ttlSecondsAfterFinished = ttlSecondsAfterFinished
            self.suspend = suspend
            self.selector = selector
            self.template = template
        }
    }

    /// State of a Job.
    public struct JobStatus: Codable, Sendable, Hashable {
        /// Pods that run.
        public var active: Int?
        /// Pods that are ready.
        public var ready: Int?
        /// Pods that succeeded.
        public var succeeded: Int?
        /// Pods that failed.
        public var failed: Int?
        /// When the first pod was made.
        public var startTime: Timestamp?
        /// When the last success was seen.
        public var completionTime: Timestamp?
        /// `Complete`, `Failed`, `Suspended`.
        public var conditions: [CoreV1.WorkloadCondition]?

        /// Creates a value; what is left out is absent.
        public init(
            active: Int? = nil,
            ready: Int? = nil,
            succeeded: Int? = nil,
            failed: Int? = nil,
            startTime: Timestamp? = nil,
            completionTime: Timestamp? = nil,
            conditions: [CoreV1.WorkloadCondition]? = nil
        ) {
            self.active = active
            self.ready = ready
            self.succeeded = succeeded
            self.failed = failed
            self.startTime = startTime
            self.completionTime = completionTime
            self.conditions = conditions
        }
    }
}
