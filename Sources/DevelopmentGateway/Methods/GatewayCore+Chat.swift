import Foundation
import JSONValue
import OpenClawGateway

/// A session's key, taken apart.
struct SessionKey: Sendable, Hashable {
    let text: String
    let agent: String

    init(_ text: String) throws(GatewayFailure) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count >= 3, parts[0] == "agent", !parts[1].isEmpty, text.utf8.count <= 512 else {
            throw .invalid("invalid session key")
        }
        self.text = text
        agent = String(parts[1])
    }
}

extension GatewayCore {
    private func session(_ params: JSON, _ name: String) throws -> SessionKey {
        let key = try SessionKey(try text(params, name))
        guard try agents()[key.agent] != nil else { throw GatewayFailure.invalid("agent \"\(key.agent)\" not found") }
        return key
    }

    /// Takes a message, answers it, and tells the answer as events. There is no model here: an agent repeats what it heard, a word at a time, and a
    /// message that begins with `/fail` fails.
    func chat(_ params: JSON) throws -> CallOutcome {
        let key = try session(params, "sessionKey")
        let message = try text(params, "message")
        let idempotencyKey = try text(params, "idempotencyKey")
        let new = "run-\(newIdentifier())"
        if let known = run(of: "\(key.text) \(idempotencyKey)", new: new) {
            return .done(["runId": .string(known), "status": "in_flight"])
        }
        let transcript = disk.transcript(key.text, of: key.agent)
        try append(["role": "user", "content": .string(message)], to: transcript, key: key.text)
        var outcome = CallOutcome.done(["runId": .string(new), "status": "started"])
        func event(_ sequence: Int, _ members: JSON) -> GatewayEvent {
            var payload = members
            payload["runId"] = .string(new)
            payload["sessionKey"] = .string(key.text)
            payload["seq"] = .integer(Int64(sequence))
            return GatewayEvent(name: "chat", payload: payload)
        }
        if message.hasPrefix("/fail") {
            outcome.events = [event(1, ["state": "error", "errorKind": "unknown", "errorMessage": "the agent was asked to fail"])]
            return outcome
        }
        let answer = "\(key.agent) heard: \(message)"
        let words = answer.split(separator: " ", omittingEmptySubsequences: false)
        for (index, word) in words.enumerated() {
            outcome.events.append(event(index + 1, ["state": "delta", "deltaText": .string(index == 0 ? String(word) : " \(word)")]))
        }
        outcome.events.append(
            event(
                words.count + 1,
                ["state": "final", "message": ["role": "assistant", "content": [["type": "text", "text": .string(answer)]]]]
            )
        )
        try append(["role": "assistant", "content": .string(answer)], to: transcript, key: key.text)
        return outcome
    }

    private func append(_ message: JSON, to url: URL, key: String) throws {
        var line = message
        line["ts"] = .integer(time())
        line["sessionKey"] = .string(key)
        try disk.append(line.text(), to: url)
    }

    func history(_ params: JSON) throws -> JSON {
        let key = try session(params, "sessionKey")
        let limit = min(max(params["limit"]?.integerValue ?? 200, 1), 1000)
        let messages = try messages(disk.transcript(key.text, of: key.agent)).filter { $0["role"] != "session" }
        return ["sessionKey": .string(key.text), "messages": .array(Array(messages.suffix(Int(limit))))]
    }

    private func messages(_ url: URL) throws -> [JSON] {
        try (disk.text(url) ?? "").split(separator: "\n").compactMap { try? JSON(parsing: String($0)) }
    }

    func ensureSession(_ params: JSON) throws -> JSON {
        let key = try session(params, "key")
        let url = disk.transcript(key.text, of: key.agent)
        if try disk.text(url) == nil { try append(["role": "session"], to: url, key: key.text) }
        return ["ok": true, "key": .string(key.text), "entry": ["sessionId": .string(url.deletingPathExtension().lastPathComponent)]]
    }

    func emptySession(_ params: JSON, deletes: Bool) throws -> JSON {
        let key = try SessionKey(try text(params, "key"))
        let url = disk.transcript(key.text, of: key.agent)
        guard try disk.text(url) != nil else {
            guard deletes else { return try ensureSession(params) }
            return ["ok": true, "key": .string(key.text), "deleted": false]
        }
        try FileManager.default.removeItem(at: url)
        if deletes { return ["ok": true, "key": .string(key.text), "deleted": true] }
        return try ensureSession(params)
    }

    /// All transcripts with their keys.
    private func transcripts(of agent: String?) throws -> [(key: String, messages: [JSON])] {
        var found: [(key: String, messages: [JSON])] = []
        for entry in try agents().entries where agent == nil || agent == entry.id {
            let directory = disk.sessionsDirectory(of: entry.id)
            let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
            for name in names.sorted() where name.hasSuffix(".jsonl") {
                let messages = try messages(directory.appending(path: name))
                if let key = messages.first?["sessionKey"]?.stringValue { found.append((key, messages)) }
            }
        }
        return found
    }

    func sessions(_ params: JSON) throws -> JSON {
        let limit = min(max(params["limit"]?.integerValue ?? 100, 1), 1000)
        let rows = try transcripts(of: params["agentId"]?.stringValue).map { key, messages -> JSON in
            let talk = messages.filter { $0["role"] != "session" }
            var row: JSON = [
                "key": .string(key), "kind": "direct", "messageCount": .integer(Int64(talk.count)),
                "updatedAt": messages.last?["ts"] ?? 0,
            ]
            if params["includeLastMessage"]?.boolValue == true { row["lastMessagePreview"] = talk.last?["content"] ?? .null }
            return row
        }
        let newest = rows.sorted { ($0["updatedAt"]?.integerValue ?? 0) > ($1["updatedAt"]?.integerValue ?? 0) }
        return ["ts": .integer(time()), "count": .integer(Int64(rows.count)), "sessions": .array(Array(newest.prefix(Int(limit))))]
    }

    /// What was said, counted a day at a time; a word counts as a token, and nothing costs anything.
    func usage(_ params: JSON) throws -> JSON {
        var days: [String: (requests: Int64, tokens: Int64)] = [:]
        for (key, messages) in try transcripts(of: nil) where params["key"]?.stringValue ?? key == key {
            for message in messages {
                guard let content = message["content"]?.stringValue, let time = message["ts"]?.integerValue else { continue }
                let date = Date(timeIntervalSince1970: Double(time) / 1000).formatted(.iso8601.year().month().day())
                var day = days[date] ?? (0, 0)
                if message["role"] == "user" { day.requests += 1 }
                day.tokens += Int64(content.split(separator: " ").count)
                days[date] = day
            }
        }
        let rows = days.sorted { $0.key < $1.key }.map { date, day -> JSON in
            ["date": .string(date), "requests": .integer(day.requests), "totalTokens": .integer(day.tokens), "totalCost": 0]
        }
        let total = days.values.reduce((requests: Int64(0), tokens: Int64(0))) { ($0.requests + $1.requests, $0.tokens + $1.tokens) }
        return [
            "updatedAt": .integer(time()), "daily": .array(rows),
            "totals": ["requests": .integer(total.requests), "totalTokens": .integer(total.tokens), "totalCost": 0],
        ]
    }
}
