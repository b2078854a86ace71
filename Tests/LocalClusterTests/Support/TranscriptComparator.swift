import Foundation
import JSONValue

/// Compares answers with recorded ones. Variables such as `<uid-1>` are bound at their first sight and must agree ever after.
struct TranscriptComparator {
    private(set) var variables: [String: String] = [:]
    private var problems: [String] = []

    /// Replaces the variables in a recorded request by what they are bound to.
    func filled(_ json: JSON) -> JSON {
        switch json {
        case .object(let members): .object(members.mapValues { filled($0) })
        case .array(let elements): .array(elements.map { filled($0) })
        case .string(let text): .string(filled(text, encode: false))
        default: json
        }
    }

    func filled(_ text: String, encode: Bool) -> String {
        text.replacing(Self.variable) { match in
            let value = variables[String(match.output)] ?? "unbound"
            return encode ? value.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? value : value
        }
    }

    /// What is wrong with an answer; bindings are kept only when nothing is.
    mutating func problems(wanted: JSON, found: JSON, at place: String) -> [String] {
        let before = variables
        problems = []
        compare(wanted, found, place, key: nil)
        if !problems.isEmpty { variables = before }
        return problems
    }

    // Regexes are no values that can be shared between tasks: each use makes its own.
    private static var variable: Regex<Substring> { /<(?:uid|rv|continue|token|ip)-\d+>/ }
    private static var time: Regex<(Substring, Substring?)> { /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/ }
    private static var age: Regex<(Substring, Substring?)> { /^(\d+[smhdy])+$|^<unknown>$/ }
    /// Differ between servers.
    private static let ignoredTexts: Set<String> = [
        "manager", "gitVersion", "gitCommit", "gitTreeState", "buildDate", "goVersion", "compiler", "platform", "major", "minor",
        "versions", "storageVersionHash",
    ]
    private static let openLists: Set<String> = ["resources", "groups", "serverAddressByClientCIDRs", "versions"]

    private func bound(_ text: String) -> String {
        text.replacing(Self.variable) { variables[String($0.output)] ?? String($0.output) }
    }

    private mutating func compare(_ wanted: JSON, _ found: JSON, _ place: String, key: String?) {
        switch wanted {
        case .object(let members):
            guard case .object(let actual) = found else {
                problems.append("\(place): \(found) instead of an object")
                return
            }
            for (name, value) in members where name != "selfLink" {
                let name = bound(name)
                if let member = actual[name] {
                    compare(value, member, "\(place).\(name)", key: name)
                } else {
                    problems.append("\(place).\(name): missing, recorded \(value)")
                }
            }
        case .array(let elements): compare(elements, found, place, key: key)
        case .string(let text): compare(text, found, place, key: key)
        case .integer, .number:
            if wanted.numberValue != found.numberValue { problems.append("\(place): \(found) instead of \(wanted)") }
        case .bool, .null:
            if wanted != found { problems.append("\(place): \(found) instead of \(wanted)") }
        }
    }

    private mutating func compare(_ wanted: [JSON], _ found: JSON, _ place: String, key: String?) {
        guard case .array(var actual) = found else {
            problems.append("\(place): \(found) instead of a list")
            return
        }
        if let key, Self.openLists.contains(key) { return }
        var wanted = wanted
        if key == "managedFields" || key == "causes" {
            let order: (JSON) -> String = { entry in
                ["manager", "operation", "subresource", "field", "reason"].map { entry[$0]?.stringValue ?? "" }.joined(separator: "\u{1}")
            }
            wanted.sort { order($0) < order($1) }
            actual.sort { order($0) < order($1) }
        }
        guard wanted.count == actual.count else {
            if key != "causes" { problems.append("\(place): \(actual.count) items instead of \(wanted.count)") }
            return
        }
        for (index, pair) in zip(wanted, actual).enumerated() { compare(pair.0, pair.1, "\(place)[\(index)]", key: nil) }
    }

    private mutating func compare(_ wanted: String, _ found: JSON, _ place: String, key: String?) {
        if let key, Self.ignoredTexts.contains(key) { return }
        let text = found.stringValue ?? ""
        if wanted == "<age>" {
            if text.wholeMatch(of: Self.age) == nil { problems.append("\(place): \(found) is no age") }
        } else if wanted == "<time>" {
            if text.wholeMatch(of: Self.time) == nil { problems.append("\(place): \(found) is no timestamp") }
        } else if wanted.wholeMatch(of: Self.variable) != nil {
            if let value = variables[wanted] {
                if value != text { problems.append("\(place): \(wanted) was \(value), now \(found)") }
            } else if variables.values.contains(text), !wanted.hasPrefix("<ip") {
                problems.append("\(place): \(found) again, where the recording has a new \(wanted)")
            } else {
                variables[wanted] = text
            }
        } else if key != "message", key != "note", bound(wanted) != text {
            problems.append("\(place): \(found) instead of \(bound(wanted))")
        }
    }
}
