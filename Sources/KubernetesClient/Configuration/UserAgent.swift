import Foundation

extension ClientConfiguration {
    /// The text of a `User-Agent` header as Kubernetes clients write it, so that audit logs, metrics and the managers of fields that one does not
    /// name tell who it was: `program/version (os/arch) library/version`, as `website-operator/1.2 (linux/amd64) opencrane/0.1.0`.
    ///
    /// - Parameters:
    ///   - program: Default: the name of this process.
    ///   - version: the program's version. Default: `unknown`.
    public static func userAgent(program: String? = nil, version: String = "unknown") -> String {
        let program = token(program ?? ProcessInfo.processInfo.processName)
        return "\(program)/\(token(version)) (\(operatingSystem)/\(architecture)) opencrane/\(libraryVersion)"
    }

    /// The version of this library, which is that of the whole package.
    static let libraryVersion = "0.2.0-dev"

    /// The text without what has a meaning in the header (RFC 9110 section 5.6.2).
    private static func token(_ text: String) -> String {
        let kept = text.map { character -> Character in
            character.isASCII && (character.isLetter || character.isNumber || "!#$%&'*+-.^_`|~".contains(character)) ? character : "-"
        }
        return kept.isEmpty ? "unknown" : String(kept)
    }

    private static var operatingSystem: String {
        #if os(Linux)
            "linux"
        #elseif os(macOS)
            "darwin"
        #else
            "unknown"
        #endif
    }

    private static var architecture: String {
        #if arch(x86_64)
            "amd64"
        #elseif arch(arm64)
            "arm64"
        #else
            "unknown"
        #endif
    }
}
