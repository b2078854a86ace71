import Schema

/// Functions on strings: the standard ones and the extension library. Positions count code points.
enum CELStrings {
    static func apply(_ name: String, _ text: String, _ rest: [CELValue]) throws(CELError) -> CELValue {
        let scalars = Array(text.unicodeScalars)
        switch (name, rest.count) {
        case ("lowerAscii", 0): return .string(mapped(text) { ("A"..."Z").contains($0) ? Unicode.Scalar($0.value + 32) ?? $0 : $0 })
        case ("upperAscii", 0): return .string(mapped(text) { ("a"..."z").contains($0) ? Unicode.Scalar($0.value - 32) ?? $0 : $0 })
        case ("trim", 0): return .string(trimmed(scalars))
        case ("reverse", 0): return .string(string(scalars.reversed()))
        case ("startsWith", 1): return .bool(text.utf8.starts(with: try word(rest[0]).utf8))
        case ("endsWith", 1): return .bool(text.utf8.reversed().starts(with: try word(rest[0]).utf8.reversed()))
        case ("contains", 1): return .bool(first(Array(try word(rest[0]).unicodeScalars), in: scalars, from: 0) != nil)
        case ("matches", 1): return .bool(try pattern(rest[0]).matches(text))
        case ("charAt", 1):
            let index = try number(rest[0])
            guard (0...scalars.count).contains(index) else { throw outOfRange(index) }
            return .string(index == scalars.count ? "" : String(scalars[index]))
        case ("indexOf", 1...2):
            let start = rest.count == 2 ? try number(rest[1]) : 0
            guard (0...scalars.count).contains(start) else { throw outOfRange(start) }
            return .int(Int64(first(Array(try word(rest[0]).unicodeScalars), in: scalars, from: start) ?? -1))
        case ("lastIndexOf", 1...2):
            let wanted = Array(try word(rest[0]).unicodeScalars)
            let start = rest.count == 2 ? try number(rest[1]) : scalars.count
            guard (0...scalars.count).contains(start) else { throw outOfRange(start) }
            return .int(Int64(last(wanted, in: scalars, from: start) ?? -1))
        case ("substring", 1...2):
            let start = try number(rest[0])
            let end = rest.count == 2 ? try number(rest[1]) : scalars.count
            guard (0...scalars.count).contains(start) else { throw outOfRange(start) }
            guard (0...scalars.count).contains(end) else { throw outOfRange(end) }
            guard start <= end else { throw CELError(.evaluation, "invalid substring range. start: \(start), end: \(end)") }
            return .string(string(scalars[start..<end]))
        case ("replace", 2...3):
            let limit = rest.count == 3 ? try number(rest[2]) : -1
            return .string(replaced(scalars, Array(try word(rest[0]).unicodeScalars), try word(rest[1]), limit: limit))
        case ("split", 1...2):
            let limit = rest.count == 2 ? try number(rest[1]) : -1
            return .list(split(scalars, Array(try word(rest[0]).unicodeScalars), limit: limit).map { .string($0) })
        case ("find", 1): return .string(try matches(of: try pattern(rest[0]), in: scalars, limit: 1).first ?? "")
        case ("findAll", 1...2):
            let limit = rest.count == 2 ? try number(rest[1]) : -1
            return .list(try matches(of: try pattern(rest[0]), in: scalars, limit: limit).map { .string($0) })
        default: throw CELError(.evaluation, "no such overload")
        }
    }

    private static func word(_ value: CELValue) throws(CELError) -> String {
        guard case .string(let text) = value else { throw CELError(.evaluation, "no such overload") }
        return text
    }

    private static func number(_ value: CELValue) throws(CELError) -> Int {
        guard case .int(let number) = value else { throw CELError(.evaluation, "no such overload") }
        return Int(number)
    }

    private static func outOfRange(_ index: Int) -> CELError { CELError(.evaluation, "index out of range: \(index)") }

    private static func pattern(_ value: CELValue) throws(CELError) -> RegularExpression {
        let text = try word(value)
        do {
            return try RegularExpression(text)
        } catch {
            throw CELError(.evaluation, "\(error)")
        }
    }

    private static func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    private static func mapped(_ text: String, _ change: (Unicode.Scalar) -> Unicode.Scalar) -> String {
        string(text.unicodeScalars.map(change))
    }

    private static func trimmed(_ scalars: [Unicode.Scalar]) -> String {
        let front = scalars.drop { $0.properties.isWhitespace }
        return string(front.reversed().drop { $0.properties.isWhitespace }.reversed())
    }

    private static func first(_ wanted: [Unicode.Scalar], in scalars: [Unicode.Scalar], from start: Int) -> Int? {
        guard start + wanted.count <= scalars.count else { return nil }
        return (start...scalars.count - wanted.count).first { scalars[$0...].starts(with: wanted) }
    }

    private static func last(_ wanted: [Unicode.Scalar], in scalars: [Unicode.Scalar], from start: Int) -> Int? {
        guard wanted.count <= scalars.count else { return nil }
        return (0...min(start, scalars.count - wanted.count)).last { scalars[$0...].starts(with: wanted) }
    }

    private static func split(_ scalars: [Unicode.Scalar], _ separator: [Unicode.Scalar], limit: Int) -> [String] {
        if limit == 0 { return [] }
        if separator.isEmpty {
            let count = limit < 0 ? scalars.count : min(limit, scalars.count)
            return scalars.enumerated().prefix(max(count - 1, 0)).map { String($0.element) }
                + (count > 0 ? [string(scalars[(count - 1)...].prefix(limit < 0 ? 1 : scalars.count))] : [])
        }
        var result: [String] = []
        var start = 0
        while limit < 0 || result.count < limit - 1, let next = first(separator, in: scalars, from: start) {
            result.append(string(scalars[start..<next]))
            start = next + separator.count
        }
        return result + [string(scalars[start...])]
    }

    private static func replaced(_ scalars: [Unicode.Scalar], _ old: [Unicode.Scalar], _ new: String, limit: Int) -> String {
        if limit == 0 { return string(scalars) }
        if old.isEmpty {
            var result = limit < 0 || limit > 0 ? new : ""
            for (index, scalar) in scalars.enumerated() {
                result.unicodeScalars.append(scalar)
                if limit < 0 || index + 1 < limit { result += new }
            }
            return result
        }
        return split(scalars, old, limit: limit < 0 ? -1 : limit + 1).joined(separator: new)
    }

    /// The parts of a text that a pattern matches, from the left, each as long as it can be.
    private static func matches(of pattern: RegularExpression, in scalars: [Unicode.Scalar], limit: Int) throws(CELError) -> [String] {
        // Whether a part matches is asked with the pattern anchored on both sides; texts here are short.
        guard scalars.count <= 1024 else { throw CELError(.budget, "find on a text of more than 1024 characters") }
        let anchored: RegularExpression
        do {
            anchored = try RegularExpression("^(?:\(pattern.pattern))$")
        } catch {
            throw CELError(.evaluation, "\(error)")
        }
        var result: [String] = []
        var start = 0
        while start < scalars.count, limit < 0 || result.count < limit {
            let end = (start...scalars.count).last { anchored.matches(string(scalars[start..<$0])) }
            if let end, end > start {
                result.append(string(scalars[start..<end]))
                start = end
            } else {
                start += 1
            }
        }
        return result
    }
}

/// Functions on lists.
enum CELLists {
    static func apply(_ name: String, _ items: [CELValue], _ rest: [CELValue]) throws(CELError) -> CELValue {
        switch (name, rest.count) {
        case ("isSorted", 0): return .bool(zip(items, items.dropFirst()).allSatisfy { ($0.compared(to: $1) ?? 1) <= 0 })
        case ("min", 0), ("max", 0):
            guard var best = items.first else { throw CELError(.evaluation, "\(name) called on empty list") }
            for item in items.dropFirst() {
                guard let order = item.compared(to: best) else { throw CELError(.evaluation, "no such overload") }
                if name == "min" ? order < 0 : order > 0 { best = item }
            }
            return best
        case ("sum", 0):
            guard var total = items.first else { return .int(0) }
            for item in items.dropFirst() { total = try CELArithmetic.apply("_+_", [total, item]) }
            return total
        case ("indexOf", 1): return .int(Int64(items.firstIndex { $0.equals(rest[0]) } ?? -1))
        case ("lastIndexOf", 1): return .int(Int64(items.lastIndex { $0.equals(rest[0]) } ?? -1))
        case ("join", 0...1):
            var texts: [String] = []
            for item in items {
                guard case .string(let text) = item else { throw CELError(.evaluation, "no such overload") }
                texts.append(text)
            }
            guard case .string(let separator) = rest.first ?? .string("") else { throw CELError(.evaluation, "no such overload") }
            return .string(texts.joined(separator: separator))
        default: throw CELError(.evaluation, "no such overload")
        }
    }
}
