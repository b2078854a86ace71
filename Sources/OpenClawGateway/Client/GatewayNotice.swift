/// What a client tells those who listen.
public enum GatewayNotice: Sendable, Hashable {
    /// There is a connection.
    case connected(GatewayHello)
    /// An event came.
    case event(GatewayEvent)
    /// Events were lost, by the gateway or because the listener was too slow: what is known is to be fetched again.
    case gap
    /// The connection ended, or did not come about.
    case disconnected(GatewayError)
}

/// How a client stands with its gateway.
public enum GatewayConnectionState: Sendable, Hashable {
    /// Not yet, or not any more.
    case idle
    /// A socket is being opened, or the handshake is under way.
    case connecting
    /// There is a connection.
    case connected(GatewayHello)
    /// There was a connection, or a try; the next one comes by itself.
    case waiting(GatewayError)
    /// The gateway does not let this client in, and trying again is of no use: credentials, pairing or release have to change.
    case refused(GatewayError)

    /// What the gateway said of itself, when there is a connection.
    public var hello: GatewayHello? {
        if case .connected(let hello) = self { hello } else { nil }
    }

    /// Whether there is a connection, or one will be tried.
    var isLiving: Bool {
        switch self {
        case .connecting, .connected, .waiting: true
        case .idle, .refused: false
        }
    }
}

/// Hands notices to listeners of different speeds; a slow one loses notices, and is told so.
struct GatewayListeners {
    private struct Listener {
        var continuation: AsyncStream<GatewayNotice>.Continuation
        var hasMissed = false
    }

    private static let buffer = 256
    private var listeners: [Int: Listener] = [:]
    private var counter = 0

    mutating func add() -> (id: Int, stream: AsyncStream<GatewayNotice>) {
        let (stream, continuation) = AsyncStream.makeStream(of: GatewayNotice.self, bufferingPolicy: .bufferingOldest(Self.buffer))
        counter += 1
        listeners[counter] = Listener(continuation: continuation)
        return (counter, stream)
    }

    mutating func remove(_ id: Int) { listeners.removeValue(forKey: id)?.continuation.finish() }

    mutating func tell(_ notice: GatewayNotice) {
        for (id, var listener) in listeners {
            if listener.hasMissed, case .enqueued = listener.continuation.yield(.gap) { listener.hasMissed = false }
            if listener.hasMissed { continue }
            switch listener.continuation.yield(notice) {
            case .enqueued: listeners[id] = listener
            case .dropped:
                listener.hasMissed = true
                listeners[id] = listener
            case .terminated: listeners[id] = nil
            @unknown default: listeners[id] = nil
            }
        }
    }

    mutating func finish() {
        for listener in listeners.values { listener.continuation.finish() }
        listeners = [:]
    }
}
