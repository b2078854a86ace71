import Logging
import NIOConcurrencyHelpers
import NIOHTTP1

/// What a server remarked about a request that it did do: a deprecated version, an unknown field (RFC 7234 section 5.5, code 299).
public struct ServerWarning: Sendable, Hashable, CustomStringConvertible {
    /// 299 of API servers.
    public var code: Int
    /// Who remarks; `-` of API servers.
    public var agent: String
    /// The remark.
    public var text: String

    /// Makes a warning.
    public init(code: Int = 299, agent: String = "-", text: String) {
        self.code = code
        self.agent = agent
        self.text = text
    }

    /// The remark.
    public var description: String { text }

    /// Lets a task see the warnings of the requests that it and its child tasks make. Called for each of them; must be quick.
    @TaskLocal public static var observer: (@Sendable (ServerWarning) -> Void)?

    /// Reads all warnings of an answer. What is malformed is passed over.
    public static func read(_ headers: HTTPHeaders) -> [ServerWarning] { headers["Warning"].flatMap(parse) }

    /// Reads a header: `code agent "text" ["date"]`, and more of them after commas.
    static func parse(_ header: String) -> [ServerWarning] {
        var rest = Substring(header)
        var result: [ServerWarning] = []
        while true {
            rest = rest.drop { $0 == " " || $0 == "\t" || $0 == "," }
            guard let code = word(&rest).flatMap({ Int($0) }), (100...999).contains(code), let agent = word(&rest),
                let text = quoted(&rest)
            else { return result }
            result.append(ServerWarning(code: code, agent: agent, text: text))
            rest = rest.drop { $0 == " " }
            if rest.first == "\"" { _ = quoted(&rest) }
            guard rest.isEmpty || rest.first == "," || rest.first == " " else { return result }
        }
    }

    private static func word(_ rest: inout Substring) -> String? {
        guard let space = rest.firstIndex(of: " "), space > rest.startIndex else { return nil }
        defer { rest = rest[rest.index(after: space)...] }
        return String(rest[..<space])
    }

    private static func quoted(_ rest: inout Substring) -> String? {
        guard rest.first == "\"" else { return nil }
        var text = ""
        var index = rest.index(after: rest.startIndex)
        while index < rest.endIndex {
            switch rest[index] {
            case "\"":
                rest = rest[rest.index(after: index)...]
                return text
            case "\\":
                index = rest.index(after: index)
                guard index < rest.endIndex else { return nil }
                text.append(rest[index])
            default: text.append(rest[index])
            }
            index = rest.index(after: index)
        }
        return nil
    }
}

/// Logs each warning once.
final class WarningLog: Sendable {
    /// So many different ones are remembered; later ones are only told to observers.
    private static let limit = 1000
    private let seen = NIOLockedValueBox<Set<ServerWarning>>([])

    func note(_ warnings: [ServerWarning], logger: Logger) {
        for warning in warnings {
            ServerWarning.observer?(warning)
            let isNew = seen.withLockedValue { $0.count < Self.limit && $0.insert(warning).inserted }
            if isNew { logger.warning("The API server warns", metadata: ["warning": "\(warning.text)", "code": "\(warning.code)"]) }
        }
    }
}
