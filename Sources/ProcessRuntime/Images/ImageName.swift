/// The parts of a reference to an image.
struct ImageName: Sendable, Hashable {
    /// Registry and path, without tag and digest.
    var repository: String
    /// The tag; `latest` when there is none.
    var tag: String

    /// Reads a reference: `registry.example.com:5000/opencrane:0.1.0@sha256:…`.
    init(_ reference: String) {
        let named = reference.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)[0]
        let slash = named.lastIndex(of: "/") ?? named.startIndex
        if let colon = named[slash...].lastIndex(of: ":") {
            repository = String(named[..<colon])
            tag = String(named[named.index(after: colon)...])
        } else {
            repository = String(named)
            tag = "latest"
        }
    }
}
