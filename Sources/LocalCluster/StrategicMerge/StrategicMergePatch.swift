import JSONValue
import KubernetesModel

/// A strategic merge patch that cannot be applied.
struct StrategicMergeError: Error, Sendable, Hashable {
    /// A stable word.
    var code: String
    /// One sentence.
    var message: String

    /// The answer: 400.
    var status: Status { Status(code: 400, reason: "BadRequest", message: message) }
}

/// Strategic merge patches of built-in kinds: like JSON merge patches, but lists of the table merge by key, and `$`-members direct.
///
/// Directives: `$patch: replace | delete | merge`, `$retainKeys`, `$deleteFromPrimitiveList/<list>`, `$setElementOrder/<list>`.
struct StrategicMergePatch {
    private static let deletePrefix = "$deleteFromPrimitiveList/"
    private static let orderPrefix = "$setElementOrder/"

    /// Applies a patch.
    ///
    /// - Parameters:
    ///   - patch: the patch, an object.
    ///   - object: the live object.
    ///   - typeName: the type in the table, as in `Deployment`.
    static func apply(_ patch: JSON, to object: JSON, typeName: String) throws(StrategicMergeError) -> JSON {
        guard case .object = patch else {
            throw StrategicMergeError(code: "bad_patch", message: "error decoding patch: cannot unmarshal into an object")
        }
        return try merge(object, patch, .named(typeName)) ?? [:]
    }

    /// The merged object; `nil` when the patch deletes it.
    private static func merge(_ live: JSON?, _ patch: JSON, _ type: BuiltinType) throws(StrategicMergeError) -> JSON? {
        guard case .object(var directives) = patch else { return patch }
        if let directive = directives.removeValue(forKey: "$patch") {
            switch directive {
            case "replace": return .object(directives)
            case "delete": return directives.isEmpty ? [:] : nil
            case "merge": break
            default: throw StrategicMergeError(code: "bad_patch", message: "Unknown patch type found: \(directive.text())")
            }
        }
        var result = live?.objectValue ?? [:]
        if let retained = directives.removeValue(forKey: "$retainKeys") {
            let keep = Set((retained.arrayValue ?? []).compactMap(\.stringValue))
            result = result.filter { keep.contains($0.key) }
        }
        let fields = fields(of: type)
        for name in directives.keys.sorted() where name.hasPrefix(deletePrefix) {
            let list = String(name.dropFirst(deletePrefix.count))
            let gone = Set(directives[name]?.arrayValue ?? [])
            if let items = result[list]?.arrayValue { result[list] = .array(items.filter { !gone.contains($0) }) }
        }
        for (name, value) in directives where !name.hasPrefix("$") {
            if value.isNull {
                result[name] = nil
                continue
            }
            let memberType = fields?[name]?.type ?? element(of: type)
            let order = directives[orderPrefix + name]?.arrayValue
            switch (memberType, value) {
            case (.list(let element, let rule), .array(let items)):
                result[name] = try mergeList(result[name]?.arrayValue, items, element, rule, order: order)
            case (_, .object): result[name] = try merge(result[name], value, memberType)
            default: result[name] = value
            }
        }
        // An order may come without a change of the list itself.
        for (name, order) in directives where name.hasPrefix(orderPrefix) {
            let list = String(name.dropFirst(orderPrefix.count))
            guard directives[list] == nil, let items = result[list]?.arrayValue, case .list(_, let rule) = fields?[list]?.type else {
                continue
            }
            result[list] = .array(sorted(items, by: order.arrayValue ?? [], live: items, rule))
        }
        return .object(result)
    }

    private static func fields(of type: BuiltinType) -> [String: BuiltinField]? {
        if case .named(let name) = type { BuiltinTypes.type(name).fields } else { nil }
    }

    private static func element(of type: BuiltinType) -> BuiltinType {
        if case .map(let element, _) = type { element } else { .any }
    }

    private static func mergeList(
        _ live: [JSON]?,
        _ patch: [JSON],
        _ element: BuiltinType,
        _ rule: BuiltinType.ListRule,
        order: [JSON]?
    ) throws(StrategicMergeError) -> JSON {
        switch rule {
        case .atomic: return .array(patch)
        case .set:
            var result = live ?? []
            for item in patch where !result.contains(item) { result.append(item) }
            return .array(order.map { sorted(result, by: $0, live: live ?? [], rule) } ?? result)
        case .keyed(let keys, _):
            guard let key = keys.first else { return .array(patch) }
            if patch.contains(where: { $0["$patch"] == "replace" }) {
                return .array(patch.filter { $0["$patch"] == nil })
            }
            return .array(try mergeKeyed(live ?? [], patch, element, key: key, rule: rule, order: order))
        }
    }

    private static func mergeKeyed(
        _ live: [JSON],
        _ patch: [JSON],
        _ element: BuiltinType,
        key: String,
        rule: BuiltinType.ListRule,
        order: [JSON]?
    ) throws(StrategicMergeError) -> [JSON] {
        var result = live
        for item in patch {
            guard let value = item[key] else {
                throw StrategicMergeError(
                    code: "missing_merge_key",
                    message: "map: \(item.text()) does not contain declared merge key: \(key)"
                )
            }
            if item["$patch"] == "delete" {
                result.removeAll { $0[key] == value }
            } else if let index = result.firstIndex(where: { $0[key] == value }) {
                if let merged = try merge(result[index], item, element) { result[index] = merged }
            } else if let fresh = try merge(nil, item, element) {
                result.append(fresh)
            }
        }
        // The order of the patch comes first, as the API server sorts: explicit order, else the patch's elements in their order, then the rest.
        let wanted = order ?? patch.filter { $0["$patch"] == nil }
        return sorted(result, by: wanted, live: live, rule)
    }

    /// The elements with those named by `order` in that order. Each other one goes before the first of them that followed it in the live
    /// list, else to the end.
    private static func sorted(_ items: [JSON], by order: [JSON], live: [JSON], _ rule: BuiltinType.ListRule) -> [JSON] {
        func identity(_ item: JSON) -> JSON {
            if case .keyed(let keys, _) = rule, let key = keys.first, let value = item[key] { value } else { item }
        }
        let ranks = Dictionary(order.enumerated().map { (identity($0.element), $0.offset) }, uniquingKeysWith: { first, _ in first })
        let ordered = items.filter { ranks[identity($0)] != nil }.sorted { (ranks[identity($0)] ?? 0) < (ranks[identity($1)] ?? 0) }
        let position = Dictionary(live.enumerated().map { (identity($0.element), $0.offset) }, uniquingKeysWith: { first, _ in first })
        var rest = items.filter { ranks[identity($0)] == nil }[...]
        var result: [JSON] = []
        for item in ordered {
            while let next = rest.first, let before = position[identity(next)], let after = position[identity(item)], before < after {
                result.append(next)
                rest = rest.dropFirst()
            }
            result.append(item)
        }
        return result + rest
    }
}
