import HTTPOperations
import Schema

/// A grant as the device learns of it.
struct DeviceGrantAnswer: Codable, Sendable, Hashable, SchemaDescribing {
    var deviceCode: String
    var userCode: String
    var verificationUri: String
    var expiresIn: Int
    var interval: Int

    static var schemaName: String? { "DeviceGrant" }
    static let schemaNotes: [String: SchemaNote] = [
        "deviceCode": "What the device asks for its token with; nobody else may know it.",
        "userCode": "What the person compares with what the page shows.", "verificationUri": "The page to open in a browser.",
        "expiresIn": "For how many seconds the grant can be approved.", "interval": "Seconds between two questions of the device.",
    ]
}

/// Which grant the page is about.
struct DeviceActivation: Decodable, Sendable, SchemaDescribing {
    var userCode: String
    static let schemaNotes: [String: SchemaNote] = [
        "userCode": SchemaNote("Short user code from the CLI prompt (e.g. ABCD-1234).", maxLength: 32)
    ]
}

/// What somebody decides on the page.
struct DeviceDecision: Decodable, Sendable, SchemaDescribing {
    /// Yes or no.
    enum Answer: String, SchemaEnum {
        case approve, deny
    }

    var userCode: String
    var csrfToken: String
    var decision: Answer

    static var schemaName: String? { "DeviceDecision" }
    static let schemaNotes: [String: SchemaNote] = [
        "userCode": SchemaNote("The code that the page shows.", maxLength: 32),
        "csrfToken": SchemaNote("The session's token, as the page has it.", maxLength: 128), "decision": "Whether the device gets a token.",
    ]
}

/// Which device asks.
struct DevicePoll: Decodable, Sendable, SchemaDescribing {
    var deviceCode: String
    static let schemaNotes: [String: SchemaNote] = [
        "deviceCode": SchemaNote("Secret device code returned by POST /auth/device.", maxLength: 128)
    ]
}

/// What a device learns that asks for its token.
struct DeviceTokenAnswer: Codable, Sendable, Hashable, SchemaDescribing {
    var status: String
    var token: String?
    var tokenId: String?
    var expiresAt: String?
    var interval: Int?
    var error: String?
    var code: String?

    static var schemaName: String? { "DeviceToken" }
    static let schemaNotes: [String: SchemaNote] = [
        "status": "pending, authorized, denied or expired.", "token": "The access token, once.", "tokenId": "Its id, to delete it by.",
        "expiresAt": "When the token ends.",
        "interval": "Seconds to wait before the next question.", "error": "A sentence for people; absent when all is well.",
        "code":
            "authorization_pending, slow_down, access_denied or expired_token (RFC 8628 section 3.5); absent when the token is there.",
    ]
}
