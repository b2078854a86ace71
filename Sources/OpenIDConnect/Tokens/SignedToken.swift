import JSONValue

/// A signed token in its compact form (RFC 7515 section 3.1), taken apart but not believed.
struct SignedToken: Sendable {
    /// The longest token that is read, in bytes.
    static let longest = 64 << 10

    let algorithm: String
    let keyID: String?
    let claims: JSON
    let signature: [UInt8]
    /// What is signed: header and claims as they were sent.
    let signedBytes: [UInt8]

    /// - Throws: ``OpenIDError`` with `tokenMalformed`.
    init(_ text: String) throws(OpenIDError) {
        guard text.utf8.count <= Self.longest else {
            throw OpenIDError(.tokenMalformed, "The ID token is longer than \(Self.longest) bytes.")
        }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw OpenIDError(.tokenMalformed, "The ID token does not have three parts.") }
        let header = try Self.object(parts[0], "header")
        guard let algorithm = header["alg"]?.stringValue else { throw OpenIDError(.tokenMalformed, "The ID token names no algorithm.") }
        guard header["crit"] == nil else { throw OpenIDError(.tokenMalformed, "The ID token demands extensions that are not known here.") }
        if let type = header["typ"], type.stringValue?.lowercased() != "jwt" {
            throw OpenIDError(.tokenMalformed, "The token is of another type than an ID token.")
        }
        if let id = header["kid"], id.stringValue == nil { throw OpenIDError(.tokenMalformed, "The key id of the ID token is no text.") }
        self.algorithm = algorithm
        keyID = header["kid"]?.stringValue
        claims = try Self.object(parts[1], "claims")
        guard let signature = Base64URL.decode(parts[2]) else {
            throw OpenIDError(.tokenMalformed, "The signature of the ID token is not base64url.")
        }
        self.signature = signature
        signedBytes = Array(text.utf8.prefix(parts[0].utf8.count + 1 + parts[1].utf8.count))
    }

    private static func object(_ part: Substring, _ name: String) throws(OpenIDError) -> JSON {
        guard let bytes = Base64URL.decode(part), let json = try? JSON(parsing: bytes), json.objectValue != nil else {
            throw OpenIDError(.tokenMalformed, "The \(name) of the ID token is not a JSON object in base64url.")
        }
        return json
    }
}
