import KubernetesClient
import KubernetesModel

/// One page of a list that a reflector asks for.
public struct ReflectorList: Sendable, Hashable {
    /// `nil` for the newest state, `0` for whatever the server has at hand.
    public var resourceVersion: String?
    /// How many objects it has at most; `nil` for all.
    public var limit: Int?
    /// The token of the page before; `nil` for the first.
    public var continueToken: String?

    /// Describes a page.
    public init(resourceVersion: String? = nil, limit: Int? = nil, continueToken: String? = nil) {
        self.resourceVersion = resourceVersion
        self.limit = limit
        self.continueToken = continueToken
    }
}

/// What happened to a reflector.
public enum ReflectorInput: Sendable, Hashable {
    /// It shall begin.
    case started
    /// A page of the list came, with the list's version and the token of the next page.
    case page(version: String?, continueToken: String?)
    /// The server began to answer a watch.
    case opened
    /// The watch told that an object appeared, changed or went; the object has this version.
    case event(version: String)
    /// The watch told that all is said up to a version; the end of the initial events of a streaming list when `endsInitialEvents`.
    case bookmark(version: String, endsInitialEvents: Bool)
    /// The server ended the watch.
    case ended
    /// The call or watch under way failed.
    case failed(ReflectorFailure)
    /// The wait is over.
    case waited
}

/// What a reflector's shell has to do.
public enum ReflectorAction: Sendable, Hashable {
    /// Start to collect a full state, throwing away one that was not finished.
    case beginSnapshot
    /// Put the objects that just came into the state that is collected.
    case addToSnapshot
    /// Make the collected state the store's: what is not in it has been deleted.
    case commitSnapshot(version: String)
    /// Do to the store what the event that just came says.
    case apply(version: String)
    /// Note that the store is as the cluster was at a version.
    case advance(version: String)
    /// Ask for a page.
    case list(ReflectorList)
    /// Open a watch: after a version, or one that begins with all objects when `streaming`.
    case watch(version: String?, streaming: Bool)
    /// Do nothing for a while.
    case wait(Duration)
    /// Count and log a failure that is being recovered from.
    case report(ReflectorFailure)
}

/// Why a call of a reflector failed, as far as it matters for what to do next.
public enum ReflectorFailure: Sendable, Hashable {
    /// The server has forgotten the version (410).
    case gone
    /// The server does not know the version yet.
    case versionTooLarge
    /// The server asks to come back later (429).
    case tooManyRequests(retryAfter: Duration?)
    /// The server or the way to it is broken: 5xx, connection, time limit.
    case unavailable(retryAfter: Duration?)
    /// The watch was silent for too long.
    case idle
    /// The server does not do what was asked (400, 405, 422), as streaming lists on old servers.
    case notSupported
    /// A list is older than what was seen before, as from a server that lags behind.
    case stale
    /// An answer that makes no sense.
    case malformed
    /// An answer that is larger than allowed.
    case tooLarge
    /// Anything else: 401, 403, 404.
    case refused

    /// Sorts an error.
    public init(_ error: any Error) {
        guard let error = error as? KubernetesError else {
            self = .unavailable(retryAfter: nil)
            return
        }
        switch error.code {
        case .watchIdle: self = .idle
        case .status:
            if error.isGone {
                self = .gone
            } else if error.isResourceVersionTooLarge {
                self = .versionTooLarge
            } else if error.isTooManyRequests {
                self = .tooManyRequests(retryAfter: error.retryAfter)
            } else if let code = error.httpStatus, code >= 500 {
                self = .unavailable(retryAfter: error.retryAfter)
            } else if let code = error.httpStatus, [400, 405, 406, 422].contains(code) {
                self = .notSupported
            } else {
                self = .refused
            }
        case .transport, .timedOut: self = .unavailable(retryAfter: nil)
        case .decoding: self = .malformed
        case .tooLarge: self = .tooLarge
        case .configuration, .credentials, .invalidRequest: self = .refused
        }
    }

    /// How long the server asked to wait.
    public var retryAfter: Duration? {
        switch self {
        case .tooManyRequests(let delay), .unavailable(let delay): delay
        case .gone, .versionTooLarge, .idle, .notSupported, .stale, .malformed, .tooLarge, .refused: nil
        }
    }

    /// A word for metrics.
    public var label: String {
        switch self {
        case .gone: "gone"
        case .versionTooLarge: "version_too_large"
        case .tooManyRequests: "too_many_requests"
        case .unavailable: "unavailable"
        case .idle: "idle"
        case .notSupported: "not_supported"
        case .stale: "stale"
        case .malformed: "malformed"
        case .tooLarge: "too_large"
        case .refused: "refused"
        }
    }
}
