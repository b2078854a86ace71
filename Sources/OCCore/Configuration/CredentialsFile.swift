import Foundation
import JSONValue

/// The file with the token and the server it is for: `~/.config/opencrane/credentials.json`, readable by its owner only.
public struct CredentialsFile: Sendable {
    /// What the file says.
    public struct Credentials: Sendable, Hashable {
        /// The bearer token.
        public var token: String
        /// The server's address.
        public var baseURL: String?
        /// The token's id where `oc` has got it by itself, and so may revoke it.
        public var tokenID: String?

        /// Makes credentials.
        public init(token: String, baseURL: String?, tokenID: String? = nil) {
            self.token = token
            self.baseURL = baseURL
            self.tokenID = tokenID
        }
    }

    /// Where the file is.
    public var path: String

    /// The file at a path.
    public init(path: String) { self.path = path }

    /// The file of a user: below `XDG_CONFIG_HOME` when that is set, otherwise below `~/.config`.
    public init(environment: [String: String]) {
        let home = environment["HOME"] ?? NSHomeDirectory()
        let base = environment["XDG_CONFIG_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? "\(home)/.config"
        path = "\(base)/opencrane/credentials.json"
    }

    /// What the file says; `nil` when there is none.
    ///
    /// - Throws: ``OCError`` when the file is there and cannot be understood.
    public func read() throws -> Credentials? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        guard let data = FileManager.default.contents(atPath: path), let json = try? JSON(parsing: data),
            let token = json["token"]?.stringValue, !token.isEmpty
        else { throw OCError(.unauthorised, code: "BAD_CREDENTIALS_FILE", "\(path) holds no token; run `oc login` again") }
        return Credentials(token: token, baseURL: json["baseUrl"]?.stringValue, tokenID: json["tokenId"]?.stringValue)
    }

    /// Writes the file, readable by its owner only from the first moment.
    public func write(_ credentials: Credentials) throws {
        let manager = FileManager.default
        let place = URL(filePath: path)
        try manager.createDirectory(
            at: place.deletingLastPathComponent(),
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        var json: JSON = ["token": .string(credentials.token)]
        json["baseUrl"] = credentials.baseURL.map(JSON.string)
        json["tokenId"] = credentials.tokenID.map(JSON.string)
        let new = path + ".new"
        try? manager.removeItem(atPath: new)
        guard manager.createFile(atPath: new, contents: Data(json.serialized(pretty: true)), attributes: [.posixPermissions: 0o600]) else {
            throw OCError(.failure, code: "CANNOT_WRITE", "\(new) cannot be written")
        }
        if manager.fileExists(atPath: path) { try manager.removeItem(atPath: path) }
        try manager.moveItem(atPath: new, toPath: path)
    }

    /// Removes the file.
    ///
    /// - Returns: whether there was one.
    public func remove() throws -> Bool {
        guard FileManager.default.fileExists(atPath: path) else { return false }
        try FileManager.default.removeItem(atPath: path)
        return true
    }
}
