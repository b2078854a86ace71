/// The rules for names and labels that all API objects share.
///
/// They are those of `k8s.io/apimachinery/pkg/util/validation`: RFC 1123 labels and subdomains, qualified names, label values.
public enum Names {
    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    private static func isLowerAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
    }

    /// Whether a text is an RFC 1123 label: at most 63 characters of `a-z`, `0-9` and `-`, beginning and ending with a letter or digit.
    public static func isDNSLabel(_ text: some StringProtocol) -> Bool {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, let last = bytes.last, bytes.count <= 63 else { return false }
        return isLowerAlphanumeric(first) && isLowerAlphanumeric(last) && bytes.allSatisfy { isLowerAlphanumeric($0) || $0 == 0x2D }
    }

    /// Whether a text is an RFC 1123 subdomain: labels joined by dots, at most 253 characters in all.
    public static func isDNSSubdomain(_ text: String) -> Bool {
        guard !text.isEmpty, text.utf8.count <= 253 else { return false }
        return text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
            let bytes = Array(part.utf8)
            guard let first = bytes.first, let last = bytes.last else { return false }
            return isLowerAlphanumeric(first) && isLowerAlphanumeric(last) && bytes.allSatisfy { isLowerAlphanumeric($0) || $0 == 0x2D }
        }
    }

    /// Whether a text is a qualified name, as label and annotation keys are: an optional DNS prefix and `/`, then up to 63 characters of
    /// letters, digits, `-`, `_` and `.`, beginning and ending with a letter or digit.
    public static func isQualifiedName(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        switch parts.count {
        case 1: return isNamePart(parts[0])
        case 2: return isDNSSubdomain(String(parts[0])) && isNamePart(parts[1])
        default: return false
        }
    }

    /// Whether a text may be the value of a label: empty, or up to 63 characters of letters, digits, `-`, `_` and `.`, beginning and ending
    /// with a letter or digit.
    public static func isLabelValue(_ text: String) -> Bool { text.isEmpty || isNamePart(text[...]) }

    private static func isNamePart(_ text: Substring) -> Bool {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, let last = bytes.last, bytes.count <= 63 else { return false }
        return isAlphanumeric(first) && isAlphanumeric(last)
            && bytes.allSatisfy { isAlphanumeric($0) || $0 == 0x2D || $0 == 0x5F || $0 == 0x2E }
    }
}
