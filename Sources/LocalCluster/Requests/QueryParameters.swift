/// The parameters of a query string, percent-decoded.
struct QueryParameters: Sendable, Hashable {
    private let values: [String: [String]]

    init(_ query: String?) {
        var values: [String: [String]] = [:]
        for pair in (query ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let key = PercentEncoding.decode(parts[0])
            values[key, default: []].append(parts.count > 1 ? PercentEncoding.decode(parts[1]) : "")
        }
        self.values = values
    }

    /// The first value of a parameter; nil when it is absent or empty.
    subscript(_ name: String) -> String? {
        guard let value = values[name]?.first, !value.isEmpty else { return nil }
        return value
    }

    func contains(_ name: String) -> Bool { values[name] != nil }

    /// A truth value as Go's ParseBool and the API server's conversion read it: present and not `false` or `0`.
    func isTrue(_ name: String) -> Bool {
        guard let value = values[name]?.first else { return false }
        return !(value == "false" || value == "0" || value.lowercased() == "f")
    }

    /// A number; absent is nil, anything else is a bad request.
    func integer(_ name: String) throws(APIError) -> Int64? {
        guard let value = self[name] else { return nil }
        guard let number = Int64(value) else { throw .badRequest("strconv.ParseInt: parsing \"\(value)\": invalid syntax") }
        return number
    }
}

/// Percent-encoding of URLs (RFC 3986), with `+` for a blank in queries.
enum PercentEncoding {
    static func decode(_ text: some StringProtocol, plusIsBlank: Bool = true) -> String {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "%") || (plusIsBlank && $0 == UInt8(ascii: "+")) }) else {
            return String(text)
        }
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2, let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
                bytes.append(code)
                rest.removeFirst(2)
            } else {
                bytes.append(plusIsBlank && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
