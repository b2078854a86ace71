/// The text of a skill, as the rules read it: with places, and with what hides from the eye undone.
struct SkillText: Sendable {
    /// A line, in lower case, with the characters that look like others put right and runs of blanks made one.
    struct Line: Sendable {
        var number: Int
        var raw: Substring
        var folded: String
    }

    let lines: [Line]
    /// All folded lines joined by blanks, so that a sentence over several lines is one.
    let joined: String
    /// Where in ``joined`` each line begins, in characters of UTF-8.
    let starts: [Int]

    init(_ text: String) {
        var lines: [Line] = []
        var joined = ""
        var starts: [Int] = []
        for (index, raw) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let folded = Self.fold(raw)
            lines.append(Line(number: index + 1, raw: raw, folded: folded))
            starts.append(joined.utf8.count)
            joined += folded + " "
        }
        (self.lines, self.joined, self.starts) = (lines, joined, starts)
    }

    /// The number of the line that a place of ``joined`` is in.
    func line(at offset: Int) -> Int {
        var low = 0
        var high = starts.count
        while low + 1 < high {
            let middle = (low + high) / 2
            if starts[middle] <= offset { low = middle } else { high = middle }
        }
        return low + 1
    }

    /// Letters of other alphabets that look like Latin ones.
    private static let lookalikes: [Unicode.Scalar: Character] = [
        "а": "a", "е": "e", "о": "o", "р": "p", "с": "c", "у": "y", "х": "x", "і": "i", "ѕ": "s", "ј": "j", "ԁ": "d", "ӏ": "l", "ո": "n",
        "ο": "o", "α": "a", "ε": "e", "ι": "i", "ν": "v", "ρ": "p", "τ": "t", "υ": "u", "κ": "k", "’": "'", "‘": "'",
    ]

    private static func fold(_ text: Substring) -> String {
        var result = ""
        var wasBlank = false
        for scalar in text.unicodeScalars where !isInvisible(scalar) {
            let lowered = Character(scalar).lowercased()
            // Full-width forms are as far from ASCII as they are wide.
            let character: Character =
                if let known = lookalikes[lowered.unicodeScalars.first ?? scalar] {
                    known
                } else if (0xFF01...0xFF5E).contains(scalar.value), let plain = Unicode.Scalar(scalar.value - 0xFEE0) {
                    Character(Character(plain).lowercased())
                } else {
                    lowered.first ?? Character(scalar)
                }
            if character.isWhitespace || character == "*" || character == "_" || character == "`" || character == ">" {
                if !wasBlank { result.append(" ") }
                wasBlank = true
            } else {
                result.append(character)
                wasBlank = false
            }
        }
        return result
    }

    /// Whether nothing is seen of a character that nevertheless reaches a model: zero-width ones, changes of direction, tags,
    /// selectors of variants.
    static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00AD, 0x061C, 0x180E, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x2064, 0x2066...0x206F, 0xFE00...0xFE0F, 0xFEFF,
            0xE0000...0xE007F, 0xE0100...0xE01EF:
            true
        default: false
        }
    }
}
