import JSONValue

/// A service account's key, as its key file has it.
public struct ServiceAccountKey: Sendable, CustomStringConvertible {
    /// Where tokens are had when the file does not say.
    public static let usualTokenURI = "https://oauth2.googleapis.com/token"

    /// The account's address.
    public var clientEmail: String
    /// The project it belongs to.
    public var projectID: String?
    /// The key's id.
    public var privateKeyID: String
    /// The key, PKCS#8 in PEM form.
    var privateKey: String
    /// Where tokens are had.
    public var tokenURI: String

    /// Reads a key file.
    ///
    /// - Throws: ``MachineError`` with `invalidRequest` when it is none.
    public init(json: JSON) throws(MachineError) {
        guard json["type"]?.stringValue == "service_account", let email = json["client_email"]?.stringValue,
            let key = json["private_key"]?.stringValue
        else {
            throw MachineError(
                .invalidRequest,
                "This is no service account's key: it needs type service_account, client_email and private_key",
                isPermanent: true
            )
        }
        clientEmail = email
        privateKey = key
        privateKeyID = json["private_key_id"]?.stringValue ?? ""
        projectID = json["project_id"]?.stringValue
        tokenURI = json["token_uri"]?.stringValue ?? Self.usualTokenURI
    }

    /// The account's address; never the key.
    public var description: String { "service account \(clientEmail)" }
}
