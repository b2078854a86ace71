/// Opens sockets to gateways.
public protocol GatewayTransport: Sendable {
    /// Opens a socket and hands on what comes in, a text at a time, until it closes.
    ///
    /// - Parameters:
    ///   - endpoint: where to.
    ///   - opened: called once, with the way out, before any text.
    ///   - received: called with each text, one after the other; the next is not read before it returns.
    /// - Returns: how the socket was closed.
    /// - Throws: ``GatewayError`` `gateway_unreachable` when there is no socket, and a cancellation when the task is cancelled.
    func run(
        to endpoint: GatewayEndpoint,
        opened: @Sendable (any GatewayOutbound) async -> Void,
        received: @Sendable ([UInt8]) async -> Void
    ) async throws -> GatewayClosing
}

/// The way out of a socket. Nothing here waits: what is sent is queued, within bounds.
public protocol GatewayOutbound: Sendable {
    /// Queues a text.
    ///
    /// - Returns: whether there was room. What comes after a close goes nowhere; whoever sent it learns of the close.
    func send(_ bytes: [UInt8]) -> Bool
    /// Closes the socket, after what is queued if the other side takes that soon, and without it otherwise.
    func close(code: UInt16, reason: String)
}

/// How a socket was closed.
public struct GatewayClosing: Sendable, Hashable {
    /// The WebSocket close code (RFC 6455, section 7.4); `nil` when the connection broke.
    public var code: UInt16?
    /// The text that came with it.
    public var reason: String

    /// A closing.
    public init(code: UInt16? = nil, reason: String = "") {
        self.code = code
        self.reason = reason
    }
}
