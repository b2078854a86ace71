import JSONValue

/// Object metadata (`metav1.ObjectMeta`). Empty members are not written, and members missing on the wire are empty here.
public struct ObjectMeta: Codable, Sendable, Hashable {
    /// The name, unique among the objects of its kind in its namespace.
    public var name: String = ""
    /// The prefix of a name that the server makes up.
    public var generateName: String?
    /// The namespace; `nil` for resources without.
    public var namespace: String?
    /// The identity given by the server; a new object of the same name has another.
    public var uid: String?
    /// The version given by the server, changed by each write.
    public var resourceVersion: String?
    /// Counts changes of the desired state.
    public var generation: Int64?
    /// When the server created it.
    public var creationTimestamp: Timestamp?
    /// When deletion was asked for; set once and never unset.
    public var deletionTimestamp: Timestamp?
    /// How many seconds the object may take to end.
    public var deletionGracePeriodSeconds: Int64?
    /// Labels: identifying attributes that selectors match.
    public var labels: [String: String] = [:]
    /// Annotations: any other attributes.
    public var annotations: [String: String] = [:]
    /// What must happen before the object can go.
    public var finalizers: [String] = []
    /// The objects this one depends on.
    public var ownerReferences: [OwnerReference] = []
    /// Which field manager owns which fields.
    public var managedFields: [JSON] = []

    /// Makes metadata; whatever is not given is empty.
    public init(
        name: String = "",
        namespace: String? = nil,
        generateName: String? = nil,
        labels: [String: String] = [:],
        annotations: [String: String] = [:],
        finalizers: [String] = [],
        ownerReferences: [OwnerReference] = []
    ) {
        self.name = name
        self.namespace = namespace
        self.generateName = generateName
        self.labels = labels
        self.annotations = annotations
        self.finalizers = finalizers
        self.ownerReferences = ownerReferences
    }

    /// Whether deletion was asked for.
    public var isBeingDeleted: Bool { deletionTimestamp != nil }

    /// The owner that manages this object, if there is one.
    public var controller: OwnerReference? { ownerReferences.first { $0.controller == true } }

    /// The names of the members this type knows, as on the wire.
    static let memberNames: [String] = CodingKeys.allCases.map(\.rawValue)

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case name, generateName, namespace, uid, resourceVersion, generation, creationTimestamp, deletionTimestamp
        case deletionGracePeriodSeconds, labels, annotations, finalizers, ownerReferences, managedFields
    }

    /// Reads metadata; missing members are empty.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decodeIfPresent(String.self, forKey: .name) ?? ""
        generateName = try container.decodeIfPresent(String.self, forKey: .generateName)
        namespace = try container.decodeIfPresent(String.self, forKey: .namespace)
        uid = try container.decodeIfPresent(String.self, forKey: .uid)
        resourceVersion = try container.decodeIfPresent(String.self, forKey: .resourceVersion)
        generation = try container.decodeIfPresent(Int64.self, forKey: .generation)
        creationTimestamp = try container.decodeIfPresent(Timestamp.self, forKey: .creationTimestamp)
        deletionTimestamp = try container.decodeIfPresent(Timestamp.self, forKey: .deletionTimestamp)
        deletionGracePeriodSeconds = try container.decodeIfPresent(Int64.self, forKey: .deletionGracePeriodSeconds)
        labels = try container.decodeIfPresent([String: String].self, forKey: .labels) ?? [:]
        annotations = try container.decodeIfPresent([String: String].self, forKey: .annotations) ?? [:]
        finalizers = try container.decodeIfPresent([String].self, forKey: .finalizers) ?? []
        ownerReferences = try container.decodeIfPresent([OwnerReference].self, forKey: .ownerReferences) ?? []
        managedFields = try container.decodeIfPresent([JSON].self, forKey: .managedFields) ?? []
    }

    /// Writes what is not empty.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        if !name.isEmpty { try container.encode(name, forKey: .name) }
        try container.encodeIfPresent(generateName, forKey: .generateName)
        try container.encodeIfPresent(namespace, forKey: .namespace)
        try container.encodeIfPresent(uid, forKey: .uid)
        try container.encodeIfPresent(resourceVersion, forKey: .resourceVersion)
        try container.encodeIfPresent(generation, forKey: .generation)
        try container.encodeIfPresent(creationTimestamp, forKey: .creationTimestamp)
        try container.encodeIfPresent(deletionTimestamp, forKey: .deletionTimestamp)
        try container.encodeIfPresent(deletionGracePeriodSeconds, forKey: .deletionGracePeriodSeconds)
        if !labels.isEmpty { try container.encode(labels, forKey: .labels) }
        if !annotations.isEmpty { try container.encode(annotations, forKey: .annotations) }
        if !finalizers.isEmpty { try container.encode(finalizers, forKey: .finalizers) }
        if !ownerReferences.isEmpty { try container.encode(ownerReferences, forKey: .ownerReferences) }
        if !managedFields.isEmpty { try container.encode(managedFields, forKey: .managedFields) }
    }
}
