import JSONValue

/// One account of a chat channel, as a gateway sees it.
public struct ChannelAccount: Sendable, Hashable {
    /// The channel, for instance `discord`.
    public var channel: String
    /// The account within the channel.
    public var account: String
    /// Whether it has all settings it needs.
    public var isConfigured: Bool
    /// Whether the gateway serves it.
    public var isRunning: Bool
    /// Whether it is connected; `nil` when the channel knows no such thing.
    public var isConnected: Bool?
    /// Whether the last probe found the channel to answer; `nil` when none was made.
    public var probe: Bool?
    /// What went wrong last.
    public var lastError: String?

    /// Whether messages can come and go.
    public var works: Bool { isConfigured && isRunning && isConnected != false && probe != false }
}

extension GatewayClient {
    /// Asks how the gateway is.
    public func health() async throws(GatewayError) -> JSON { try await read("health") }

    /// How the chat channels are.
    ///
    /// - Parameter probes: whether the gateway asks each channel now.
    public func channels(probes: Bool = false) async throws(GatewayError) -> [ChannelAccount] {
        let answer = try await read("channels.status", probes ? ["probe": true, "timeoutMs": 10_000] : [:], timeout: .seconds(40))
        guard let channels = answer["channelAccounts"]?.objectValue else { throw .invalid("channels.status") }
        return channels.sorted { $0.key < $1.key }.flatMap { channel, accounts in
            (accounts.arrayValue ?? []).map { account in
                ChannelAccount(
                    channel: channel,
                    account: account["accountId"]?.stringValue ?? "default",
                    isConfigured: account["configured"]?.boolValue ?? false,
                    isRunning: account["running"]?.boolValue ?? false,
                    isConnected: account["connected"]?.boolValue,
                    probe: account[at: ["probe", "ok"]]?.boolValue,
                    lastError: account["lastError"]?.stringValue
                )
            }
        }
    }

    /// The gateway's log from a place on.
    ///
    /// - Parameter cursor: where the last answer ended; `nil` for the newest lines.
    /// - Returns: the lines, and where they end.
    public func logs(from cursor: Int64? = nil, limit: Int = 500) async throws(GatewayError) -> (lines: [String], cursor: Int64) {
        var params: JSON = ["limit": .integer(Int64(min(max(limit, 1), 5000)))]
        if let cursor { params["cursor"] = .integer(cursor) }
        let answer = try await read("logs.tail", params)
        guard let end = answer["cursor"]?.integerValue else { throw .invalid("logs.tail") }
        return ((answer["lines"]?.arrayValue ?? []).compactMap(\.stringValue), end)
    }
}
