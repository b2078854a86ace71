/// Text as a terminal shows it: how many cells it takes, and nothing in it that moves the cursor.
enum DisplayText {
    /// A text on one line. Control characters and line breaks become blanks; what is not to be seen yet changes how the rest is shown,
    /// as a change of the writing direction does, becomes U+FFFD.
    static func line(_ text: String) -> String { filtered(text) { _ in false } }

    /// The same for a text of several lines: its line breaks and tabs stay.
    static func lines(_ text: String) -> String { filtered(text) { $0 == "\n" || $0 == "\t" } }

    /// How many cells of a terminal a text takes (Unicode Standard Annex 11).
    static func width(_ text: String) -> Int { text.reduce(0) { $0 + width($1) } }

    /// A text that takes so many cells at most; one that is cut ends with `…`.
    static func cut(_ text: String, to limit: Int) -> String {
        guard width(text) > limit else { return text }
        guard limit > 0 else { return "" }
        var (kept, used) = ("", 0)
        for character in text {
            let width = width(character)
            guard used + width <= limit - 1 else { break }
            kept.append(character)
            used += width
        }
        return kept + "…"
    }

    private static func filtered(_ text: String, _ stays: (Unicode.Scalar) -> Bool) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: scalars.append(stays(scalar) ? scalar : " ")
            // Joiners belong to words of some scripts, and to emoji.
            case .format where scalar.value != 0x200C && scalar.value != 0x200D: scalars.append("\u{FFFD}")
            default: scalars.append(scalar)
            }
        }
        return String(scalars)
    }

    private static func width(_ character: Character) -> Int {
        let scalars = character.unicodeScalars
        if scalars.contains(where: { $0.properties.isEmojiPresentation || $0.value == 0xFE0F }) { return 2 }
        return scalars.reduce(0) { $0 + width($1) }
    }

    private static func width(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: break
        }
        // Vowels and finals of Hangul stand below the consonant before them.
        if (0x1160...0x11FF).contains(scalar.value) { return 0 }
        return wide.contains { $0.contains(scalar.value) } ? 2 : 1
    }

    /// Scripts whose letters take two cells.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF,
        0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF, 0x1F200...0x1F2FF,
        0x20000...0x3FFFD,
    ]
}
