import JSONValue

/// The part of kubectl's JSONPath that printer columns use: members, quoted members, indexes, `[*]`, and `[?(@.a=="b")]` filters.
struct JSONPath: Sendable, Hashable {
    private enum Step: Sendable, Hashable {
        case member(String)
        case index(Int)
        case all
        case recursive(String)
        case filter(path: [String], equals: Bool, value: String)
    }

    private let steps: [Step]

    /// - Parameter text: E.g. `.status.conditions[?(@.type=="Ready")].status`; nil when it cannot be read.
    init?(_ text: String) {
        var rest = text.trimmingBlanks[...]
        if rest.first == "{", rest.last == "}" { rest = rest.dropFirst().dropLast() }
        if rest.first == "$" { rest = rest.dropFirst() }
        var steps: [Step] = []
        while let first = rest.first {
            if first == "." {
                rest = rest.dropFirst()
                let isRecursive = rest.first == "."
                if isRecursive { rest = rest.dropFirst() }
                guard let name = Self.name(&rest) else { return nil }
                steps.append(name == "*" ? .all : isRecursive ? .recursive(name) : .member(name))
            } else if first == "[" {
                guard let end = Self.closing(rest) else { return nil }
                guard let step = Self.bracket(rest[rest.index(after: rest.startIndex)..<end]) else { return nil }
                steps.append(step)
                rest = rest[rest.index(after: end)...]
            } else {
                guard steps.isEmpty, let name = Self.name(&rest) else { return nil }
                steps.append(.member(name))
            }
        }
        self.steps = steps
    }

    /// The values found; empty when a member is missing on the way.
    func values(in json: JSON) -> [JSON] {
        var current = [json]
        for step in steps { current = current.flatMap { Self.apply(step, to: $0) } }
        return current
    }

    private static func apply(_ step: Step, to json: JSON) -> [JSON] {
        switch step {
        case .member(let name): return json[name].map { [$0] } ?? []
        case .index(let index):
            guard let elements = json.arrayValue else { return [] }
            let position = index < 0 ? elements.count + index : index
            return elements.indices.contains(position) ? [elements[position]] : []
        case .all:
            if let elements = json.arrayValue { return elements }
            return (json.objectValue ?? [:]).sorted { $0.key < $1.key }.map { $0.value }
        case .recursive(let name):
            var found = json[name].map { [$0] } ?? []
            for child in json.arrayValue ?? (json.objectValue ?? [:]).sorted(by: { $0.key < $1.key }).map({ $0.value }) {
                found += apply(step, to: child)
            }
            return found
        case .filter(let path, let equals, let value):
            return (json.arrayValue ?? []).filter { element in
                guard let found = element[at: path] else { return false }
                let text = found.stringValue ?? found.text()
                return (text == value) == equals
            }
        }
    }

    private static func name(_ rest: inout Substring) -> String? {
        var name = ""
        while let character = rest.first, character != ".", character != "[" {
            rest = rest.dropFirst()
            if character == "\\", let escaped = rest.first {
                name.append(escaped)
                rest = rest.dropFirst()
            } else {
                name.append(character)
            }
        }
        return name.isEmpty ? nil : name
    }

    private static func closing(_ text: Substring) -> Substring.Index? {
        var quote: Character?
        for index in text.indices {
            let character = text[index]
            if let open = quote {
                if character == open { quote = nil }
            } else if character == "'" || character == "\"" {
                quote = character
            } else if character == "]" {
                return index
            }
        }
        return nil
    }

    private static func bracket(_ text: Substring) -> Step? {
        if text == "*" { return .all }
        if let index = Int(text) { return .index(index) }
        if let quoted = unquoted(String(text)) { return .member(quoted) }
        guard text.hasPrefix("?("), text.hasSuffix(")") else { return nil }
        let condition = text.dropFirst(2).dropLast()
        for (mark, equals) in [("==", true), ("!=", false)] {
            guard let range = condition.firstRange(of: mark) else { continue }
            let left = condition[..<range.lowerBound].trimmingBlanks
            let right = condition[range.upperBound...].trimmingBlanks
            guard left.hasPrefix("@.") else { return nil }
            return .filter(
                path: left.dropFirst(2).split(separator: ".").map(String.init),
                equals: equals,
                value: unquoted(right) ?? right
            )
        }
        return nil
    }

    private static func unquoted(_ text: String) -> String? {
        guard text.count >= 2, let first = text.first, first == text.last, first == "'" || first == "\"" else { return nil }
        return String(text.dropFirst().dropLast())
    }
}
