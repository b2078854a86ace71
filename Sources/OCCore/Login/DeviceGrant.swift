import JSONValue

/// A device grant as the control plane gives it: what the person opens, and what the command line asks for its token with.
struct DeviceGrant: Sendable, Hashable {
    /// The secret that the token is asked for with.
    let deviceCode: String
    /// What the person compares with what the page shows.
    let userCode: String
    /// The page to open.
    let page: String
    /// For how many seconds the grant can be approved.
    let lifetime: Int
    /// Seconds between two questions.
    let interval: Int

    /// Reads the answer to `POST /auth/device`.
    ///
    /// - Throws: ``OCError`` when something is missing, or could not be shown on a terminal as it is.
    init(_ json: JSON) throws(OCError) {
        guard let deviceCode = json["deviceCode"]?.stringValue, let userCode = json["userCode"]?.stringValue,
            let page = json["verificationUri"]?.stringValue, let lifetime = json["expiresIn"]?.integerValue
        else { throw .badLoginAnswer }
        guard [deviceCode, userCode, page].allSatisfy(Self.isVisible), page.hasPrefix("https://") || page.hasPrefix("http://"),
            (1...86_400).contains(lifetime)
        else { throw .badLoginAnswer }
        self.deviceCode = deviceCode
        self.userCode = userCode
        self.page = page
        self.lifetime = Int(lifetime)
        // RFC 8628 section 3.2: five seconds when nothing is said.
        interval = Int(min(max(json["interval"]?.integerValue ?? 5, 1), 300))
    }

    /// Whether a text is printed as it is: no control characters that would move a terminal's cursor.
    private static func isVisible(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 2048 && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }
}

/// The token that a device grant ends in.
struct DeviceToken: Sendable, Hashable {
    /// The bearer token.
    let text: String
    /// Its id, to revoke it by.
    let id: String?

    /// Reads the answer of 200 to `GET /auth/device/token`.
    ///
    /// - Throws: ``OCError`` when there is no token that could be sent in a header.
    init(_ json: JSON) throws(OCError) {
        guard let text = json["token"]?.stringValue, !text.isEmpty, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw .badLoginAnswer
        }
        self.text = text
        id = json["tokenId"]?.stringValue
    }
}

extension OCError {
    /// What answers is no control plane, or a broken one.
    static let badLoginAnswer = OCError(
        .failure,
        code: "BAD_ANSWER",
        "The server's answer is no login: is this the address of a control plane?"
    )
}
