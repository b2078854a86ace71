import Foundation

/// A repository of a registry: where it is, and its name.
public struct RegistryAddress: Sendable, Hashable, CustomStringConvertible {
    /// The registry's origin: scheme, host and port.
    public let origin: String
    /// The repository's name.
    public let repository: String

    /// An address.
    ///
    /// - Parameters:
    ///   - url: the registry: `https://registry.example.org`, with a port if need be, without credentials, path and query.
    ///   - repository: the repository's name: lower-case parts between slashes (OCI distribution specification, "Pulling manifests").
    /// - Throws: ``RegistryError`` `registry_address_invalid`.
    public init(url: String, repository: String) throws(RegistryError) {
        guard let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased(), ["http", "https"].contains(scheme),
            let host = parts.host, !host.isEmpty, parts.user == nil, parts.password == nil, parts.query == nil, parts.fragment == nil,
            parts.path.isEmpty || parts.path == "/"
        else {
            throw RegistryError(.addressInvalid, "A registry is an http:// or https:// URL without credentials, path and query.")
        }
        guard Self.isName(repository) else {
            throw RegistryError(
                .addressInvalid,
                "'\(repository)' is no name of a repository: lower-case letters, digits, and . _ - between them."
            )
        }
        origin = "\(scheme)://\(host.lowercased())\(parts.port.map { ":\($0)" } ?? "")"
        self.repository = repository
    }

    public var description: String { "\(origin)/\(repository)" }

    /// The URL of something in the repository.
    func url(_ path: String) -> String { "\(origin)/v2/\(repository)/\(path)" }

    /// The place an upload goes on at.
    ///
    /// - Parameter location: the `Location` header: a path or a URL of the registry's own origin; another one would be sent our credentials.
    /// - Throws: ``RegistryError`` `registry_answer_invalid`.
    func upload(at location: String?, digest: BlobDigest) throws(RegistryError) -> String {
        guard let location, !location.isEmpty, let base = URL(string: origin),
            let url = URL(string: location, relativeTo: base)?.absoluteURL,
            var parts = URLComponents(url: url, resolvingAgainstBaseURL: true),
            Self.origin(of: parts) == Self.origin(of: URLComponents(string: origin))
        else { throw RegistryError(.answerInvalid, "The registry sends uploads to a place that is not its own.") }
        parts.queryItems = (parts.queryItems ?? []) + [URLQueryItem(name: "digest", value: digest.description)]
        guard let text = parts.string else { throw RegistryError(.answerInvalid, "The registry gave no place for an upload.") }
        return text
    }

    private static func origin(of parts: URLComponents?) -> String? {
        guard let parts, let scheme = parts.scheme?.lowercased(), let host = parts.host?.lowercased() else { return nil }
        return "\(scheme)://\(host):\(parts.port ?? (scheme == "https" ? 443 : 80))"
    }

    private static func isName(_ name: String) -> Bool {
        guard name.utf8.count <= 255 else { return false }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        return !parts.isEmpty
            && parts.allSatisfy { part in
                guard let first = part.utf8.first, let last = part.utf8.last, isAlphanumeric(first), isAlphanumeric(last) else {
                    return false
                }
                var separators = 0
                for byte in part.utf8 {
                    if isAlphanumeric(byte) {
                        separators = 0
                    } else {
                        guard byte == 0x2E || byte == 0x5F || byte == 0x2D else { return false }
                        separators += 1
                        if separators > 1 && byte == 0x2E { return false }
                    }
                }
                return true
            }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) }
}
