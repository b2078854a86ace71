/// The devices that are approved and those that wait for it: what may become of each. Knows no file and no clock.
struct PairingTable: Sendable, Hashable {
    /// What is told to operators.
    enum Change: Sendable, Hashable {
        case requested(PairingRequest)
        case resolved(PairingRequest, Decision)
    }

    /// How a request ended.
    enum Decision: String, Sendable, Hashable {
        case approved, rejected
        /// The same device wants something else by now: whoever approves must see what is approved.
        case superseded
        case expired
    }

    /// How long a request waits, in milliseconds.
    static let patience: Int64 = 300_000
    /// How many wait at most; beyond, the one that waits longest gives way.
    static let mostPending = 64

    /// By device id.
    var paired: [String: PairedDevice]
    /// In the order they came.
    private(set) var pending: [PairingRequest]

    init(paired: [String: PairedDevice] = [:], pending: [PairingRequest] = []) {
        self.paired = paired
        self.pending = pending
    }

    /// Ends the requests that have waited too long.
    mutating func expire(at now: Int64) -> [Change] {
        let late = pending.filter { now - $0.ts >= Self.patience }
        pending.removeAll { now - $0.ts >= Self.patience }
        return late.map { .resolved($0, .expired) }
    }

    /// A device wants to be approved. The same wish of the same device stays the same request, however often it comes.
    ///
    /// - Parameter id: for a new request.
    mutating func request(
        _ wish: PairingWish,
        id: String,
        address: String,
        at now: Int64
    ) -> (request: PairingRequest, changes: [Change]) {
        var changes = expire(at: now)
        if let index = pending.firstIndex(where: { $0.deviceId == wish.deviceID }) {
            if pending[index].wish == wish { return (pending[index], changes) }
            changes.append(.resolved(pending.remove(at: index), .superseded))
        }
        if pending.count >= Self.mostPending { changes.append(.resolved(pending.removeFirst(), .expired)) }
        let new = PairingRequest(id, wish, address: address, at: now)
        pending.append(new)
        return (new, changes + [.requested(new)])
    }

    /// A waiting request; `nil` when there is none, or not any more.
    func request(_ id: String, at now: Int64) -> PairingRequest? { pending.first { $0.requestId == id && now - $0.ts < Self.patience } }

    /// Approves a request.
    ///
    /// - Parameter token: the secret of a device that has none.
    mutating func approve(_ request: PairingRequest, token: String, at now: Int64) -> (device: PairedDevice, change: Change) {
        pending.removeAll { $0.requestId == request.requestId }
        let device = request.wish.approved(over: paired[request.deviceId], token: token, at: now)
        paired[request.deviceId] = device
        return (device, .resolved(request, .approved))
    }

    /// Rejects a request.
    mutating func reject(_ request: PairingRequest) -> Change {
        pending.removeAll { $0.requestId == request.requestId }
        return .resolved(request, .rejected)
    }

    /// Takes a device's approval away.
    ///
    /// - Returns: whether it had one.
    mutating func remove(_ deviceID: String) -> Bool { paired.removeValue(forKey: deviceID) != nil }
}
