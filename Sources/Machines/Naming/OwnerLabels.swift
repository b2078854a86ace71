/// The labels that say whose a machine is, legal with every provider: lower case, digits, `-` and `_`, at most 63 characters.
public enum OwnerLabels {
    /// The value of a `managed-by` label.
    public static let product = "opencrane"

    /// The value of an owner's label: its uid when that is legal, otherwise a hash of it.
    public static func value(of owner: MachineOwner) -> String { value(of: owner.uid) }

    /// The value of a label for any text: the text itself when it is legal, otherwise a hash of it.
    public static func value(of uid: String) -> String {
        let isLegal =
            !uid.isEmpty && uid.utf8.count <= 63 && uid.utf8.allSatisfy(isAllowed) && uid.utf8.first.map(isAlphanumeric) == true
            && uid.utf8.last.map(isAlphanumeric) == true
        return isLegal ? uid : Digests.hexadecimal(of: uid, length: 40)
    }

    /// Whether a text is a legal label value for Compute Engine, the strictest of all.
    static func isLegalValue(_ text: String) -> Bool { text.utf8.count <= 63 && text.utf8.allSatisfy(isAllowed) }

    /// Whether a text is a legal label key for Compute Engine.
    static func isLegalKey(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 63 else { return false }
        return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first) && text.utf8.allSatisfy(isAllowed)
    }

    private static func isAllowed(_ byte: UInt8) -> Bool { isAlphanumeric(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
