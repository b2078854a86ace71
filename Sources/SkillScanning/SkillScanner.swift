/// Looks through the text of a skill for what should not reach an assistant: orders to a model, secrets, and commands that carry data away.
///
/// Pure and bounded: the same text has the same report. It reads what a model reads – look-alike letters, marks of emphasis and invisible
/// characters do not hide a sentence – but it understands nothing: a report without findings is no proof of innocence.
public struct SkillScanner: Sendable {
    /// How much is looked at.
    public struct Limits: Sendable {
        /// The largest text in bytes. Default: 1 MiB.
        public var bytes = 1_048_576
        /// The most findings that are listed. Default: 100.
        public var findings = 100

        /// The defaults.
        public init() {}
    }

    private let limits: Limits

    /// A scanner.
    public init(limits: Limits = Limits()) { self.limits = limits }

    /// The version of the rules.
    public static var rules: String { ScanRule.version }

    /// Scans the content of a skill.
    ///
    /// - Parameter content: its bytes; they have to be UTF-8.
    /// - Returns: what was found.
    public func scan(_ content: some Sequence<UInt8>) -> ScanReport {
        let bytes = Array(content)
        guard bytes.count <= limits.bytes else {
            return whole("content-too-large", "has more than \(limits.bytes) bytes")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { return whole("content-not-text", "is no text in UTF-8") }
        var findings: [(line: Int, column: Int, finding: Finding)] = []
        let skill = SkillText(text)
        for line in skill.lines {
            if let place = firstHidden(line.raw) {
                findings.append(
                    found("hidden-characters", "has characters that nobody sees", .high, line: line.number, column: place)
                )
            }
            for rule in ScanRule.all {
                if let column = column(of: rule, in: line) {
                    findings.append(found(rule.id, rule.description, rule.severity, line: line.number, column: column))
                }
            }
        }
        for rule in ScanRule.all {
            guard case .words(let words, let gap) = rule.pattern else { continue }
            for offset in WordSearch.matches(of: words, gap: gap, in: skill.joined) {
                findings.append(found(rule.id, rule.description, rule.severity, line: skill.line(at: offset), column: 1))
            }
        }
        findings.sort { ($0.line, $0.column, $0.finding.id) < ($1.line, $1.column, $1.finding.id) }
        // Two rules may mean the same thing.
        var seen: Set<Finding> = []
        findings = findings.filter { seen.insert($0.finding).inserted }
        // The worst are listed when not all can be.
        let isTruncated = findings.count > limits.findings
        let kept = isTruncated ? Array(findings.sorted { $0.finding.severity > $1.finding.severity }.prefix(limits.findings)) : findings
        return ScanReport(findings: kept.map(\.finding), isTruncated: isTruncated, rules: ScanRule.version)
    }

    private func whole(_ id: String, _ description: String) -> ScanReport {
        ScanReport(
            findings: [Finding(id: id, description: description, severity: .critical, location: "the whole")],
            isTruncated: false,
            rules: ScanRule.version
        )
    }

    private func found(_ id: String, _ description: String, _ severity: Finding.Severity, line: Int, column: Int)
        -> (line: Int, column: Int, finding: Finding)
    {
        (line, column, Finding(id: id, description: description, severity: severity, location: "line \(line), column \(column)"))
    }

    private func firstHidden(_ line: Substring) -> Int? {
        var previous: Unicode.Scalar?
        for (index, scalar) in line.unicodeScalars.enumerated() {
            defer { previous = scalar }
            guard SkillText.isInvisible(scalar) else { continue }
            // A joiner between the parts of an emoji, and a mark at the very beginning of a text, are innocent.
            if scalar.value == 0x200D, let previous, previous.properties.isEmoji || previous.value == 0xFE0F { continue }
            if scalar.value == 0xFEFF, index == 0 { continue }
            // Which form an emoji, or a Han character, has is said by one selector behind it.
            if [0xFE0E, 0xFE0F].contains(scalar.value), let previous, previous.properties.isEmoji { continue }
            if (0xE0100...0xE01EF).contains(scalar.value), let previous, previous.properties.isIdeographic { continue }
            return index + 1
        }
        return nil
    }

    private func column(of rule: ScanRule, in line: SkillText.Line) -> Int? {
        switch rule.pattern {
        case .words: return nil
        case .literal(let text):
            return ByteSearch.first(Array(text.utf8), in: Array(line.raw.utf8)).map { $0 + 1 }
        case .token(let prefix, let set, let minimum):
            let bytes = Array(line.raw.utf8)
            let wanted = Array(prefix.utf8)
            var from = 0
            while let start = ByteSearch.first(wanted, in: bytes, from: from) {
                let isFirst = start == 0 || !ScanRule.TokenSet.word.contains(bytes[start - 1])
                // No more than the minimum is looked at: what follows a prefix may be as long as the text, and be full of prefixes.
                let rest = bytes[(start + wanted.count)...].prefix(minimum)
                if isFirst, rest.count == minimum, rest.allSatisfy({ set.contains($0) }) { return start + 1 }
                from = start + 1
            }
            return nil
        }
    }
}

/// Finds bytes in bytes.
enum ByteSearch {
    static func first(_ wanted: [UInt8], in bytes: [UInt8], from: Int = 0) -> Int? {
        guard let head = wanted.first, bytes.count >= wanted.count else { return nil }
        var index = from
        while index <= bytes.count - wanted.count {
            if bytes[index] == head, bytes[index..<(index + wanted.count)].elementsEqual(wanted) { return index }
            index += 1
        }
        return nil
    }
}

/// Finds words one after the other, with others between them.
enum WordSearch {
    /// Where a sequence of words begins, in bytes of the text. Words of different sentences are not joined.
    static func matches(of wanted: [String], gap: Int, in text: String) -> [Int] {
        let alternatives = wanted.map { $0 == "|" ? Set(["|"]) : Set($0.split(separator: "|").map(String.init)) }
        guard let first = alternatives.first else { return [] }
        var places: [Int] = []
        var words: [(text: String, offset: Int, endsSentence: Bool)] = []
        var current = ""
        var start = 0
        func close(_ endsSentence: Bool) {
            if !current.isEmpty {
                words.append((current, start, endsSentence))
            } else if endsSentence, !words.isEmpty {
                words[words.count - 1].endsSentence = true
            }
            current = ""
        }
        var offset = 0
        var pendingPoint = false
        for character in text {
            if pendingPoint {
                pendingPoint = false
                if character == " " { close(true) } else { close(false) }
            }
            switch character {
            case " ", ",", ":", "(", ")", "\"", "[", "]", "{", "}", "/", "#", "=": close(false)
            case "!", "?", ";": close(true)
            // A point within a word, as in the name of a host, ends nothing.
            case ".": pendingPoint = true
            case "|":
                close(false)
                words.append(("|", offset, false))
            default:
                if current.isEmpty { start = offset }
                current.append(character)
            }
            offset += character.utf8.count
        }
        close(true)
        for index in words.indices where first.contains(words[index].text) {
            if follows(alternatives.dropFirst(), after: index, gap: gap, in: words) { places.append(words[index].offset) }
        }
        return places
    }

    private static func follows(
        _ wanted: ArraySlice<Set<String>>,
        after index: Int,
        gap: Int,
        in words: [(text: String, offset: Int, endsSentence: Bool)]
    ) -> Bool {
        guard let next = wanted.first else { return true }
        var at = index
        for _ in 0...gap {
            if words[at].endsSentence { return false }
            at += 1
            guard at < words.count else { return false }
            if next.contains(words[at].text), follows(wanted.dropFirst(), after: at, gap: gap, in: words) { return true }
        }
        return false
    }
}
