import Foundation
import JSONValue
import OpenClawGateway

/// What a call does besides being answered.
struct CallOutcome: Sendable {
    var result: Result<JSON, GatewayFailure>
    /// Events for everybody, in order.
    var events: [GatewayEvent] = []
    /// Whether every connection is closed afterwards, since the gateway starts anew.
    var restarts = false
    /// A device whose connections are closed afterwards, since it is not approved any more.
    var removedDevice: String?

    static func done(_ payload: JSON) -> CallOutcome { CallOutcome(result: .success(payload)) }
}

/// Answers calls from what is on disk. One at a time, so that a change of the configuration sees the one before.
actor GatewayCore {
    let configuration: DevelopmentGatewayConfiguration
    let disk: GatewayDisk
    private let elapsed: @Sendable () -> Duration
    private let milliseconds: @Sendable () -> Int64
    private let identifier: @Sendable () -> String
    private var changes: AttemptLimit
    /// The runs of chats by idempotency key, the newest at the end.
    private var runs: [(key: String, run: String)] = []
    private static let mostRuns = 1024
    private static let writableFiles: Set<String> = [
        "AGENTS.md", "SOUL.md", "TOOLS.md", "IDENTITY.md", "USER.md", "HEARTBEAT.md", "BOOTSTRAP.md", "MEMORY.md", "memory.md",
    ]

    init(
        _ configuration: DevelopmentGatewayConfiguration,
        disk: GatewayDisk,
        elapsed: @escaping @Sendable () -> Duration,
        milliseconds: @escaping @Sendable () -> Int64,
        identifier: @escaping @Sendable () -> String
    ) {
        self.configuration = configuration
        self.disk = disk
        self.elapsed = elapsed
        self.milliseconds = milliseconds
        self.identifier = identifier
        changes = AttemptLimit(most: configuration.changesPerMinute, window: .seconds(60), lockout: .zero)
    }

    /// Answers a call.
    func answer(_ request: GatewayRequest, scopes: [String], client: String) -> CallOutcome {
        guard let scope = MethodTable.scopes[request.method] else {
            return CallOutcome(result: .failure(.invalid("unknown method: \(request.method)")))
        }
        guard MethodTable.allows(scopes, scope) else {
            return CallOutcome(result: .failure(missingScope(scope)))
        }
        if MethodTable.limited.contains(request.method), let pause = changes.add("\(request.method) \(client)", at: elapsed()) {
            let seconds = max(1, pause.components.seconds + (pause.components.attoseconds > 0 ? 1 : 0))
            let failure = GatewayFailure(
                code: GatewayFailure.Code.unavailable,
                message: "rate limit exceeded for \(request.method); retry after \(seconds)s",
                details: ["method": .string(request.method), "limit": .integer(Int64(configuration.changesPerMinute))],
                isRetryable: true,
                retryAfter: .seconds(seconds)
            )
            return CallOutcome(result: .failure(failure))
        }
        do {
            return try perform(request.method, request.params, scopes)
        } catch let failure as GatewayFailure {
            return CallOutcome(result: .failure(failure))
        } catch {
            return CallOutcome(
                result: .failure(GatewayFailure(code: GatewayFailure.Code.unavailable, message: "the gateway's files cannot be used"))
            )
        }
    }

    /// Whoever calls does not have what the call takes.
    func missingScope(_ scope: String) -> GatewayFailure {
        let details: JSON = ["code": "MISSING_SCOPE", "missingScope": .string(scope), "requiredScopes": [.string(scope)]]
        let code = configuration.protocolVersion >= 4 ? GatewayFailure.Code.forbidden : GatewayFailure.Code.invalidRequest
        return GatewayFailure(code: code, message: "missing scope: \(scope)", details: details)
    }

    private func perform(_ method: String, _ params: JSON, _ scopes: [String]) throws -> CallOutcome {
        switch method {
        case "health": .done(try health())
        case "status":
            .done(["ok": true, "version": .string(configuration.version), "agents": .integer(Int64(try agents().entries.count))])
        case "last-heartbeat": .done(.null)
        case "agents.list": .done(try listAgents())
        case "agents.create": .done(try createAgent(params))
        case "agents.update": .done(try updateAgent(params))
        case "agents.delete": .done(try deleteAgent(params))
        case "agents.files.list": .done(try listFiles(params))
        case "agents.files.get": .done(try file(params))
        case "agents.files.set": .done(try setFile(params))
        case "config.get": .done(try configurationAnswer())
        case "config.set", "config.apply": try replaceConfiguration(params, restarts: method == "config.apply")
        case "config.patch": try patchConfiguration(params)
        case "channels.status": .done(try channels())
        case "sessions.list": .done(try sessions(params))
        case "sessions.patch": .done(try ensureSession(params))
        case "sessions.reset", "sessions.delete": .done(try emptySession(params, deletes: method == "sessions.delete"))
        case "sessions.usage": .done(try usage(params))
        case "chat.send": try chat(params)
        case "chat.history": .done(try history(params))
        case "chat.abort": .done(["ok": true, "aborted": false])
        case "logs.tail": .done(try tail(params))
        case "device.pair.list": try listDevices()
        case "device.pair.approve": try approveDevice(params, scopes: scopes)
        case "device.pair.reject": try rejectDevice(params)
        case "device.pair.remove": try removeDevice(params)
        default: throw GatewayFailure.invalid("unknown method: \(method)")
        }
    }

    // MARK: - Common

    func agents() throws -> AgentTable { AgentTable(try config()) }

    func config() throws -> JSON {
        guard let text = try disk.configurationText() else { return [:] }
        do { return try JSON(parsing: text) } catch { throw GatewayFailure.invalid("invalid config: the file is not JSON") }
    }

    func text(_ params: JSON, _ name: String) throws(GatewayFailure) -> String {
        guard let text = params[name]?.stringValue, !text.isEmpty else {
            throw .invalid("invalid params: must have required property '\(name)'")
        }
        return text
    }

    func time() -> Int64 { milliseconds() }

    func newIdentifier() -> String { identifier() }

    // MARK: - Agents

    private func listAgents() throws -> JSON {
        let table = try agents()
        return [
            "defaultId": .string(table.defaultID), "mainKey": "main", "scope": "per-sender",
            "agents": .array(
                table.entries.map { entry in
                    var json: JSON = ["id": .string(entry.id), "workspace": .string(disk.resolve(entry.workspace).path)]
                    if let name = entry.name { json["name"] = .string(name) }
                    return json
                }
            ),
        ]
    }

    private func createAgent(_ params: JSON) throws -> JSON {
        let name = try text(params, "name")
        let id = GatewayAgentID.normal(name)
        guard id != GatewayAgentID.main else { throw GatewayFailure.invalid("\"main\" is reserved") }
        let table = try agents()
        guard table[id] == nil else { throw GatewayFailure.invalid("agent \"\(id)\" already exists") }
        let workspace = params["workspace"]?.stringValue ?? "~/.openclaw/workspace-\(id)"
        // Files come before the entry, so that a repetition finds nothing half known.
        try makeWorkspace(disk.resolve(workspace), name: name)
        try disk.makeDirectory(disk.sessionsDirectory(of: id))
        let settings: JSON = ["id": .string(id), "name": .string(name), "workspace": .string(workspace)]
        _ = try disk.writeConfiguration(table.configuration(try config(), setting: id, to: settings))
        return ["ok": true, "agentId": .string(id), "name": .string(name), "workspace": .string(disk.resolve(workspace).path)]
    }

    private func makeWorkspace(_ url: URL, name: String) throws {
        try disk.makeDirectory(url)
        for file in ["AGENTS.md", "SOUL.md", "TOOLS.md", "IDENTITY.md", "USER.md", "HEARTBEAT.md", "BOOTSTRAP.md"] {
            let place = url.appending(path: file)
            guard try disk.text(place) == nil else { continue }
            try disk.write(file == "IDENTITY.md" ? "# Identity\n\n- Name: \(name)\n" : "# \(file.dropLast(3))\n", to: place)
        }
    }

    private func entry(_ params: JSON) throws -> (table: AgentTable, entry: AgentTable.Entry) {
        let id = try text(params, "agentId")
        let table = try agents()
        guard let entry = table[id] else { throw GatewayFailure.invalid("agent \"\(id)\" not found") }
        return (table, entry)
    }

    private func updateAgent(_ params: JSON) throws -> JSON {
        let (table, entry) = try entry(params)
        var settings = entry.settings
        settings["id"] = .string(entry.id)
        for name in ["name", "workspace", "model"] {
            guard let value = params[name] else { continue }
            settings[name] = value.isNull ? nil : value
        }
        _ = try disk.writeConfiguration(table.configuration(try config(), setting: entry.id, to: settings))
        return ["ok": true, "agentId": .string(entry.id)]
    }

    private func deleteAgent(_ params: JSON) throws -> JSON {
        let (table, entry) = try entry(params)
        guard entry.id != GatewayAgentID.main else { throw GatewayFailure.invalid("\"main\" cannot be deleted") }
        _ = try disk.writeConfiguration(table.configuration(try config(), setting: entry.id, to: nil))
        if params["deleteFiles"]?.boolValue ?? true {
            try disk.discard(disk.resolve(entry.workspace), as: "workspace-\(entry.id)")
            try disk.discard(disk.root.appending(path: "agents/\(entry.id)"), as: "agent-\(entry.id)")
        }
        return ["ok": true, "agentId": .string(entry.id), "removedBindings": 0]
    }

    // MARK: - Files

    private func workspace(_ params: JSON) throws -> (entry: AgentTable.Entry, url: URL) {
        let id = try text(params, "agentId")
        guard let entry = try agents()[id] else { throw GatewayFailure.invalid("unknown agent id") }
        return (entry, disk.resolve(entry.workspace))
    }

    private func place(_ params: JSON) throws -> (entry: AgentTable.Entry, workspace: URL, file: URL, name: String) {
        let name = try text(params, "name")
        guard Self.writableFiles.contains(name) else { throw GatewayFailure.invalid("unsupported file \"\(name)\"") }
        let (entry, url) = try workspace(params)
        let file = url.appending(path: name)
        guard disk.isSafe(file) else { throw GatewayFailure.invalid("unsafe workspace file \"\(name)\"") }
        return (entry, url, file, name)
    }

    private func describe(_ name: String, _ url: URL, content: String? = nil) -> JSON {
        var json: JSON = ["name": .string(name), "path": .string(url.path), "missing": true]
        if let size = disk.size(url) {
            json["missing"] = false
            json["size"] = .integer(size.bytes)
            json["updatedAtMs"] = .integer(size.milliseconds)
        }
        if let content { json["content"] = .string(content) }
        return json
    }

    private func listFiles(_ params: JSON) throws -> JSON {
        let (entry, url) = try workspace(params)
        let names = Self.writableFiles.subtracting(["memory.md"]).sorted()
        return [
            "agentId": .string(entry.id), "workspace": .string(url.path),
            "files": .array(names.map { describe($0, url.appending(path: $0)) }),
        ]
    }

    private func file(_ params: JSON) throws -> JSON {
        let (entry, workspace, file, name) = try place(params)
        return [
            "agentId": .string(entry.id), "workspace": .string(workspace.path), "file": describe(name, file, content: try disk.text(file)),
        ]
    }

    private func setFile(_ params: JSON) throws -> JSON {
        guard let content = params["content"]?.stringValue else {
            throw GatewayFailure.invalid("invalid params: must have required property 'content'")
        }
        let (entry, workspace, file, name) = try place(params)
        if let expected = params["expectedHash"]?.stringValue, try disk.text(file).map(GatewayDisk.hash) != expected {
            throw GatewayFailure.invalid("workspace file \"\(name)\" changed since it was read")
        }
        try disk.write(content, to: file)
        return [
            "ok": true, "agentId": .string(entry.id), "workspace": .string(workspace.path), "file": describe(name, file, content: content),
        ]
    }

    // MARK: - Runs

    /// The run of an idempotency key; `nil` when the key is new, which it is not any more afterwards.
    func run(of key: String, new: String) -> String? {
        if let known = runs.first(where: { $0.key == key }) { return known.run }
        runs.append((key, new))
        if runs.count > Self.mostRuns { runs.removeFirst(runs.count - Self.mostRuns) }
        return nil
    }
}
