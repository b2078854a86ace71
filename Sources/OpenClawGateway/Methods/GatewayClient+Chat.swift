import JSONValue

/// A part of an agent's answer, as it comes.
public enum ChatUpdate: Sendable, Hashable {
    /// More text.
    case delta(String)
    /// The whole answer; the last update.
    case final(String)
    /// Somebody stopped the agent; the last update.
    case aborted
    /// The agent failed; the last update.
    case failed(kind: String, message: String)

    /// Whether no other update follows.
    public var isLast: Bool {
        if case .delta = self { false } else { true }
    }
}

extension GatewayClient {
    /// The key of an agent's main session.
    public static func mainSession(of agent: String, mainKey: String = "main") -> String { "agent:\(agent):\(mainKey)" }

    /// Makes a session if it is not there, and changes its label.
    public func ensureSession(_ key: String, label: String? = nil) async throws(GatewayError) {
        var params: JSON = ["key": .string(key)]
        if let label { params["label"] = .string(label) }
        _ = try await call("sessions.patch", params)
    }

    /// Empties a session.
    public func resetSession(_ key: String) async throws(GatewayError) { _ = try await call("sessions.reset", ["key": .string(key)]) }

    /// Deletes a session; one that is not there is deleted already.
    public func deleteSession(_ key: String) async throws(GatewayError) {
        do throws(GatewayError) { _ = try await call("sessions.delete", ["key": .string(key), "deleteTranscript": true]) } catch {
            guard error.kind == .notFound else { throw error }
        }
    }

    /// Gives a message to an agent and does not wait for what it says.
    ///
    /// - Parameter idempotencyKey: the same key gives the message once, however often it is sent.
    /// - Returns: the id of the agent's run.
    @discardableResult
    public func send(_ message: String, to session: String, idempotencyKey: String, deliver: Bool = false) async throws(GatewayError)
        -> String
    {
        let answer = try await call(
            "chat.send",
            [
                "sessionKey": .string(session), "message": .string(message), "idempotencyKey": .string(idempotencyKey),
                "deliver": .bool(deliver),
            ]
        )
        guard let run = answer["runId"]?.stringValue else { throw .invalid("chat.send") }
        return run
    }

    /// Gives a message to an agent and hands on its answer as it comes.
    ///
    /// - Parameters:
    ///   - timeout: how long the whole answer may take. Default: 5 minutes.
    ///   - update: gets each part. The last one says how it ended.
    /// - Throws: ``GatewayError``.
    public func chat(
        _ message: String,
        in session: String,
        idempotencyKey: String,
        timeout: Duration = .seconds(300),
        _ update: @escaping @Sendable (ChatUpdate) async throws -> Void
    ) async throws {
        // A connection that comes about only now has lost nothing.
        try await listeningWhileConnected(timeout: min(timeout, .seconds(30))) { notices in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await self.sleep(timeout)
                    throw GatewayError(.timeout, "The agent did not end its answer in time.")
                }
                group.addTask {
                    let run = try await self.send(message, to: session, idempotencyKey: idempotencyKey)
                    try await Self.follow(run, notices, update)
                }
                defer { group.cancelAll() }
                try await group.next()
            }
        }
    }

    private static func follow(
        _ run: String,
        _ notices: AsyncStream<GatewayNotice>,
        _ update: @Sendable (ChatUpdate) async throws -> Void
    ) async throws {
        for await notice in notices {
            switch notice {
            case .event(let event):
                guard let part = ChatUpdate(event, run: run) else { continue }
                try await update(part)
                if part.isLast { return }
            case .gap, .connected: throw GatewayError(.closed, "A part of the agent's answer was lost; its history has the whole.")
            case .disconnected(let error): throw error
            }
        }
        throw GatewayError(.closed, "The client ended before the agent's answer did.")
    }

    /// The messages of a session.
    public func history(of session: String, limit: Int = 100) async throws(GatewayError) -> JSON {
        try await read("chat.history", ["sessionKey": .string(session), "limit": .integer(Int64(min(max(limit, 1), 1000)))])
    }
}

extension ChatUpdate {
    /// Reads a chat event; `nil` when it is of another run, or none.
    init?(_ event: GatewayEvent, run: String) {
        guard event.name == "chat", event.payload["runId"]?.stringValue == run else { return nil }
        switch event.payload["state"]?.stringValue {
        case "delta": self = .delta(event.payload["deltaText"]?.stringValue ?? Self.text(event.payload["message"]))
        case "final": self = .final(Self.text(event.payload["message"]))
        case "aborted": self = .aborted
        case "error":
            self = .failed(
                kind: event.payload["errorKind"]?.stringValue ?? "unknown",
                message: event.payload["errorMessage"]?.stringValue ?? "The agent failed."
            )
        default: return nil
        }
    }

    /// The text of a message: a string, or an object whose `content` is a string or parts with a `text` each.
    private static func text(_ message: JSON?) -> String {
        if let text = message?.stringValue { return text }
        guard let content = message?["content"] else { return "" }
        return content.stringValue ?? (content.arrayValue ?? []).compactMap { $0["text"]?.stringValue }.joined()
    }
}
