import Foundation
import JSONValue
import OpenClawGateway

extension GatewayCore {
    func health() throws -> JSON {
        let table = try agents()
        return [
            "ok": true, "ts": .integer(time()), "durationMs": 0, "channels": [:], "channelOrder": [], "channelLabels": [:],
            "heartbeatSeconds": 1800, "defaultAgentId": .string(table.defaultID),
            "agents": .array(
                table.entries.map { ["agentId": .string($0.id), "isDefault": .bool($0.id == table.defaultID), "sessions": ["count": 0]] }
            ),
            "sessions": ["path": .string(disk.root.appending(path: "agents").path), "count": 0, "recent": []],
        ]
    }

    /// Channels have no other side here: each that is configured and enabled counts as connected.
    func channels() throws -> JSON {
        let configured = try config()["channels"]?.objectValue ?? [:]
        var accounts: [String: JSON] = [:]
        for (channel, settings) in configured where channel != "defaults" {
            let names = settings["accounts"]?.objectValue?.keys.sorted() ?? ["default"]
            let isEnabled = settings["enabled"]?.boolValue ?? true
            accounts[channel] = .array(
                names.map { name in
                    [
                        "accountId": .string(name), "enabled": .bool(isEnabled), "configured": true, "linked": .bool(isEnabled),
                        "running": .bool(isEnabled), "connected": .bool(isEnabled), "probe": ["ok": .bool(isEnabled)],
                    ]
                }
            )
        }
        let order = accounts.keys.sorted()
        return [
            "ts": .integer(time()), "channelOrder": .array(order.map { .string($0) }), "channelLabels": [:], "channels": [:],
            "channelAccounts": .object(accounts), "channelDefaultAccountId": [:],
        ]
    }

    /// The log's lines from a byte on.
    func tail(_ params: JSON) throws -> JSON {
        let limit = min(max(params["limit"]?.integerValue ?? 500, 1), 5000)
        let most = min(max(params["maxBytes"]?.integerValue ?? 250_000, 1), 1_000_000)
        let text = Array((try disk.text(disk.logURL) ?? "").utf8)
        let size = Int64(text.count)
        var start = params["cursor"]?.integerValue ?? max(0, size - most)
        let isReset = start < 0 || start > size
        if isReset { start = max(0, size - most) }
        let isTruncated = size - start > most
        if isTruncated { start = size - most }
        let lines = String(decoding: text[Int(start)...], as: UTF8.self).split(separator: "\n").suffix(Int(limit))
        var answer: JSON = [
            "file": .string(disk.logURL.path), "cursor": .integer(size), "size": .integer(size),
            "lines": .array(lines.map { .string(String($0)) }),
        ]
        if isTruncated { answer["truncated"] = true }
        if isReset { answer["reset"] = true }
        return answer
    }

    /// Adds a line to the log.
    func log(_ line: String) { try? disk.append("\(time()) \(line)", to: disk.logURL) }
}
