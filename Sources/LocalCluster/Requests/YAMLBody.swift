import JSONValue
import Yams

/// YAML as JSON, with YAML 1.2's core rules for plain scalars.
enum YAMLBody {
    /// Reads one document; throws ``APIError`` with the parser's words.
    static func json(_ text: String) throws(APIError) -> JSON {
        let node: Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch {
            throw .badRequest("error parsing YAML: \(error)")
        }
        guard let node else { return .null }
        return try json(node, depth: 0)
    }

    private static func json(_ node: Node, depth: Int) throws(APIError) -> JSON {
        guard depth < 100 else { throw .badRequest("error parsing YAML: nested too deeply") }
        switch node {
        case .scalar(let scalar):
            return value(node, scalar)
        case .sequence(let sequence):
            var elements: [JSON] = []
            for element in sequence { elements.append(try json(element, depth: depth + 1)) }
            return .array(elements)
        case .mapping(let mapping):
            var members: [String: JSON] = [:]
            for (key, element) in mapping {
                guard case .scalar(let name) = key else { throw .badRequest("error parsing YAML: a key is no scalar") }
                members[name.string] = try json(element, depth: depth + 1)
            }
            return .object(members)
        case .alias:
            throw .badRequest("error parsing YAML: an alias without an anchor")
        }
    }

    private static func value(_ node: Node, _ scalar: Node.Scalar) -> JSON {
        switch Tag.Name(rawValue: node.tag.rawValue) {
        case .null: return .null
        case .bool:
            if let value = node.bool { return .bool(value) }
        case .int:
            if let value = node.int { return .integer(Int64(value)) }
        case .float:
            if let value = node.float, value.isFinite { return .number(value) }
        default: break
        }
        return .string(scalar.string)
    }
}

extension YAMLBody {
    /// JSON as YAML text, for clients that ask for it.
    static func text(_ json: JSON) throws -> String {
        try Yams.serialize(node: node(json), width: -1, allowUnicode: true)
    }

    private static func node(_ json: JSON) throws -> Node {
        switch json {
        case .null: return Node("null", Tag(.null))
        case .bool(let value): return try Node(value)
        case .integer(let value): return try Node(Int(value))
        case .number(let value): return try Node(value)
        case .string(let value):
            let plain = Node(value)
            return plain.tag == Tag(.str) ? plain : Node(value, Tag(.str), .doubleQuoted)
        case .array(let elements): return Node(try elements.map { try node($0) })
        case .object(let members):
            return Node(try members.sorted { $0.key < $1.key }.map { (Node($0.key), try node($0.value)) })
        }
    }
}
