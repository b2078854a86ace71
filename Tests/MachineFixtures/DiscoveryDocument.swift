import Foundation
import JSONValue

/// The published forms of Compute Engine's calls. Refuses what is not among them.
package struct DiscoveryDocument: Sendable {
    package struct Method: Sendable {
        package var id: String
        package var parameters: [String: String]
    }

    private let json: JSON

    /// Reads it.
    package init() throws { json = try Fixture.read("compute-v1") }

    /// The names that a field may have as its value.
    package func words(of field: String) -> [String] { (json["enums"]?[field]?.arrayValue ?? []).compactMap(\.stringValue) }

    /// The method of a request, and what its path names.
    package func method(_ verb: String, path: String) -> Method? {
        guard let base = json["base"]?.stringValue, path.hasPrefix(base) else { return nil }
        let words = path.dropFirst(base.count).split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        for (id, method) in json["methods"]?.objectValue ?? [:] where method["method"]?.stringValue == verb {
            let template = (method["path"]?.stringValue ?? "").split(separator: "/").map(String.init)
            guard template.count == words.count else { continue }
            var parameters: [String: String] = [:]
            var isMatch = true
            for (part, word) in zip(template, words) {
                if part.hasPrefix("{") { parameters[String(part.dropFirst().dropLast())] = word } else if part != word { isMatch = false }
            }
            if isMatch { return Method(id: id, parameters: parameters) }
        }
        return nil
    }

    /// What is wrong with a request; empty when nothing is.
    package func findings(_ method: Method, query: [String: String], body: JSON?) -> [String] {
        guard let form = json["methods"]?[method.id] else { return ["\(method.id): not published"] }
        var findings: [String] = []
        for (name, value) in method.parameters {
            let pattern = form["patterns"]?[name]?.stringValue ?? ".*"
            guard let regex = try? Regex(pattern), value.wholeMatch(of: regex) != nil else {
                findings.append("\(method.id): \(name)=\(value) does not match \(pattern)")
                continue
            }
        }
        for (name, value) in query {
            switch form["query"]?[name]?.stringValue {
            case nil: findings.append("\(method.id): unknown parameter \(name)")
            case "integer" where Int(value) == nil: findings.append("\(method.id): \(name)=\(value) is no integer")
            default: break
            }
        }
        if let id = query["requestId"], UUID(uuidString: id) == nil || id.allSatisfy({ $0 == "0" || $0 == "-" }) {
            findings.append("\(method.id): requestId \(id) is no UUID, or nothing but zeros")
        }
        switch (form["body"]?.stringValue, body) {
        case (let schema?, let body?): findings += check(body, .string(schema), at: schema)
        case (let schema?, nil): findings.append("\(method.id): no body, expected \(schema)")
        case (nil, .some): findings.append("\(method.id): takes no body")
        case (nil, nil): break
        }
        return findings
    }

    /// A type is a name of a schema or of a primitive, `[type]`, `{"*": type}`, or the members of an object.
    package func check(_ value: JSON, _ type: JSON, at path: String) -> [String] {
        if let name = type.stringValue {
            if let schema = json["schemas"]?[name] { return check(value, schema, at: path) }
            let isRight: Bool
            switch name {
            case "string": isRight = value.stringValue != nil
            case "boolean": isRight = value.boolValue != nil
            case "integer": isRight = value.integerValue != nil
            case "number": isRight = value.numberValue != nil
            case "string:int64": isRight = value.stringValue.flatMap { Int64($0) } != nil
            case "string:uint64": isRight = value.stringValue.flatMap { UInt64($0) } != nil
            case "string:byte": isRight = value.stringValue.flatMap { Data(base64Encoded: $0) } != nil
            default: isRight = false
            }
            return isRight ? [] : ["\(path): \(value.text()) is no \(name)"]
        }
        if let element = type[0] {
            guard let items = value.arrayValue else { return ["\(path): no list"] }
            return items.enumerated().flatMap { check($1, element, at: "\(path)[\($0)]") }
        }
        guard let members = value.objectValue else { return ["\(path): no object"] }
        return members.flatMap { name, member -> [String] in
            guard let inner = type[name] ?? type["*"] else { return ["\(path).\(name): unknown property"] }
            return check(member, inner, at: "\(path).\(name)")
        }
    }
}
