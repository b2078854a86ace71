extension ClientConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The settings without secrets: credentials name their kind only, and a proxy's login is left out.
    public var description: String { "ClientConfiguration(\(settings.map { "\($0): \($1)" }.joined(separator: ", ")))" }

    /// The same as ``description``.
    public var debugDescription: String { description }

    /// What ``description`` shows, for `dump`.
    public var customMirror: Mirror { Mirror(self, children: settings.map { (label: $0, value: $1) }, displayStyle: .struct) }

    private var settings: [(String, String)] {
        var settings = [
            ("server", Self.withoutLogin(server)), ("credentials", "\(credentials)"), ("namespace", namespace), ("userAgent", userAgent),
            ("certificateAuthority", tls.certificateAuthority == nil ? "system" : "given"),
            ("clientCertificate", tls.identity == nil ? "none" : "given"),
        ]
        if let name = tls.serverName { settings.append(("serverName", name)) }
        if tls.isVerificationDisabled { settings.append(("isVerificationDisabled", "true")) }
        if let impersonation { settings.append(("impersonation", impersonation.user)) }
        if let proxy { settings.append(("proxy", Self.withoutLogin(proxy))) }
        settings += [
            ("requestTimeout", "\(requestTimeout)"), ("callTimeout", "\(callTimeout)"), ("connectTimeout", "\(connectTimeout)"),
            ("watchTimeout", "\(watchTimeout)"), ("watchIdleMargin", "\(watchIdleMargin)"), ("watchOpenTimeout", "\(watchOpenTimeout)"),
            ("maximumConnections", "\(maximumConnections)"), ("maximumResponseBytes", "\(maximumResponseBytes)"),
            ("retry.maximumAttempts", "\(retry.maximumAttempts)"),
        ]
        if let rateLimit { settings.append(("rateLimit", "\(rateLimit)")) }
        return settings
    }

    /// A URL with `<redacted>` for a name and password. It need not be well formed: all that is before the last `@` of the authority goes.
    static func withoutLogin(_ url: String) -> String {
        let start = url.firstRange(of: "://")?.upperBound ?? url.startIndex
        // A password may hold a slash that should have been escaped; the login ends at the last @ of all the same.
        guard let end = url[start...].lastIndex(of: "@") else { return url }
        return url[..<start] + "<redacted>" + url[end...]
    }
}
