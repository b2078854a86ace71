/// A set of Unicode scalars: ranges, categories, and whether the whole is negated.
struct ScalarSet: Sendable {
    private(set) var ranges: [ClosedRange<UInt32>] = []
    private var categories: [(Set<Unicode.GeneralCategory>, negated: Bool)] = []
    var isNegated = false

    init(_ ranges: [ClosedRange<UInt32>] = []) { self.ranges = ranges }

    /// The set of one scalar; without case, also of its other case.
    init(_ scalar: Unicode.Scalar, ignoringCase: Bool) {
        insert(scalar.value...scalar.value, ignoringCase: ignoringCase)
    }

    static let all = ScalarSet([0...0x10_FFFF])
    static let allButLineBreak = ScalarSet([0...9, 11...0x10_FFFF])

    /// Adds a range; without case, also the other case of the letters in it.
    mutating func insert(_ range: ClosedRange<UInt32>, ignoringCase: Bool = false) {
        ranges.append(range)
        guard ignoringCase else { return }
        // Letters beyond Latin keep their case in a range; single ones do not: schemas have no need for more.
        let bound = range.count == 1 ? range : range.clamped(to: 0...0x24F)
        for value in bound {
            guard let scalar = Unicode.Scalar(value) else { continue }
            for text in [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping] {
                guard text.unicodeScalars.count == 1, let other = text.unicodeScalars.first, other != scalar else { continue }
                ranges.append(other.value...other.value)
            }
        }
    }

    /// Adds the ranges and categories of another set, negated or not.
    mutating func formUnion(_ other: ScalarSet) {
        if other.isNegated {
            ranges += other.complement
        } else {
            ranges += other.ranges
            categories += other.categories
        }
    }

    /// Adds a Unicode category by its short name, for instance `L` or `Nd`.
    mutating func insert(category name: String, negated: Bool) -> Bool {
        guard let members = Self.categories[name] else { return false }
        categories.append((members, negated))
        return true
    }

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        let value = scalar.value
        var found = ranges.contains { $0.contains(value) }
        if !found {
            found = categories.contains { $0.0.contains(scalar.properties.generalCategory) != $0.negated }
        }
        return found != isNegated
    }

    /// The ranges between the ranges.
    private var complement: [ClosedRange<UInt32>] {
        var gaps: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > next { gaps.append(next...(range.lowerBound - 1)) }
            next = max(next, range.upperBound + 1)
        }
        if next <= 0x10_FFFF { gaps.append(next...0x10_FFFF) }
        return gaps
    }

    /// `\d`, `\w`, `\s` and their negations.
    static func perl(_ letter: Unicode.Scalar) -> ScalarSet? {
        var set: ScalarSet
        switch letter {
        case "d", "D": set = ScalarSet([48...57])
        case "w", "W": set = ScalarSet([48...57, 65...90, 95...95, 97...122])
        case "s", "S": set = ScalarSet([9...10, 12...13, 32...32])
        default: return nil
        }
        set.isNegated = letter.properties.isUppercase
        return set
    }

    /// The ASCII classes `[:alpha:]` and so on.
    static func posix(_ name: String) -> ScalarSet? {
        switch name {
        case "alnum": ScalarSet([48...57, 65...90, 97...122])
        case "alpha": ScalarSet([65...90, 97...122])
        case "ascii": ScalarSet([0...127])
        case "blank": ScalarSet([9...9, 32...32])
        case "cntrl": ScalarSet([0...31, 127...127])
        case "digit": ScalarSet([48...57])
        case "graph": ScalarSet([33...126])
        case "lower": ScalarSet([97...122])
        case "print": ScalarSet([32...126])
        case "punct": ScalarSet([33...47, 58...64, 91...96, 123...126])
        case "space": ScalarSet([9...13, 32...32])
        case "upper": ScalarSet([65...90])
        case "word": ScalarSet([48...57, 65...90, 95...95, 97...122])
        case "xdigit": ScalarSet([48...57, 65...70, 97...102])
        default: nil
        }
    }

    private static let categories: [String: Set<Unicode.GeneralCategory>] = [
        "L": [.uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter],
        "Lu": [.uppercaseLetter], "Ll": [.lowercaseLetter], "Lt": [.titlecaseLetter], "Lm": [.modifierLetter], "Lo": [.otherLetter],
        "M": [.nonspacingMark, .spacingMark, .enclosingMark], "Mn": [.nonspacingMark], "Mc": [.spacingMark], "Me": [.enclosingMark],
        "N": [.decimalNumber, .letterNumber, .otherNumber], "Nd": [.decimalNumber], "Nl": [.letterNumber], "No": [.otherNumber],
        "P": [
            .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation, .finalPunctuation,
            .otherPunctuation,
        ],
        "S": [.mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol],
        "Z": [.spaceSeparator, .lineSeparator, .paragraphSeparator], "Zs": [.spaceSeparator],
        "C": [.control, .format, .surrogate, .privateUse, .unassigned], "Cc": [.control],
    ]
}
