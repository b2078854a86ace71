import HTTPTypes
import Schema

/// A successful answer as the document shows it.
public struct ResponseDeclaration: Sendable, Hashable {
    /// Its status.
    public let status: HTTPResponse.Status
    /// What it means.
    public let description: String
    /// Media type of the body.
    public let mediaType: String
    /// Schema of the body; nil when there is none.
    public let schema: JSONSchema?
    /// Headers it carries, with their meaning.
    public let headers: [String: String]

    /// Declares an answer.
    ///
    /// - Parameters:
    ///   - status: its status.
    ///   - description: what it means.
    ///   - mediaType: media type of the body; default JSON.
    ///   - schema: schema of the body; nil when there is none.
    ///   - headers: headers it carries, with their meaning; default none.
    public init(
        status: HTTPResponse.Status,
        description: String,
        mediaType: String = "application/json",
        schema: JSONSchema?,
        headers: [String: String] = [:]
    ) {
        self.status = status
        self.description = description
        self.mediaType = mediaType
        self.schema = schema
        self.headers = headers
    }
}

/// A refusal an operation may answer with, for the document.
public struct ErrorDeclaration: Sendable, Hashable {
    /// Its status.
    public let status: HTTPResponse.Status
    /// Its stable code.
    public let code: String
    /// When it happens.
    public let description: String

    /// Declares a refusal.
    public init(_ status: HTTPResponse.Status, _ code: String, _ description: String) {
        self.status = status
        self.code = code
        self.description = description
    }
}
