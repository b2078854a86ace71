/// Who may come in. With no list, everyone whom the provider lets log in.
public struct AdmissionRules: Sendable, Hashable {
    /// E-mail addresses; compared without case.
    public var emails: Set<String>
    /// Domains of e-mail addresses, without what is below them; compared without case.
    public var domains: Set<String>
    /// Groups; compared to the letter.
    public var groups: Set<String>
    /// Whether everyone needs an e-mail address that the provider vouches for. Who comes in by address or domain always does. Default: yes.
    public var requiresVerifiedEmail: Bool

    /// Rules.
    public init(emails: Set<String> = [], domains: Set<String> = [], groups: Set<String> = [], requiresVerifiedEmail: Bool = true) {
        self.emails = Set(emails.map(Self.fold))
        self.domains = Set(domains.map { Self.fold($0.hasPrefix("@") ? String($0.dropFirst()) : $0) })
        self.groups = groups
        self.requiresVerifiedEmail = requiresVerifiedEmail
    }

    /// Decides.
    ///
    /// - Throws: ``OpenIDError`` with `emailMissing`, `emailNotVerified` or `notAdmitted`.
    public func check(_ identity: OpenIDIdentity) throws(OpenIDError) {
        if requiresVerifiedEmail { _ = try verifiedAddress(of: identity) }
        if emails.isEmpty, domains.isEmpty, groups.isEmpty { return }
        if !groups.isDisjoint(with: identity.groups) { return }
        if emails.isEmpty, domains.isEmpty { throw OpenIDError(.notAdmitted, "You are in none of the groups that may come in.") }
        let address = try verifiedAddress(of: identity)
        if emails.contains(address) { return }
        if let domain = Self.domain(of: address), domains.contains(domain) { return }
        throw OpenIDError(.notAdmitted, "Your account is not among those that may come in.")
    }

    private func verifiedAddress(of identity: OpenIDIdentity) throws(OpenIDError) -> String {
        guard let email = identity.email, Self.domain(of: email) != nil else {
            throw OpenIDError(.emailMissing, "Your account has no e-mail address.")
        }
        guard identity.isEmailVerified else {
            throw OpenIDError(.emailNotVerified, "Your e-mail address is not verified; verify it with the provider you log in with.")
        }
        return Self.fold(email)
    }

    /// The part behind the one `@`; `nil` for what is no plain address.
    static func domain(of address: String) -> String? {
        let parts = address.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty, address.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            return nil
        }
        return fold(String(parts[1]))
    }

    /// ASCII letters only: other letters have lower cases that equal each other.
    private static func fold(_ text: String) -> String {
        String(decoding: text.utf8.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }, as: UTF8.self)
    }
}
