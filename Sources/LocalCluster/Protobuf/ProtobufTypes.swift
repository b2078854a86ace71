/// The messages that the API's kinds consist of in the binary form of bodies (`application/vnd.kubernetes.protobuf`).
///
/// Listings have a line for each message: its name, then `number:field:type` each; `[T]` is repeated, `{T}` a map from strings, `^` behind
/// a type means that its members stand in the outer object in JSON.
enum ProtobufTypes {
    /// A field of a message.
    struct Field: Sendable, Hashable {
        enum Shape: Sendable, Hashable { case one, repeated, map, inlined }

        var name: String
        var type: String
        var shape: Shape
    }

    /// The message of a kind; nil when it is not known here.
    static func message(apiVersion: String, kind: String) -> String? {
        kinds["\(apiVersion) \(kind)"] ?? (kind == "DeleteOptions" ? "DeleteOptions" : nil)
    }

    /// The fields of a message by their numbers.
    static func fields(_ message: String) -> [Int: Field]? { messages[message] }

    private static let kinds: [String: String] = {
        var kinds: [String: String] = [:]
        for line in kindListing.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            if words.count == 3 { kinds["\(words[0]) \(words[1])"] = words[2] }
        }
        return kinds
    }()

    static let messages: [String: [Int: Field]] = {
        var messages: [String: [Int: Field]] = [:]
        var current = ""
        for listing in [coreFirst, coreSecond, groups] {
            for line in listing.split(separator: "\n") {
                var words = line.split(separator: " ")[...]
                if line.first != " ", let name = words.popFirst() {
                    current = String(name)
                    messages[current] = [:]
                }
                for word in words {
                    let parts = word.split(separator: ":")
                    guard parts.count == 3, let number = Int(parts[0]) else { continue }
                    messages[current]?[number] = field(String(parts[1]), parts[2])
                }
            }
        }
        return messages
    }()

    private static func field(_ name: String, _ type: Substring) -> Field {
        switch type.first {
        case "[": Field(name: name, type: String(type.dropFirst().dropLast()), shape: .repeated)
        case "{": Field(name: name, type: String(type.dropFirst().dropLast()), shape: .map)
        default:
            type.last == "^"
                ? Field(name: name, type: String(type.dropLast()), shape: .inlined) : Field(name: name, type: String(type), shape: .one)
        }
    }
}
