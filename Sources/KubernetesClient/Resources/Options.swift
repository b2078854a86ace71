import JSONValue
import KubernetesModel

/// Which objects a list holds, and how fresh it is.
public struct ListOptions: Sendable, Hashable {
    /// How a list's version relates to the version asked for (KEP-956).
    public enum VersionMatch: String, Sendable {
        /// Exactly that version.
        case exact = "Exact"
        /// That version or a later one.
        case notOlderThan = "NotOlderThan"
    }

    /// Labels the objects must have, as `app=web,tier!=test`.
    public var labelSelector: String?
    /// Fields the objects must have, as `metadata.name=a`.
    public var fieldSelector: String?
    /// How many objects a page holds at most.
    public var limit: Int?
    /// The token of the page before.
    public var continueToken: String?
    /// `nil` for the newest state; `0` for whatever the server has at hand.
    public var resourceVersion: String?
    /// How `resourceVersion` is meant.
    public var resourceVersionMatch: VersionMatch?
    /// How long the server may take, and the client waits; `nil` for the client's limit.
    public var timeout: Duration?

    /// Makes options. Default: everything, the newest state, one page.
    public init(
        labelSelector: String? = nil,
        fieldSelector: String? = nil,
        limit: Int? = nil,
        continueToken: String? = nil,
        resourceVersion: String? = nil,
        resourceVersionMatch: VersionMatch? = nil,
        timeout: Duration? = nil
    ) {
        self.labelSelector = labelSelector
        self.fieldSelector = fieldSelector
        self.limit = limit
        self.continueToken = continueToken
        self.resourceVersion = resourceVersion
        self.resourceVersionMatch = resourceVersionMatch
        self.timeout = timeout
    }

    var query: [(String, String)] {
        var result: [(String, String)] = []
        if let labelSelector, !labelSelector.isEmpty { result.append(("labelSelector", labelSelector)) }
        if let fieldSelector, !fieldSelector.isEmpty { result.append(("fieldSelector", fieldSelector)) }
        if let limit { result.append(("limit", String(limit))) }
        if let continueToken, !continueToken.isEmpty { result.append(("continue", continueToken)) }
        if let resourceVersion { result.append(("resourceVersion", resourceVersion)) }
        if let resourceVersionMatch { result.append(("resourceVersionMatch", resourceVersionMatch.rawValue)) }
        return result
    }
}

/// What a watch tells, and from where on.
public struct WatchOptions: Sendable, Hashable {
    /// Labels the objects must have.
    public var labelSelector: String?
    /// Fields the objects must have.
    public var fieldSelector: String?
    /// The version after which changes are told; `nil` begins with the present objects as additions.
    public var resourceVersion: String?
    /// Whether the server may tell that nothing changed up to a version (KEP-956). Default: yes.
    public var allowBookmarks: Bool
    /// Whether the watch begins with all present objects and a bookmark that ends them (KEP-3157). Default: no.
    public var sendInitialEvents: Bool
    /// After what time the server ends the watch; `nil` for the client's `watchTimeout`.
    public var timeout: Duration?
    /// How much longer than `timeout` a silent watch is believed in; `nil` for the client's `watchIdleMargin`.
    public var idleMargin: Duration?
    /// How long the server may be silent before it ends the watch; `nil` for any time, as for a resource at rest. For streaming lists, where
    /// the server always has something to say.
    public var silenceLimit: Duration?

    /// Makes options. Default: all changes from now on, with bookmarks.
    public init(
        labelSelector: String? = nil,
        fieldSelector: String? = nil,
        resourceVersion: String? = nil,
        allowBookmarks: Bool = true,
        sendInitialEvents: Bool = false,
        timeout: Duration? = nil,
        idleMargin: Duration? = nil,
        silenceLimit: Duration? = nil
    ) {
        self.labelSelector = labelSelector
        self.fieldSelector = fieldSelector
        self.resourceVersion = resourceVersion
        self.allowBookmarks = allowBookmarks
        self.sendInitialEvents = sendInitialEvents
        self.timeout = timeout
        self.idleMargin = idleMargin
        self.silenceLimit = silenceLimit
    }

    func query(timeout: Duration) -> [(String, String)] {
        var result = [("watch", "true"), ("timeoutSeconds", String(max(1, timeout.components.seconds)))]
        if let labelSelector, !labelSelector.isEmpty { result.append(("labelSelector", labelSelector)) }
        if let fieldSelector, !fieldSelector.isEmpty { result.append(("fieldSelector", fieldSelector)) }
        if let resourceVersion { result.append(("resourceVersion", resourceVersion)) }
        if allowBookmarks { result.append(("allowWatchBookmarks", "true")) }
        if sendInitialEvents {
            result.append(("sendInitialEvents", "true"))
            result.append(("resourceVersionMatch", "NotOlderThan"))
        }
        return result
    }
}

/// How a write is done.
public struct WriteOptions: Sendable, Hashable {
    /// What the server does about unknown and repeated fields.
    public enum FieldValidation: String, Sendable {
        /// Drops them silently.
        case ignore = "Ignore"
        /// Drops them with a warning.
        case warn = "Warn"
        /// Refuses the write.
        case strict = "Strict"
    }

    /// Whether everything happens but the storing.
    public var dryRun: Bool
    /// Who the changed fields belong to.
    public var fieldManager: String?
    /// What the server does about unknown fields; `nil` for its default.
    public var fieldValidation: FieldValidation?

    /// Makes options. Default: a real write, without a field manager's name, the server's validation.
    public init(dryRun: Bool = false, fieldManager: String? = nil, fieldValidation: FieldValidation? = nil) {
        self.dryRun = dryRun
        self.fieldManager = fieldManager
        self.fieldValidation = fieldValidation
    }

    var query: [(String, String)] {
        var result: [(String, String)] = []
        if dryRun { result.append(("dryRun", "All")) }
        if let fieldManager { result.append(("fieldManager", fieldManager)) }
        if let fieldValidation { result.append(("fieldValidation", fieldValidation.rawValue)) }
        return result
    }
}

/// How a deletion is done.
public struct DeleteOptions: Sendable, Hashable {
    /// What happens to what the object owns.
    public enum Propagation: String, Sendable {
        /// It goes afterwards.
        case background = "Background"
        /// It goes first.
        case foreground = "Foreground"
        /// It stays.
        case orphan = "Orphan"
    }

    /// What the object must be for the deletion to happen.
    public struct Preconditions: Sendable, Hashable {
        /// Its identity.
        public var uid: String?
        /// Its version.
        public var resourceVersion: String?

        /// Makes preconditions.
        public init(uid: String? = nil, resourceVersion: String? = nil) {
            self.uid = uid
            self.resourceVersion = resourceVersion
        }
    }

    /// What the object must be.
    public var preconditions: Preconditions?
    /// What happens to what the object owns; `nil` for the resource's default.
    public var propagationPolicy: Propagation?
    /// How many seconds the object may take to end; `nil` for its own.
    public var gracePeriodSeconds: Int64?
    /// Whether everything happens but the storing.
    public var dryRun: Bool

    /// Makes options.
    public init(
        preconditions: Preconditions? = nil,
        propagationPolicy: Propagation? = nil,
        gracePeriodSeconds: Int64? = nil,
        dryRun: Bool = false
    ) {
        self.preconditions = preconditions
        self.propagationPolicy = propagationPolicy
        self.gracePeriodSeconds = gracePeriodSeconds
        self.dryRun = dryRun
    }

    /// The body of the request; `nil` when all is default.
    var body: JSON? {
        var result: [String: JSON] = [:]
        if let preconditions {
            var members: [String: JSON] = [:]
            if let uid = preconditions.uid { members["uid"] = .string(uid) }
            if let version = preconditions.resourceVersion { members["resourceVersion"] = .string(version) }
            result["preconditions"] = .object(members)
        }
        if let propagationPolicy { result["propagationPolicy"] = .string(propagationPolicy.rawValue) }
        if let gracePeriodSeconds { result["gracePeriodSeconds"] = .integer(gracePeriodSeconds) }
        if dryRun { result["dryRun"] = ["All"] }
        guard !result.isEmpty else { return nil }
        result["apiVersion"] = "v1"
        result["kind"] = "DeleteOptions"
        return .object(result)
    }
}
