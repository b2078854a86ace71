extension EventsV1 {
    /// Something that happened to an object, kept for a short time.
    public struct Event: KubernetesResource, Hashable {
        /// `events.k8s.io/v1`, kind `Event`.
        public static let resourceType = ResourceType(
            group: "events.k8s.io",
            version: "v1",
            kind: "Event",
            plural: "events",
            isNamespaced: true
        )

        /// `events.k8s.io/v1`; absent in the items of a list.
        public var apiVersion: String?
        /// `Event`; absent in the items of a list.
        public var kind: String?
        /// Standard object metadata.
        public var metadata: ObjectMeta
        /// When it was first seen; required by the server.
        public var eventTime: MicroTimestamp?
        /// Repetitions.
        public var series: EventSeries?
        /// Controller that reports it, for example `opencrane.io/operator`.
        public var reportingController: String?
        /// Instance of the controller.
        public var reportingInstance: String?
        /// What was being done, in PascalCase.
        public var action: String?
        /// Why, in PascalCase.
        public var reason: String?
        /// The object.
        public var regarding: CoreV1.ObjectReference?
        /// A second object.
        public var related: CoreV1.ObjectReference?
        /// Sentence for people, at most 1024 bytes.
        public var note: String?
        /// `Normal` or `Warning`.
        public var type: String?

        /// Creates an object with its type set; what is left out is absent.
        public init(
            metadata: ObjectMeta,
            eventTime: MicroTimestamp? = nil,
            series: EventSeries? = nil,
            reportingController: String? = nil,
            reportingInstance: String? = nil,
            action: String? = nil,
            reason: String? = nil,
            regarding: CoreV1.ObjectReference? = nil,
            related: CoreV1.ObjectReference? = nil,
            note: String? = nil,
            type: String? = nil
        ) {
            apiVersion = Self.resourceType.apiVersion
            kind = Self.resourceType.kind
            self.metadata = metadata
            self.eventTime = eventTime
            self.series = series
            self.reportingController = reportingController
            self.reportingInstance = reportingInstance
            self.action = action
            self.reason = reason
            self.regarding = regarding
            self.related = related
            self.note = note
            self.type = type
        }
    }

    /// Repetitions of an event.
    public struct EventSeries: Codable, Sendable, Hashable {
        /// How often it happened.
        public var count: Int?
        /// When it last happened.
        public var lastObservedTime: MicroTimestamp?

        /// Creates a value; what is left out is absent.
        public init(count: Int? = nil, lastObservedTime: MicroTimestamp? = nil) {
            self.count = count
            self.lastObservedTime = lastObservedTime
        }
    }
}
