/// A kind of single fault that can be tried at every point.
public enum FaultKind: String, Sendable, Hashable, CaseIterable {
    /// Killed after a write.
    case crash
    /// Killed after a write; the next one begins with old lists.
    case crashStale = "crash-stale"
    /// Refused with 409.
    case conflict
    /// Refused with 429.
    case tooManyRequests = "too-many-requests"
    /// Refused with 500.
    case internalError = "internal-error"
    /// Refused with 503.
    case unavailable
    /// Not sent.
    case loseRequest = "lose-request"
    /// Done, but the answer is lost.
    case loseAnswer = "lose-answer"
    /// Done, but the answer takes too long.
    case hang
    /// Done, and answered late.
    case slow
    /// The watch breaks before an event.
    case cut
    /// An event is lost, and a list makes up for it.
    case forget
    /// An event is lost, and the list that follows is old.
    case forgetStale = "forget-stale"
    /// The watch is silent from an event on.
    case stall
    /// Of two instances the leader is killed after a write.
    case failOver = "fail-over"
    /// Of two instances the leader cannot reach its Lease after a write.
    case depose
    /// Of two instances the leader is asked to end after a write, and gives its Lease up.
    case stop
    /// Of two instances the leader reaches nothing after a write, and nothing reaches it.
    case silence
    /// Of two instances the leader stands still after a write, and goes on when the other leads.
    case freeze

    /// Whether it happens to writes; else to events.
    public var isOfWrites: Bool {
        switch self {
        case .cut, .forget, .forgetStale, .stall: false
        default: true
        }
    }

    /// How many instances of the operator it needs.
    public var instances: Int {
        switch self {
        case .failOver, .depose, .stop, .silence, .freeze: 2
        default: 1
        }
    }

    func fault(at point: Int) -> Fault {
        switch self {
        case .crash: .crash(write: point)
        case .crashStale: .crashStale(write: point, revisions: 1 + point % 24)
        case .conflict: .refuse(write: point, code: 409)
        case .tooManyRequests: .refuse(write: point, code: 429)
        case .internalError: .refuse(write: point, code: 500)
        case .unavailable: .refuse(write: point, code: 503)
        case .loseRequest: .loseRequest(write: point)
        case .loseAnswer: .loseAnswer(write: point)
        case .hang: .hang(write: point)
        case .slow: .slow(write: point)
        case .cut: .cut(event: point)
        case .forget: .forget(event: point)
        case .forgetStale: .forgetStale(event: point, revisions: 1 + point % 16)
        case .stall: .stall(event: point)
        case .failOver: .crash(write: point)
        case .depose: .depose(write: point)
        case .stop: .stop(write: point)
        case .silence: .silence(write: point)
        case .freeze: .freeze(write: point)
        }
    }
}
