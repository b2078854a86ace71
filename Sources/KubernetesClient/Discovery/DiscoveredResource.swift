import KubernetesModel

/// A resource as the server describes it.
public struct DiscoveredResource: Sendable, Hashable {
    /// What is needed to build its paths.
    public var type: ResourceType
    /// What can be done with it, as in `list` and `watch`.
    public var verbs: [String]
    /// Its subresources, as in `status`.
    public var subresources: [String]
    /// Short names for people.
    public var shortNames: [String]
    /// The name of one object for people; empty when the server names none.
    public var singular: String
    /// Groups of resources for people, as in `all`.
    public var categories: [String]

    /// Describes a resource.
    public init(
        type: ResourceType,
        verbs: [String] = [],
        subresources: [String] = [],
        shortNames: [String] = [],
        singular: String = "",
        categories: [String] = []
    ) {
        self.type = type
        self.verbs = verbs
        self.subresources = subresources
        self.shortNames = shortNames
        self.singular = singular
        self.categories = categories
    }

    /// Whether a person may mean it by a word: its plural, singular or short name, or its kind, in small letters.
    func isCalled(_ word: String) -> Bool {
        type.plural == word || singular == word || type.kind.lowercased() == word || shortNames.contains(word)
    }
}

/// An API group with all it serves.
public struct DiscoveredGroup: Sendable, Hashable {
    /// A version of a group.
    public struct Version: Sendable, Hashable {
        /// As in `apps/v1`, or `v1` of the core group.
        public var groupVersion: String
        /// What it serves.
        public var resources: [DiscoveredResource]
        /// Whether the server tells what it knew earlier, because it cannot reach who serves the group.
        public var isStale: Bool
    }

    /// Empty for the core group.
    public var name: String
    /// The preferred version first.
    public var versions: [Version]
}
