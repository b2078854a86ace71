import HTTPTypes
import JSONValue

/// One page of a list, and how to ask for the next.
public struct Page<Item: Sendable>: Sendable {
    /// The items, in the list's order.
    public var items: [Item]
    /// Where the next page starts, opaque to callers; nil when this is the last.
    public var next: String?

    /// Makes a page.
    public init(items: [Item], next: String?) {
        self.items = items
        self.next = next
    }

    /// Makes a page of one row more than was asked for: the extra row only tells that there is a next page.
    ///
    /// - Parameters:
    ///   - rows: up to `limit + 1` rows.
    ///   - limit: the most a page may hold.
    ///   - cursor: the cursor after a row.
    public init(rows: [Item], limit: Int, cursor: (Item) -> Cursor) {
        items = Array(rows.prefix(limit))
        next = rows.count > limit ? items.last.map { cursor($0).text } : nil
    }

    /// A page with its items changed.
    public func map<Other>(_ change: (Item) throws -> Other) rethrows -> Page<Other> {
        Page<Other>(items: try items.map(change), next: next)
    }
}

/// A place in an ordered list: the sort key of the last row seen. Written as base64url JSON, opaque to callers.
public struct Cursor: Sendable, Hashable {
    /// Sort keys of the last row, most significant first.
    public let keys: [String]

    /// Makes a cursor after a row with these sort keys.
    public init(_ keys: String...) { self.keys = keys }

    /// Reads a cursor.
    ///
    /// - Parameters:
    ///   - text: what a caller sent.
    ///   - count: how many sort keys this list has.
    /// - Throws: ``OperationError`` 400 when it is not one of ours.
    public init(parsing text: String, count: Int) throws(OperationError) {
        guard text.utf8.count <= 2048, let bytes = Base64URL.decode(text), let json = try? JSON(parsing: bytes),
            let values = json.arrayValue, values.count == count
        else { throw .invalidCursor }
        var keys: [String] = []
        for value in values {
            guard let key = value.stringValue, !key.utf8.contains(0) else { throw .invalidCursor }
            keys.append(key)
        }
        self.keys = keys
    }

    /// As a query parameter carries it.
    public var text: String { Base64URL.encode(JSON.array(keys.map { .string($0) }).serialized()) }

}

/// Base 64 with the URL alphabet and no padding (RFC 4648 section 5).
enum Base64URL {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var out: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let group = (0..<3).map { index + $0 < bytes.count ? UInt32(bytes[index + $0]) : 0 }
            let word = group[0] << 16 | group[1] << 8 | group[2]
            let digits = min(bytes.count - index, 3) + 1
            for digit in 0..<digits { out.append(alphabet[Int(word >> UInt32(18 - 6 * digit) & 63)]) }
            index += 3
        }
        return String(decoding: out, as: UTF8.self)
    }

    static func decode(_ text: String) -> [UInt8]? {
        var out: [UInt8] = []
        var word: UInt32 = 0
        var bits: UInt32 = 0
        for byte in text.utf8 {
            guard let digit = alphabet.firstIndex(of: byte) else { return nil }
            word = word << 6 | UInt32(digit)
            bits += 6
            if bits >= 8 {
                bits -= 8
                out.append(UInt8(truncatingIfNeeded: word >> bits))
                word &= (1 << bits) - 1
            }
        }
        return bits < 6 && word == 0 ? out : nil
    }
}

/// The `Link` header of a page (RFC 8288).
public enum PageLink {
    /// What the document says of it, for answers that carry it.
    public static let declaration = ["Link": "The next page, with rel=\"next\", when there is one (RFC 8288)."]

    /// Builds `<path?query>; rel="next"` from the request's own path and query with the cursor in the place of the former one, and of an offset.
    ///
    /// - Parameters:
    ///   - path: the request's path, as it came.
    ///   - query: the request's query items, decoded.
    ///   - cursor: where the next page starts.
    public static func next(path: String, query: [(name: String, value: String)], cursor: String) -> String {
        let items = query.filter { $0.name != "cursor" && $0.name != "offset" } + [(name: "cursor", value: cursor)]
        let text = items.map { "\(escape($0.name))=\(escape($0.value))" }.joined(separator: "&")
        return "<\(path)?\(text)>; rel=\"next\""
    }

    private static func escape(_ text: String) -> String {
        var out = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "~"):
                out.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                out += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return out
    }
}
