/// The formats a string can be asked to have: those kube-apiserver checks in a CustomResourceDefinition of version v1, and those of OpenAPI.
///
/// A format outside this list is documentation only, as it is there.
public enum StringFormat {
    /// Whether the text has the format; `nil` when the format is unknown and therefore not checked.
    public static func isValid(_ text: String, format: String) -> Bool? {
        switch format {
        case "date": isDate(text)
        case "date-time", "datetime": isDateTime(text)
        case "duration": isDuration(text)
        case "email": isEmail(text)
        case "hostname": isHostname(text)
        case "ipv4": IPAddressText.isIPv4(text)
        case "ipv6": IPAddressText.isIPv6(text)
        case "cidr": IPAddressText.isCIDR(text)
        case "mac": isMAC(text)
        case "uri": isURI(text)
        case "uuid": isUUID(text)
        case "uuid3": isUUID(text, version: "3")
        case "uuid4": isUUID(text, version: "4")
        case "uuid5": isUUID(text, version: "5")
        case "byte": isBase64(text)
        case "hexcolor": isHexColour(text)
        case "password": true
        default: nil
        }
    }

    /// RFC 3339 full-date of a day that exists.
    static func isDate(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, let year = number(parts[0], digits: 4), let month = number(parts[1], digits: 2),
            let day = number(parts[2], digits: 2), (1...12).contains(month)
        else { return false }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return (1...days[month - 1]).contains(day)
    }

    /// RFC 3339 date-time.
    static func isDateTime(_ text: String) -> Bool {
        guard text.utf8.count >= 20, let separator = text.firstIndex(where: { $0 == "T" || $0 == "t" }) else { return false }
        guard isDate(String(text[..<separator])) else { return false }
        let rest = text[text.index(after: separator)...]
        guard let zone = rest.firstIndex(where: { "Zz+-".contains($0) }) else { return false }
        return isClock(rest[..<zone]) && isZone(rest[zone...])
    }

    private static func isClock(_ text: Substring) -> Bool {
        let halves = text.split(separator: ".", omittingEmptySubsequences: false)
        guard halves.count <= 2, halves.count == 1 || (!halves[1].isEmpty && halves[1].utf8.allSatisfy(isDigit)) else { return false }
        let parts = halves[0].split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, let hour = number(parts[0], digits: 2), let minute = number(parts[1], digits: 2),
            let second = number(parts[2], digits: 2)
        else { return false }
        return hour < 24 && minute < 60 && second <= 60
    }

    private static func isZone(_ text: Substring) -> Bool {
        if text == "Z" || text == "z" { return true }
        let parts = text.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let hour = number(parts[0], digits: 2), let minute = number(parts[1], digits: 2) else { return false }
        return hour < 24 && minute < 60
    }

    /// Go's durations: `1h30m`, `250ms`, with sign and fraction.
    static func isDuration(_ text: String) -> Bool {
        var rest = Substring(text)
        if let first = rest.first, first == "-" || first == "+" { rest = rest.dropFirst() }
        if rest == "0" { return true }
        guard !rest.isEmpty else { return false }
        while !rest.isEmpty {
            let amount = rest.prefix { $0.isNumber || $0 == "." }
            guard amount.contains(where: \.isNumber), amount.count(where: { $0 == "." }) <= 1 else { return false }
            rest = rest.dropFirst(amount.count)
            guard let unit = ["ns", "us", "µs", "ms", "s", "m", "h", "d", "w"].first(where: { matchesUnit($0, rest) }) else { return false }
            rest = rest.dropFirst(unit.count)
        }
        return true
    }

    private static func matchesUnit(_ unit: String, _ rest: Substring) -> Bool {
        guard rest.hasPrefix(unit) else { return false }
        let after = rest.dropFirst(unit.count).first
        return after == nil || after?.isNumber == true || after == "."
    }

    /// An address of RFC 5322 without a display name: a local part, `@`, a host.
    static func isEmail(_ text: String) -> Bool {
        guard text.utf8.count <= 254, let at = text.lastIndex(of: "@"), at != text.startIndex else { return false }
        let local = text[..<at]
        let host = text[text.index(after: at)...]
        let isQuoted = local.utf8.count > 2 && local.hasPrefix("\"") && local.hasSuffix("\"")
        if !isQuoted {
            guard !local.hasPrefix("."), !local.hasSuffix("."), !local.contains("..") else { return false }
            let allowed = local.unicodeScalars.allSatisfy { isAtomScalar($0) || $0 == "." }
            guard allowed else { return false }
        }
        return !host.isEmpty && host.unicodeScalars.allSatisfy { isAtomScalar($0) || $0 == "." || "[]:".unicodeScalars.contains($0) }
            && !host.hasPrefix(".") && !host.hasSuffix(".") && !host.contains("..")
    }

    private static func isAtomScalar(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value >= 128 { return true }
        return isLetterOrDigit(UInt8(scalar.value)) || "!#$%&'*+-/=?^_`{|}~".unicodeScalars.contains(scalar)
    }

    /// RFC 1123: labels of letters, digits and hyphens, at most 255 bytes.
    static func isHostname(_ text: String) -> Bool {
        guard !text.isEmpty, text.utf8.count <= 255 else { return false }
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        return labels.allSatisfy { label in
            guard !label.isEmpty, label.utf8.count <= 63, label.first != "-", label.last != "-" else { return false }
            return label.utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") }
        }
    }

    static func isMAC(_ text: String) -> Bool {
        let separator: Character = text.contains("-") ? "-" : ":"
        let parts = text.split(separator: separator, omittingEmptySubsequences: false)
        return [6, 8].contains(parts.count) && parts.allSatisfy { $0.utf8.count == 2 && $0.utf8.allSatisfy(isHexDigit) }
    }

    /// An absolute URI, or an absolute path, as Go's `url.ParseRequestURI` takes them.
    static func isURI(_ text: String) -> Bool {
        guard !text.isEmpty, text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else { return false }
        if text.hasPrefix("/") { return true }
        guard let colon = text.firstIndex(of: ":"), let first = text.utf8.first, isLetter(first) else { return false }
        let scheme = text[..<colon].utf8
        guard scheme.allSatisfy({ isLetterOrDigit($0) || "+-.".utf8.contains($0) }) else { return false }
        return text.index(after: colon) < text.endIndex
    }

    static func isUUID(_ text: String, version: Character? = nil) -> Bool {
        let bare = text.filter { $0 != "-" }
        guard bare.utf8.count == 32, bare.utf8.allSatisfy(isHexDigit) else { return false }
        if text.contains("-") {
            guard text.split(separator: "-", omittingEmptySubsequences: false).map(\.utf8.count) == [8, 4, 4, 4, 12] else { return false }
        }
        guard let version else { return true }
        return bare[bare.index(bare.startIndex, offsetBy: 12)] == version
    }

    static func isBase64(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count % 4 == 0 else { return false }
        let padding = bytes.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        return padding <= 2
            && bytes.dropLast(padding).allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "/") }
    }

    static func isHexColour(_ text: String) -> Bool {
        let digits = text.hasPrefix("#") ? text.dropFirst() : Substring(text)
        return [3, 6].contains(digits.utf8.count) && digits.utf8.allSatisfy(isHexDigit)
    }

    private static func number(_ text: Substring, digits: Int) -> Int? {
        text.utf8.count == digits && text.utf8.allSatisfy(isDigit) ? Int(text) : nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
    private static func isLetter(_ byte: UInt8) -> Bool { (65...90).contains(byte) || (97...122).contains(byte) }
    private static func isLetterOrDigit(_ byte: UInt8) -> Bool { isDigit(byte) || isLetter(byte) }
    private static func isHexDigit(_ byte: UInt8) -> Bool { isDigit(byte) || (65...70).contains(byte) || (97...102).contains(byte) }
}
