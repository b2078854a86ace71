import JSONValue

/// A path into a JSON document (RFC 6901).
public struct JSONPointer: Sendable, Hashable, CustomStringConvertible {
    /// The unescaped steps.
    public var tokens: [String]

    /// A pointer of steps.
    public init(tokens: [String]) { self.tokens = tokens }

    /// Reads `/a/b~1c`; the empty text is the whole document.
    ///
    /// - Returns: `nil` when it does not begin with `/` or has a bad escape.
    public init?(parsing text: String) {
        if text.isEmpty {
            tokens = []
            return
        }
        guard text.hasPrefix("/") else { return nil }
        var tokens: [String] = []
        for part in text.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard let token = Self.unescape(part) else { return nil }
            tokens.append(token)
        }
        self.tokens = tokens
    }

    private static func unescape(_ text: Substring) -> String? {
        guard text.contains("~") else { return String(text) }
        var result = ""
        var escaped = false
        for character in text {
            if escaped {
                guard character == "0" || character == "1" else { return nil }
                result.append(character == "0" ? "~" : "/")
                escaped = false
            } else if character == "~" {
                escaped = true
            } else {
                result.append(character)
            }
        }
        return escaped ? nil : result
    }

    /// The escaped text.
    public var description: String {
        tokens.map { "/" + $0.replacing("~", with: "~0").replacing("/", with: "~1") }.joined()
    }

    /// The value it points at, if there is one.
    public func value(in document: JSON) -> JSON? {
        var current = document
        for token in tokens {
            let next: JSON? =
                switch current {
                case .object(let members): members[token]
                case .array(let elements): Self.index(token, below: elements.count).map { elements[$0] }
                default: nil
                }
            guard let next else { return nil }
            current = next
        }
        return current
    }

    /// The array index a step names: digits without a leading zero.
    static func index(_ token: String, below count: Int) -> Int? {
        guard !token.isEmpty, token.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), token == "0" || !token.hasPrefix("0"),
            let index = Int(token), index < count
        else { return nil }
        return index
    }
}
