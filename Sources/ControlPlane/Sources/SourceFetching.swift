import Foundation
import JSONValue
import OutboundGuard

/// Fetches what a source has.
protocol SourceFetching: Sendable {
    /// What a source has, at most ``SourceNotes/mostItems``.
    ///
    /// - Throws: ``SourceFailure``.
    func fetch(_ source: SourceRecord) async throws -> [SourceItem]
}

/// Why a source could not be fetched: for people, without addresses of the network behind and without the server's own words.
struct SourceFailure: Error, Sendable, Hashable, CustomStringConvertible {
    var code: String
    var message: String

    /// A failure.
    init(_ code: String, _ message: String) { (self.code, self.message) = (code, message) }

    var description: String { "\(code): \(message)" }
}

/// Fetches registries of MCP servers: JSON with `servers` (or `items`) and a cursor.
struct MCPRegistryFetcher: SourceFetching {
    /// Most pages of a registry.
    static let mostPages = 50

    let gate: OutboundGuard
    let fetcher: OutboundFetcher

    func fetch(_ source: SourceRecord) async throws -> [SourceItem] {
        guard let base = source.url else { throw SourceFailure("URL_INVALID", "The source has no URL.") }
        var items: [SourceItem] = []
        var cursor: String?
        var seen: Set<String> = []
        for _ in 0..<Self.mostPages {
            let page = try await page(base, cursor)
            items += page.items(gate)
            guard items.count <= SourceNotes.mostItems else {
                throw SourceFailure("SOURCE_TOO_LARGE", "The registry has more than \(SourceNotes.mostItems) servers.")
            }
            guard let next = page.next else { return Self.distinct(items) }
            guard seen.insert(next).inserted else {
                throw SourceFailure("SOURCE_INVALID", "The pages of the registry go round in a circle.")
            }
            cursor = next
        }
        throw SourceFailure("SOURCE_TOO_LARGE", "The registry has more than \(Self.mostPages) pages.")
    }

    private func page(_ base: String, _ cursor: String?) async throws -> MCPRegistryPage {
        var url = base
        if let cursor {
            guard let text = cursor.addingPercentEncoding(withAllowedCharacters: .alphanumerics) else {
                throw SourceFailure("SOURCE_INVALID", "The registry's cursor cannot be used.")
            }
            url += (base.contains("?") ? "&" : "?") + "cursor=" + text
        }
        let answer: OutboundResponse
        do throws(OutboundError) {
            answer = try await fetcher.fetch(OutboundRequest(.get, url, headers: [.init("Accept", "application/json")]))
        } catch {
            throw SourceFailure(error.code.rawValue, error.message)
        }
        guard answer.status == 200 else { throw SourceFailure("SOURCE_REFUSED", "The registry answered \(answer.status).") }
        guard let json = try? JSON(parsing: answer.body), let page = MCPRegistryPage(json) else {
            throw SourceFailure("SOURCE_INVALID", "The registry's answer is no list of servers.")
        }
        return page
    }

    /// Of several versions of a server the first one that is named, which is the newest.
    private static func distinct(_ items: [SourceItem]) -> [SourceItem] {
        var seen: Set<String> = []
        return items.filter { seen.insert($0.upstreamID).inserted }
    }
}

/// A page of a registry of MCP servers. Pure.
struct MCPRegistryPage: Sendable, Hashable {
    /// What stands for the servers.
    var servers: [JSON]
    /// Where the next page is; nil when this is the last.
    var next: String?

    /// Reads a page.
    ///
    /// - Returns: nil when it is none.
    init?(_ json: JSON) {
        guard let servers = (json["servers"] ?? json["items"])?.arrayValue else { return nil }
        self.servers = servers
        let cursor = json[at: ["metadata", "nextCursor"]] ?? json[at: ["metadata", "next_cursor"]] ?? json["nextCursor"] ?? json["cursor"]
        next = cursor?.stringValue.flatMap { $0.isEmpty || $0.utf8.count > 1024 ? nil : $0 }
    }

    /// The servers that can be reached by a URL which may be used.
    func items(_ gate: OutboundGuard) -> [SourceItem] {
        servers.compactMap { entry in
            let server = entry["server"] ?? entry
            guard let name = SourceText.line(server["name"]?.stringValue, longest: 120) else { return nil }
            let remotes = (server["remotes"]?.arrayValue ?? []).compactMap { remote -> (String, MCPTransport)? in
                guard let text = remote["url"]?.stringValue, let url = try? gate.check(text) else { return nil }
                let isEvents = (remote["type"] ?? remote["transport_type"])?.stringValue == "sse"
                return (url.description, isEvents ? .serverSentEvents : .streamableHTTP)
            }
            guard let (endpoint, transport) = remotes.first(where: { $0.1 == .streamableHTTP }) ?? remotes.first else { return nil }
            let version = server["version"] ?? server[at: ["version_detail", "version"]]
            return SourceItem(
                kind: .mcpServer,
                name: name,
                upstreamID: SourceText.line(server["id"]?.stringValue, longest: 500) ?? name,
                version: SourceText.version(version?.stringValue),
                description: SourceText.text(server["description"]?.stringValue, longest: 2000),
                endpoint: endpoint,
                transport: transport,
                metadata: ["endpoint": .string(endpoint)]
            )
        }
    }
}

/// Texts of others, made fit for our tables. Pure.
enum SourceText {
    /// One line without control characters; nil when nothing is left.
    static func line(_ text: String?, longest: Int) -> String? {
        guard let text else { return nil }
        let plain = String(String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
        let line = String(plain.trimmingCharacters(in: .whitespacesAndNewlines).prefix(longest)).trimmingCharacters(in: .whitespaces)
        return line.isEmpty ? nil : line
    }

    /// Text of bounded length.
    static func text(_ text: String?, longest: Int) -> String { String((text ?? "").filter { $0 != "\0" }.prefix(longest)) }

    /// A version, as versions are written here; nil when it is none.
    static func version(_ text: String?) -> String? {
        guard let text = line(text, longest: 64), let first = text.utf8.first, isAlphanumeric(first),
            text.utf8.allSatisfy({ isAlphanumeric($0) || [0x2E, 0x5F, 0x2B, 0x2D].contains($0) })
        else { return nil }
        return text
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
}
