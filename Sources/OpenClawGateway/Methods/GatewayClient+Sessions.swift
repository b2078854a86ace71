import JSONValue

/// A conversation that a gateway keeps.
public struct GatewaySession: Sendable, Hashable {
    /// Its key, for instance `agent:main:main`.
    public var key: String
    /// Its title or label; `nil` when it has none.
    public var title: String?
    /// What kind it is, for instance `direct` or `group`; `nil` when the gateway does not say.
    public var kind: String?
    /// How many messages it has; `nil` when the gateway does not say.
    public var messages: Int64?
    /// When it last changed, in milliseconds since 1970; `nil` when the gateway does not say.
    public var updatedAt: Int64?
    /// The beginning of its last message; `nil` when it was not asked for.
    public var lastMessage: String?

    init?(_ json: JSON) {
        guard let key = json["key"]?.stringValue, !key.isEmpty else { return nil }
        self.key = key
        title = json["label"]?.stringValue ?? json["displayName"]?.stringValue ?? json["derivedTitle"]?.stringValue
        kind = json["kind"]?.stringValue
        messages = json["messageCount"]?.integerValue
        updatedAt = json["updatedAt"]?.integerValue
        lastMessage = json["lastMessagePreview"]?.stringValue
    }
}

extension GatewayClient {
    /// The conversations there are, the newest first.
    ///
    /// - Parameters:
    ///   - limit: how many at most, from 1 to 1000.
    ///   - previews: whether titles are made up and the last messages shown. Default: no.
    public func sessions(limit: Int, previews: Bool = false) async throws(GatewayError) -> [GatewaySession] {
        var params: JSON = ["limit": .integer(Int64(min(max(limit, 1), 1000)))]
        if previews {
            params["includeDerivedTitles"] = true
            params["includeLastMessage"] = true
        }
        let answer = try await read("sessions.list", params)
        guard let list = answer["sessions"]?.arrayValue else { throw .invalid("sessions.list") }
        return list.compactMap(GatewaySession.init)
    }

    /// What was used on some days, as the gateway counts it.
    ///
    /// - Parameters:
    ///   - from: the first day (`2026-01-31`, UTC).
    ///   - through: the last day.
    public func usage(from: String, through: String) async throws(GatewayError) -> JSON {
        do throws(GatewayError) {
            return try await read(
                "sessions.usage",
                ["startDate": .string(from), "endDate": .string(through), "mode": "utc", "limit": 1000],
                timeout: .seconds(60)
            )
        } catch {
            // Older gateways know neither the mode nor another day than their own.
            guard error.failure?.message.contains("unexpected property") == true else { throw error }
            return try await read(
                "sessions.usage",
                ["startDate": .string(from), "endDate": .string(through), "limit": 1000],
                timeout: .seconds(60)
            )
        }
    }

    /// The key of the main session of the gateway's default agent.
    public func mainSession() async throws(GatewayError) -> String {
        let defaults = try await hello().payload[at: ["snapshot", "sessionDefaults"]]
        if let key = defaults?["mainSessionKey"]?.stringValue, !key.isEmpty { return key }
        return Self.mainSession(of: defaults?["defaultAgentId"]?.stringValue ?? GatewayAgentID.main)
    }

    /// Ends what an agent is saying.
    ///
    /// - Parameters:
    ///   - run: the run to end.
    ///   - session: its session.
    public func abort(_ run: String, in session: String) async throws(GatewayError) {
        _ = try await call("chat.abort", ["sessionKey": .string(session), "runId": .string(run)], timeout: .seconds(10))
    }

    /// Asks the gateway to start anew once its work is done.
    ///
    /// - Parameter reason: why, for its log.
    /// - Throws: ``GatewayError`` `gateway_method_unknown` when this release cannot.
    public func restart(reason: String) async throws(GatewayError) {
        do throws(GatewayError) {
            _ = try await call("gateway.restart.request", ["reason": .string(reason)])
        } catch {
            // It may be gone before its answer is out.
            guard error.code == .closed else { throw error }
        }
    }

    /// Gives a message to an agent and hands on its answer as it comes, until it ends.
    ///
    /// A message whose key the gateway has seen is not given again: if the agent has answered it already, the whole answer comes at once.
    ///
    /// - Parameters:
    ///   - message: the message.
    ///   - session: where.
    ///   - idempotencyKey: names the message.
    ///   - started: gets the run's id as soon as the agent has the message.
    ///   - update: gets each part; the last one says how it ended. It must not wait: what comes meanwhile is lost when it does.
    /// - Throws: ``GatewayError``.
    public func converse(
        _ message: String,
        in session: String,
        idempotencyKey: String,
        started: @Sendable (String) async -> Void,
        _ update: @Sendable (ChatUpdate) -> Void
    ) async throws {
        // A connection that comes about only now has lost nothing.
        try await listeningWhileConnected(timeout: .seconds(30)) { notices in
            let answer = try await call(
                "chat.send",
                [
                    "sessionKey": .string(session), "message": .string(message), "idempotencyKey": .string(idempotencyKey),
                    "deliver": false,
                ]
            )
            guard let run = answer["runId"]?.stringValue else { throw GatewayError.invalid("chat.send") }
            await started(run)
            if let status = answer["status"]?.stringValue, status != "started", status != "accepted",
                let text = try await self.lastAnswer(in: session)
            {
                return update(.final(text))
            }
            for await notice in notices {
                switch notice {
                case .event(let event):
                    guard let part = ChatUpdate(event, run: run) else { continue }
                    update(part)
                    if part.isLast { return }
                case .gap, .connected: throw GatewayError(.closed, "A part of the agent's answer was lost; its history has the whole.")
                case .disconnected(let error): throw error
                }
            }
            throw GatewayError(.closed, "The connection was given up before the agent's answer ended.")
        }
    }

    /// What the agent said last in a session; `nil` when somebody else did.
    private func lastAnswer(in session: String) async throws -> String? {
        let last = try await history(of: session, limit: 1)["messages"]?.arrayValue?.last
        guard let last, last["role"]?.stringValue == "assistant" else { return nil }
        return last["content"]?.stringValue ?? (last["content"]?.arrayValue ?? []).compactMap { $0["text"]?.stringValue }.joined()
    }
}
