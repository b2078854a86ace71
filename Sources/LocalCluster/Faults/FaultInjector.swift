import NIOConcurrencyHelpers

/// The script of a server's faults. Tests add faults; every request asks which of them meet it.
public final class FaultInjector: Sendable {
    /// Names one fault that was added.
    public struct ID: Sendable, Hashable {
        fileprivate let value: Int
    }

    private struct Entry: Sendable {
        var fault: Fault
        var hits = 0
        var seen = 0
    }

    private struct State: Sendable {
        var entries: [Int: Entry] = [:]
        var next = 0
    }

    private let state = NIOLockedValueBox(State())

    init() {}

    /// Adds a fault; faults are asked in the order in which they were added.
    @discardableResult
    public func add(_ fault: Fault) -> ID {
        state.withLockedValue { state in
            state.next += 1
            state.entries[state.next] = Entry(fault: fault)
            return ID(value: state.next)
        }
    }

    public func remove(_ id: ID) {
        state.withLockedValue { state in
            guard var entry = state.entries[id.value] else { return }
            entry.fault.times = entry.hits
            state.entries[id.value] = entry
        }
    }

    public func removeAll() {
        state.withLockedValue { $0.entries = [:] }
    }

    /// How many requests a fault has met.
    public func hits(_ id: ID) -> Int {
        state.withLockedValue { $0.entries[id.value]?.hits ?? 0 }
    }

    /// The actions for one request, counting them as used.
    func actions(for request: RequestRecord) -> [FaultAction] {
        state.withLockedValue { state in
            guard !state.entries.isEmpty else { return [] }
            var actions: [FaultAction] = []
            for id in state.entries.keys.sorted() {
                guard var entry = state.entries[id], entry.fault.match.matches(request), Self.applies(entry.fault.action, to: request)
                else {
                    continue
                }
                entry.seen += 1
                if entry.seen > entry.fault.skipping, entry.fault.times.map({ entry.hits < $0 }) ?? true {
                    entry.hits += 1
                    actions.append(entry.fault.action)
                }
                state.entries[id] = entry
            }
            return actions
        }
    }

    private static func applies(_ action: FaultAction, to request: RequestRecord) -> Bool {
        switch action {
        case .dropWatch: request.verb == "watch"
        case .staleList: request.verb == "list"
        default: true
        }
    }
}

extension FaultAction {
    /// The refusal of a `.status` fault.
    static func refusal(_ code: Int, retryAfter: Int?) -> APIError {
        let reason =
            switch code {
            case 409: "Conflict"
            case 410: "Expired"
            case 429: "TooManyRequests"
            case 503: "ServiceUnavailable"
            case 504: "Timeout"
            default: "InternalError"
            }
        let message =
            switch code {
            case 409: "the object has been modified; please apply your changes to the latest version and try again"
            case 410: "The resourceVersion for the provided watch is too old."
            case 429: "the server has received too many requests and has asked us to try again later"
            case 503: "the server is currently unable to handle the request"
            default: "an injected fault"
            }
        return APIError(
            code: code,
            reason: reason,
            message: message,
            details: [:],
            retryAfterSeconds: retryAfter ?? (code == 429 ? 1 : nil)
        )
    }
}
