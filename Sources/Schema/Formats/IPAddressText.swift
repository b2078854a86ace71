/// Internet addresses as text (RFC 4291, RFC 4632), in the strict form that Go's `net` package takes.
public enum IPAddressText {
    /// Whether the text is an IPv4 address: four decimal parts up to 255, without leading zeros.
    public static func isIPv4(_ text: some StringProtocol) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                guard (1...3).contains(part.utf8.count), part.utf8.allSatisfy({ (48...57).contains($0) }) else { return false }
                guard part.utf8.count == 1 || part.first != "0" else { return false }
                return (Int(part) ?? 256) <= 255
            }
    }

    /// Whether the text is an IPv6 address; a zone (`%eth0`) is not allowed.
    public static func isIPv6(_ text: some StringProtocol) -> Bool {
        guard text.contains(":"), text.utf8.count <= 45 else { return false }
        var head = String(text)
        var groups = 8
        if let lastColon = head.lastIndex(of: ":"), head[lastColon...].contains(".") {
            guard isIPv4(head[head.index(after: lastColon)...]) else { return false }
            groups = 6
            head = String(head[..<lastColon])
            // "::1.2.3.4" leaves ":" and "1::1.2.3.4" leaves "1:": the elision's second colon is put back.
            if head.hasSuffix(":") { head += ":" }
            if head.isEmpty { return false }
        }
        guard let elision = elisionRange(in: head) else {
            let parts = head.split(separator: ":", omittingEmptySubsequences: false)
            return parts.count == groups && parts.allSatisfy(isGroup)
        }
        let before = head[..<elision.lowerBound]
        let after = head[elision.upperBound...]
        guard elisionRange(in: String(after)) == nil, !after.hasPrefix(":") else { return false }
        let left = before.isEmpty ? [] : before.split(separator: ":", omittingEmptySubsequences: false)
        let right = after.isEmpty ? [] : after.split(separator: ":", omittingEmptySubsequences: false)
        return left.count + right.count < groups && (left + right).allSatisfy(isGroup)
    }

    /// Whether the text is an address and a prefix length, IPv4 or IPv6, for instance `10.0.0.0/8`.
    public static func isCIDR(_ text: some StringProtocol) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...3).contains(parts[1].utf8.count), parts[1].utf8.allSatisfy({ (48...57).contains($0) }),
            let length = Int(parts[1]), String(length) == parts[1]
        else { return false }
        return isIPv4(parts[0]) ? length <= 32 : isIPv6(parts[0]) && length <= 128
    }

    private static func elisionRange(in text: String) -> Range<String.Index>? {
        var index = text.startIndex
        while index < text.endIndex {
            let next = text.index(after: index)
            if next < text.endIndex, text[index] == ":", text[next] == ":" { return index..<text.index(after: next) }
            index = next
        }
        return nil
    }

    private static func isGroup(_ text: Substring) -> Bool {
        (1...4).contains(text.utf8.count)
            && text.utf8.allSatisfy { (48...57).contains($0) || (65...70).contains($0) || (97...102).contains($0) }
    }
}
