import Crypto
import Foundation
import JSONValue

/// The gateway's files, as a real one lays them out: `openclaw.json`, workspaces, transcripts, approved devices and a log.
///
/// Every file is replaced as a whole. Nothing is kept in memory, so that a gateway that is killed loses nothing and whoever looks at the disk sees what clients
/// see.
struct GatewayDisk: Sendable {
    let root: URL

    init(stateDirectory: String) throws {
        root = URL(filePath: stateDirectory, directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    // MARK: - Configuration

    var configurationURL: URL { root.appending(path: "openclaw.json") }

    /// The configuration's text; `nil` when there is none.
    func configurationText() throws -> String? { try text(configurationURL) }

    /// Names a state of the configuration.
    static func hash(of text: String) -> String {
        SHA256.hash(data: Array(text.utf8)).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    func writeConfiguration(_ config: JSON) throws -> String {
        let text = config.text(pretty: true) + "\n"
        try write(text, to: configurationURL)
        return text
    }

    // MARK: - Workspaces

    /// A path of the configuration with its home and variables replaced.
    func resolve(_ path: String) -> URL {
        var path = path
        for variable in ["${OPENCLAW_STATE_DIR}", "$OPENCLAW_STATE_DIR", "~/.openclaw"] where path.hasPrefix(variable) {
            path = root.path + path.dropFirst(variable.count)
        }
        return path.hasPrefix("/") ? URL(filePath: path) : root.appending(path: path)
    }

    /// Whether a file is a file of its own, and not a link to somewhere else.
    func isSafe(_ url: URL) -> Bool {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: url.path) else { return true }
        let links = (attributes[.referenceCount] as? NSNumber)?.intValue ?? 1
        return attributes[.type] as? FileAttributeType == .typeRegular && links == 1
    }

    func text(_ url: URL) throws -> String? {
        guard FileManager.default.fileExists(atPath: url.path) else { return nil }
        return try String(contentsOf: url, encoding: .utf8)
    }

    func size(_ url: URL) -> (bytes: Int64, milliseconds: Int64)? {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: url.path) else { return nil }
        let bytes = (attributes[.size] as? NSNumber)?.int64Value ?? 0
        let date = attributes[.modificationDate] as? Date ?? .distantPast
        return (bytes, Int64(date.timeIntervalSince1970 * 1000))
    }

    func write(_ text: String, to url: URL) throws {
        try makeDirectory(url.deletingLastPathComponent())
        try Data(text.utf8).write(to: url, options: .atomic)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: url.path)
    }

    func append(_ line: String, to url: URL) throws {
        try makeDirectory(url.deletingLastPathComponent())
        if !FileManager.default.fileExists(atPath: url.path) { try write("", to: url) }
        let handle = try FileHandle(forWritingTo: url)
        defer { try? handle.close() }
        try handle.seekToEnd()
        try handle.write(contentsOf: Data((line + "\n").utf8))
    }

    func makeDirectory(_ url: URL) throws {
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    /// Moves a directory to the trash below the state directory; one that is not there is gone already.
    func discard(_ url: URL, as name: String) throws {
        guard FileManager.default.fileExists(atPath: url.path) else { return }
        let trash = root.appending(path: "trash")
        try makeDirectory(trash)
        let target = trash.appending(path: name)
        if FileManager.default.fileExists(atPath: target.path) { try FileManager.default.removeItem(at: target) }
        try FileManager.default.moveItem(at: url, to: target)
    }

    // MARK: - Sessions

    func sessionsDirectory(of agent: String) -> URL { root.appending(path: "agents/\(agent)/sessions") }

    /// A session's transcript. The key is made harmless, since it comes from clients.
    func transcript(_ key: String, of agent: String) -> URL {
        let name = String(
            decoding: key.utf8.map { byte in
                let isPlain =
                    (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2D
                    || byte == 0x5F
                return isPlain ? byte : 0x2E
            }.prefix(120),
            as: UTF8.self
        )
        return sessionsDirectory(of: agent).appending(path: "\(name)-\(Self.hash(of: key).prefix(8)).jsonl")
    }

    // MARK: - Devices

    private var pairedURL: URL { root.appending(path: "devices/paired.json") }
    private var pendingURL: URL { root.appending(path: "devices/pending.json") }

    /// The devices that are approved and those that wait for it.
    func pairing() throws -> PairingTable {
        PairingTable(
            paired: try text(pairedURL).map { try JSON(parsing: $0).decode([String: PairedDevice].self) } ?? [:],
            pending: try text(pendingURL).map { try JSON(parsing: $0).decode([PairingRequest].self) } ?? []
        )
    }

    /// Keeps them. Approvals first: a request that stays although it was approved is approved once more, not lost.
    func write(_ table: PairingTable) throws {
        try write(try JSON(encoding: table.paired).text(pretty: true) + "\n", to: pairedURL)
        try write(try JSON(encoding: table.pending).text(pretty: true) + "\n", to: pendingURL)
    }

    // MARK: - Log

    var logURL: URL { root.appending(path: "logs/gateway.log") }
}
