import JSONValue

/// An agent as a gateway knows it.
public struct GatewayAgent: Sendable, Hashable {
    /// The id.
    public var id: String
    /// The name for people.
    public var name: String?
    /// Its workspace directory.
    public var workspace: String?

    /// An agent.
    public init(id: String, name: String? = nil, workspace: String? = nil) {
        self.id = id
        self.name = name
        self.workspace = workspace
    }
}

/// A file of an agent's workspace.
public struct GatewayFile: Sendable, Hashable {
    /// The name, for instance `SOUL.md`.
    public var name: String
    /// Whether there is none.
    public var isMissing: Bool
    /// The text; `nil` in lists, and when there is no file.
    public var content: String?
}

extension GatewayClient {
    /// The agents there are.
    public func agents() async throws(GatewayError) -> [GatewayAgent] {
        let answer = try await read("agents.list")
        guard let list = answer["agents"]?.arrayValue else { throw .invalid("agents.list") }
        return list.compactMap { entry in
            guard let id = entry["id"]?.stringValue else { return nil }
            return GatewayAgent(id: id, name: entry["name"]?.stringValue, workspace: entry["workspace"]?.stringValue)
        }
    }

    /// Makes an agent, or takes the one that is there; can be repeated after any failure.
    ///
    /// - Parameters:
    ///   - name: the name, of which the gateway makes the id.
    ///   - workspace: the directory for its files.
    /// - Returns: the agent's id, and whether it was made now.
    public func ensureAgent(_ name: String, workspace: String) async throws(GatewayError) -> (id: String, isNew: Bool) {
        do throws(GatewayError) {
            let answer = try await call("agents.create", ["name": .string(name), "workspace": .string(workspace)])
            return (answer["agentId"]?.stringValue ?? GatewayAgentID.normal(name), true)
        } catch {
            guard error.kind == .alreadyExists else { throw error }
            return (GatewayAgentID.normal(name), false)
        }
    }

    /// Changes an agent's name or workspace.
    public func updateAgent(_ id: String, name: String? = nil, workspace: String? = nil) async throws(GatewayError) {
        var params: JSON = ["agentId": .string(id)]
        if let name { params["name"] = .string(name) }
        if let workspace { params["workspace"] = .string(workspace) }
        _ = try await call("agents.update", params)
    }

    /// Deletes an agent; one that is not there is deleted already.
    ///
    /// - Parameter deletesFiles: whether its workspace goes to the trash, as far as that is possible. Default: yes.
    /// - Returns: whether there was one.
    @discardableResult
    public func deleteAgent(_ id: String, deletesFiles: Bool = true) async throws(GatewayError) -> Bool {
        do throws(GatewayError) {
            _ = try await call("agents.delete", ["agentId": .string(id), "deleteFiles": .bool(deletesFiles)])
            return true
        } catch {
            guard error.kind == .notFound else { throw error }
            return false
        }
    }

    /// The files of an agent's workspace that a gateway keeps, without their texts.
    public func files(of agent: String) async throws(GatewayError) -> [GatewayFile] {
        let answer = try await read("agents.files.list", ["agentId": .string(agent)])
        guard let list = answer["files"]?.arrayValue else { throw .invalid("agents.files.list") }
        return list.compactMap(Self.file)
    }

    /// A file's text; `nil` when there is none.
    public func file(_ name: String, of agent: String) async throws(GatewayError) -> String? {
        let answer = try await read("agents.files.get", ["agentId": .string(agent), "name": .string(name)])
        guard let file = answer["file"].flatMap(Self.file) else { throw .invalid("agents.files.get") }
        return file.isMissing ? nil : file.content ?? ""
    }

    /// Writes a file.
    public func setFile(_ name: String, of agent: String, to content: String) async throws(GatewayError) {
        _ = try await call("agents.files.set", ["agentId": .string(agent), "name": .string(name), "content": .string(content)])
    }

    private static func file(_ entry: JSON) -> GatewayFile? {
        guard let name = entry["name"]?.stringValue else { return nil }
        return GatewayFile(name: name, isMissing: entry["missing"]?.boolValue ?? false, content: entry["content"]?.stringValue)
    }
}

/// How a gateway makes an agent's id of a name.
public enum GatewayAgentID {
    /// The id of the gateway's own agent.
    public static let main = "main"

    /// The id: lower case; what is no letter, digit, underscore or hyphen becomes a hyphen; at most 64 characters.
    public static func normal(_ name: String) -> String {
        let bytes = Array(name.utf8)
        var start = bytes.startIndex
        var end = bytes.endIndex
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
        while start < end, isSpace(bytes[start]) { start += 1 }
        while end > start, isSpace(bytes[end - 1]) { end -= 1 }
        let lower = bytes[start..<end].map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        func isAlphanumeric(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) }
        func isPlain(_ byte: UInt8) -> Bool { isAlphanumeric(byte) || byte == 0x5F || byte == 0x2D }
        if let first = lower.first, isAlphanumeric(first), lower.count <= 64, lower.allSatisfy(isPlain) {
            return String(decoding: lower, as: UTF8.self)
        }
        var id: [UInt8] = []
        for byte in lower {
            if isPlain(byte) { id.append(byte) } else if id.last != 0x2D { id.append(0x2D) }
        }
        while id.first == 0x2D { id.removeFirst() }
        id = Array(id.prefix(64))
        while id.last == 0x2D { id.removeLast() }
        return id.isEmpty ? main : String(decoding: id, as: UTF8.self)
    }
}

extension GatewayError {
    /// An answer that is not what the protocol says.
    static func invalid(_ method: String) -> GatewayError { GatewayError(.invalidAnswer, "The gateway's answer to \(method) is wrong.") }
}
