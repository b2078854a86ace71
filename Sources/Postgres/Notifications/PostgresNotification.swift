/// A message another session sent with `NOTIFY`.
public struct PostgresNotification: Sendable, Hashable {
    /// The channel it was sent on.
    public var channel: String
    /// The text that was sent; often empty.
    public var payload: String
    /// The server process of the sender.
    public var serverProcess: Int32
}

/// The notifications a connection receives, as they arrive.
///
/// Nothing is read from the socket before it is asked for, so a slow reader fills the socket and then PostgreSQL's own queue, never the
/// memory of this process. The sequence ends with an error when the connection is lost: what was sent until a new one listens is
/// missed, so read the state anew then.
public struct PostgresNotifications: AsyncSequence, Sendable {
    let connection: PostgresConnection

    /// Starts to read.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(connection: connection) }

    /// Waits for notifications.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let connection: PostgresConnection

        /// The next notification.
        ///
        /// - Throws: `PostgresError` with `connection_lost`; `CancellationError`.
        public mutating func next() async throws -> PostgresNotification? { try await connection.nextNotification() }
    }
}

extension PostgresConnection {
    /// Waits for the next notification on the channels this connection listens on.
    func nextNotification() async throws -> PostgresNotification {
        while true {
            try Task.checkCancellation()
            if let notification = libpq.nextNotification() { return notification }
            guard !isBroken, libpq.isOpen else { throw lost() }
            switch await SocketPoller.shared.wait(libpq.socket, for: .read, until: nil, isCancellable: true) {
            case .cancelled: throw CancellationError()
            case .ready, .timedOut: break
            }
            guard libpq.consumeInput() else { throw lost() }
        }
    }
}

extension PostgresPool {
    /// Listens on channels with a connection of its own, which does not count towards the pool's limit.
    ///
    /// - Parameters:
    ///   - channels: the names of the channels.
    ///   - body: reads the notifications; the connection is closed when it returns. Every notification sent after it was called is seen.
    /// - Throws: what `body` throws; `PostgresError` when the connection cannot be made.
    @discardableResult
    nonisolated(nonsending) public func withNotifications<R>(
        on channels: [String],
        _ body: nonisolated(nonsending) (PostgresNotifications) async throws -> R
    ) async throws -> R {
        let connection = try await PostgresConnection.connect(
            configuration,
            options: options.connection,
            timeout: options.connectTimeout
        )
        do {
            for channel in channels { try await connection.executeScript("LISTEN \(SQL.quoted(identifier: channel))") }
            let result = try await body(PostgresNotifications(connection: connection))
            await connection.close()
            return result
        } catch {
            await connection.close()
            throw error
        }
    }
}
