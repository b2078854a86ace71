/// Reads RE2 syntax.
struct RegularExpressionParser {
    /// Go's bounds: repetition counts and nesting.
    private static let maximumRepeat = 1000
    private static let maximumDepth = 200

    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var flags = Flags()
    private var depth = 0

    private struct Flags {
        var ignoresCase = false
        var dotMatchesAll = false
        var multiline = false
    }

    init(_ pattern: String) { scalars = Array(pattern.unicodeScalars) }

    private var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }
    private func excerpt(from start: Int, to end: Int? = nil) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars[start..<min(end ?? position, scalars.count)])
        return String(text)
    }
    private var whole: String { excerpt(from: 0, to: scalars.count) }

    private mutating func take(_ text: String) -> Bool {
        let wanted = Array(text.unicodeScalars)
        guard scalars.count - position >= wanted.count, Array(scalars[position..<(position + wanted.count)]) == wanted else { return false }
        position += wanted.count
        return true
    }

    mutating func parse() throws(RegularExpressionError) -> RegularExpressionNode {
        let node = try parseChoice()
        if position < scalars.count { throw RegularExpressionError("unexpected )", whole) }
        return node
    }

    private mutating func parseChoice() throws(RegularExpressionError) -> RegularExpressionNode {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maximumDepth else { throw RegularExpressionError("expression nests too deeply", whole) }
        var branches = [try parseSequence()]
        while take("|") { branches.append(try parseSequence()) }
        return branches.count == 1 ? branches[0] : .choice(branches)
    }

    private mutating func parseSequence() throws(RegularExpressionError) -> RegularExpressionNode {
        var parts: [RegularExpressionNode] = []
        while let scalar = next, scalar != "|", scalar != ")" {
            let start = position
            if try parseRepeat() != nil {
                throw RegularExpressionError("missing argument to repetition operator", excerpt(from: start))
            }
            guard let atom = try parseAtom() else { continue }
            parts.append(try parseRepeats(of: atom))
        }
        return parts.isEmpty ? .empty : parts.count == 1 ? parts[0] : .sequence(parts)
    }

    private mutating func parseRepeats(of atom: RegularExpressionNode) throws(RegularExpressionError) -> RegularExpressionNode {
        let start = position
        guard let (minimum, maximum) = try parseRepeat() else { return atom }
        _ = take("?")
        if try parseRepeat() != nil {
            throw RegularExpressionError("invalid nested repetition operator", excerpt(from: start))
        }
        return .repeated(atom, minimum: minimum, maximum: maximum)
    }

    /// `*`, `+`, `?`, `{n}`, `{n,}`, `{n,m}`; a brace that begins none of these is an ordinary character.
    private mutating func parseRepeat() throws(RegularExpressionError) -> (Int, Int?)? {
        let start = position
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        guard take("{") else { return nil }
        guard let minimum = parseNumber() else {
            position = start
            return nil
        }
        var maximum: Int? = minimum
        if take(",") { maximum = parseNumber() }
        guard take("}") else {
            position = start
            return nil
        }
        if minimum > Self.maximumRepeat || (maximum ?? minimum) > Self.maximumRepeat || (maximum ?? minimum) < minimum {
            throw RegularExpressionError("invalid repeat count", excerpt(from: start))
        }
        return (minimum, maximum)
    }

    private mutating func parseNumber() -> Int? {
        let start = position
        var value = 0
        while let scalar = next, ("0"..."9").contains(scalar) {
            value = min(value * 10 + Int(scalar.value - 48), 1_000_000)
            position += 1
        }
        return position == start ? nil : value
    }

    /// One atom; `nil` for a group that only sets flags.
    private mutating func parseAtom() throws(RegularExpressionError) -> RegularExpressionNode? {
        let start = position
        guard let scalar = next else { return nil }
        position += 1
        switch scalar {
        case ".": return .scalars(flags.dotMatchesAll ? .all : .allButLineBreak)
        case "^": return .assertion(flags.multiline ? .lineStart : .textStart)
        case "$": return .assertion(flags.multiline ? .lineEnd : .textEnd)
        case "(": return try parseGroup(from: start)
        case "[": return .scalars(try parseClass(from: start))
        case "\\": return try parseEscape(from: start)
        default: return .scalars(ScalarSet(scalar, ignoringCase: flags.ignoresCase))
        }
    }

    private mutating func parseGroup(from start: Int) throws(RegularExpressionError) -> RegularExpressionNode? {
        let outer = flags
        if take("?") {
            if take("P<") || (next == "<" && isNameNext() && take("<")) {
                try skipGroupName(from: start)
            } else if try parseFlags(from: start) {
                return nil
            }
        }
        let node = try parseChoice()
        guard take(")") else { throw RegularExpressionError("missing closing )", whole) }
        flags = outer
        return node
    }

    /// Whether `<` is followed by a name rather than by `=` or `!` (look-behind).
    private func isNameNext() -> Bool {
        guard position + 1 < scalars.count else { return false }
        return scalars[position + 1] != "=" && scalars[position + 1] != "!"
    }

    private mutating func skipGroupName(from start: Int) throws(RegularExpressionError) {
        let nameStart = position
        while let scalar = next, scalar != ">" {
            guard scalar.properties.isAlphabetic || scalar == "_" || ("0"..."9").contains(scalar) else { break }
            position += 1
        }
        guard position > nameStart, take(">") else {
            throw RegularExpressionError("invalid named capture", excerpt(from: start, to: position + 1))
        }
    }

    /// Reads `flags)` or `flags:` after `(?`; true when the group is only flags.
    private mutating func parseFlags(from start: Int) throws(RegularExpressionError) -> Bool {
        var isOn = true
        var changed = flags
        var count = 0
        while let scalar = next {
            position += 1
            switch scalar {
            case "i": changed.ignoresCase = isOn
            case "s": changed.dotMatchesAll = isOn
            case "m": changed.multiline = isOn
            case "U": break
            case "-" where isOn:
                isOn = false
                count = -1
            case ":" where isOn || count > 0:
                flags = changed
                return false
            case ")" where (isOn || count > 0) && position - start > 3:
                flags = changed
                return true
            default: throw RegularExpressionError("invalid or unsupported Perl syntax", excerpt(from: start))
            }
            count += 1
        }
        throw RegularExpressionError("missing closing )", whole)
    }

    private mutating func parseEscape(from start: Int) throws(RegularExpressionError) -> RegularExpressionNode {
        guard let scalar = next else { throw RegularExpressionError("trailing backslash at end of expression", "") }
        switch scalar {
        case "A": position += 1; return .assertion(.textStart)
        case "z": position += 1; return .assertion(.textEnd)
        case "b": position += 1; return .assertion(.wordBoundary)
        case "B": position += 1; return .assertion(.notWordBoundary)
        case "Q":
            position += 1
            return quoted()
        default: break
        }
        if let set = try parseClassEscape(from: start) { return .scalars(set) }
        return .scalars(ScalarSet(try parseLiteralEscape(from: start), ignoringCase: flags.ignoresCase))
    }

    /// Everything up to `\E` or the end, literally.
    private mutating func quoted() -> RegularExpressionNode {
        var parts: [RegularExpressionNode] = []
        while let scalar = next, !take("\\E") {
            position += 1
            parts.append(.scalars(ScalarSet(scalar, ignoringCase: flags.ignoresCase)))
        }
        return .sequence(parts)
    }

    /// `\d` and its like, `\pL`, `\p{Lu}`; `nil` when the escape is no class.
    private mutating func parseClassEscape(from start: Int) throws(RegularExpressionError) -> ScalarSet? {
        guard let scalar = next else { return nil }
        if let set = ScalarSet.perl(scalar) {
            position += 1
            return set
        }
        guard scalar == "p" || scalar == "P" else { return nil }
        position += 1
        var isNegated = scalar == "P"
        var name = ""
        if take("{") {
            if take("^") { isNegated.toggle() }
            while let letter = next, letter != "}" {
                name.unicodeScalars.append(letter)
                position += 1
            }
            guard take("}") else { throw RegularExpressionError("invalid character class range", excerpt(from: start)) }
        } else if let letter = next {
            name.unicodeScalars.append(letter)
            position += 1
        }
        var set = ScalarSet()
        guard set.insert(category: name, negated: isNegated) else {
            throw RegularExpressionError("invalid character class range", excerpt(from: start))
        }
        return set
    }

    /// An escape that stands for one scalar.
    private mutating func parseLiteralEscape(from start: Int) throws(RegularExpressionError) -> Unicode.Scalar {
        guard let scalar = next else { throw RegularExpressionError("trailing backslash at end of expression", "") }
        position += 1
        switch scalar {
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "f": return "\u{C}"
        case "v": return "\u{B}"
        case "a": return "\u{7}"
        case "x": return try parseHexEscape(from: start)
        case "0": return try parseOctalEscape(from: start)
        default:
            let isWordLike = scalar.value >= 128 || ScalarSet.posix("alnum")?.contains(scalar) == true
            guard !isWordLike else { throw RegularExpressionError("invalid escape sequence", excerpt(from: start)) }
            return scalar
        }
    }

    private mutating func parseHexEscape(from start: Int) throws(RegularExpressionError) -> Unicode.Scalar {
        var digits = ""
        if take("{") {
            while let digit = next, digit != "}" {
                digits.unicodeScalars.append(digit)
                position += 1
            }
            guard take("}") else { throw RegularExpressionError("invalid escape sequence", excerpt(from: start)) }
        } else {
            digits = excerpt(from: position, to: position + 2)
            position = min(position + 2, scalars.count)
            guard digits.utf8.count == 2 else { throw RegularExpressionError("invalid escape sequence", excerpt(from: start)) }
        }
        guard let value = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(value) else {
            throw RegularExpressionError("invalid escape sequence", excerpt(from: start))
        }
        return scalar
    }

    private mutating func parseOctalEscape(from start: Int) throws(RegularExpressionError) -> Unicode.Scalar {
        var value: UInt32 = 0
        var count = 0
        while count < 2, let digit = next, ("0"..."7").contains(digit) {
            value = value * 8 + (digit.value - 48)
            position += 1
            count += 1
        }
        guard let scalar = Unicode.Scalar(value) else { throw RegularExpressionError("invalid escape sequence", excerpt(from: start)) }
        return scalar
    }

    private mutating func parseClass(from start: Int) throws(RegularExpressionError) -> ScalarSet {
        var set = ScalarSet()
        let isNegated = take("^")
        var isFirst = true
        while true {
            guard let scalar = next else { throw RegularExpressionError("missing closing ]", excerpt(from: start, to: scalars.count)) }
            if scalar == "]" && !isFirst { break }
            isFirst = false
            let itemStart = position
            if take("[:"), let named = try parsePosix(from: itemStart) {
                set.formUnion(named)
                continue
            }
            if take("\\") {
                if let named = try parseClassEscape(from: itemStart) {
                    set.formUnion(named)
                    continue
                }
                position = itemStart
            }
            let low = try parseClassScalar(from: itemStart)
            var high = low
            if next == "-", position + 1 < scalars.count, scalars[position + 1] != "]" {
                position += 1
                high = try parseClassScalar(from: itemStart)
            }
            guard low <= high else { throw RegularExpressionError("invalid character class range", excerpt(from: itemStart)) }
            set.insert(low.value...high.value, ignoringCase: flags.ignoresCase)
        }
        position += 1
        set.isNegated = isNegated
        return set
    }

    private mutating func parseClassScalar(from start: Int) throws(RegularExpressionError) -> Unicode.Scalar {
        if take("\\") { return try parseLiteralEscape(from: start) }
        guard let scalar = next else { throw RegularExpressionError("missing closing ]", excerpt(from: start, to: scalars.count)) }
        position += 1
        return scalar
    }

    /// `[:name:]` or `[:^name:]` after its `[:`; gives the position back when it is none.
    private mutating func parsePosix(from start: Int) throws(RegularExpressionError) -> ScalarSet? {
        let isNegated = take("^")
        var name = ""
        while let scalar = next, scalar.properties.isLowercase {
            name.unicodeScalars.append(scalar)
            position += 1
        }
        guard take(":]") else {
            position = start
            return nil
        }
        guard var set = ScalarSet.posix(name) else {
            throw RegularExpressionError("invalid character class range", excerpt(from: start))
        }
        set.isNegated = isNegated
        return set
    }
}
