import JSONValue

/// Reads the compact listing in which the built-in types are written down.
///
/// A line without indent names a type (`^` behind it: one value to field managers); indented lines list its members as `name:type`.
/// Types: `string bool int number quantity intstr time microtime bytes any`, a type of the table, `[T]` a list, `{T}` a map.
/// Behind the type: `?` a pointer (zero values are values), `!` printed even when zero (`?!`: `null` when not set), `^` one value to field managers,
/// `@set` or `@key,key=default` for lists whose elements merge, `~` strategic merge patches may say which members to keep.
enum BuiltinTypeListing {
    /// The types of a listing, in its order.
    static func parse(_ text: String) -> [BuiltinObjectType] {
        var types: [BuiltinObjectType] = []
        for line in text.split(separator: "\n") where !line.allSatisfy(\.isWhitespace) {
            if line.first?.isWhitespace == false {
                let isAtomic = line.hasSuffix("^")
                types.append(BuiltinObjectType(name: String(isAtomic ? line.dropLast() : line), isAtomic: isAtomic, fields: [:]))
            } else if !types.isEmpty {
                for word in line.split(separator: " ") {
                    guard let field = field(word) else { continue }
                    types[types.count - 1].fields[field.name] = field
                }
            }
        }
        return types
    }

    private static func field(_ word: Substring) -> BuiltinField? {
        guard let colon = word.firstIndex(of: ":") else { return nil }
        var rest = word[word.index(after: colon)...]
        var rule = BuiltinType.ListRule.atomic
        if let at = rest.firstIndex(of: "@") {
            rule = listRule(rest[rest.index(after: at)...].prefix { $0 != "~" })
            let tail = rest[at...].drop { $0 != "~" }
            rest = Substring(rest[..<at] + tail)
        }
        var field = BuiltinField(
            name: String(word[..<colon]),
            type: .any,
            presence: .omitZero,
            isAtomic: false,
            retainsKeys: false
        )
        while let last = rest.last, "?!^~".contains(last) {
            switch last {
            case "?": field.presence = field.presence == .always ? .nullable : .pointer
            case "!": field.presence = field.presence == .pointer ? .nullable : .always
            case "^": field.isAtomic = true
            default: field.retainsKeys = true
            }
            rest = rest.dropLast()
        }
        field.type = type(rest, rule: rule, isAtomic: field.isAtomic)
        return field
    }

    private static func listRule(_ text: Substring) -> BuiltinType.ListRule {
        if text == "set" { return .set }
        var keys: [String] = []
        var defaults: [String: JSON] = [:]
        for part in text.split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard let key = pair.first.map(String.init) else { continue }
            keys.append(key)
            if pair.count == 2 { defaults[key] = .string(String(pair[1])) }
        }
        return .keyed(keys, defaults: defaults)
    }

    private static func type(_ text: Substring, rule: BuiltinType.ListRule, isAtomic: Bool) -> BuiltinType {
        switch text {
        case "string": return .string
        case "bool": return .bool
        case "int": return .int
        case "number": return .number
        case "quantity": return .quantity
        case "intstr": return .intOrString
        case "time": return .time
        case "microtime": return .microTime
        case "bytes": return .bytes
        case "any": return .any
        default:
            if text.hasPrefix("[") { return .list(type(text.dropFirst().dropLast(), rule: .atomic, isAtomic: false), rule) }
            if text.hasPrefix("{") { return .map(type(text.dropFirst().dropLast(), rule: .atomic, isAtomic: false), isAtomic: isAtomic) }
            return .named(String(text))
        }
    }
}
