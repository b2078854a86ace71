import HTTPTypes

/// Turns the credentials of a request into a principal.
public protocol Authenticator: Sendable {
    /// Looks at the headers of a request.
    ///
    /// - Parameter headers: the request's headers.
    /// - Returns: the caller, or nil when this authenticator finds no credential of its kind, or not one that it knows.
    /// - Throws: ``OperationError`` when the question cannot be answered now (503).
    func authenticate(_ headers: HTTPFields) async throws -> Principal?

    /// Looks at the headers of a request from an address. The responder asks this; by default the address does not matter.
    ///
    /// - Parameters:
    ///   - headers: the request's headers.
    ///   - remoteAddress: the client's address, for limits on failed tries; nil when it is not known.
    /// - Returns: the caller, or nil when this authenticator finds no credential of its kind, or not one that it knows.
    /// - Throws: ``OperationError`` when the question cannot be answered now (503), or was asked too often (429).
    func authenticate(_ headers: HTTPFields, from remoteAddress: String?) async throws -> Principal?

    /// Looks at a request's headers, address and method. The responder asks this; by default the method does not matter.
    ///
    /// - Parameters:
    ///   - headers: the request's headers.
    ///   - remoteAddress: the client's address; nil when it is not known.
    ///   - method: the request's method: some credentials are good for reading alone, or need more proof for anything else.
    /// - Returns: the caller, or nil when this authenticator finds no credential of its kind, or not one that it knows.
    /// - Throws: ``OperationError``, as the others do, and when the credential is not good for the method (403).
    func authenticate(
        _ headers: HTTPFields,
        from remoteAddress: String?,
        method: HTTPRequest.Method
    ) async throws -> Principal?
}

extension Authenticator {
    public func authenticate(
        _ headers: HTTPFields,
        from remoteAddress: String?,
        method: HTTPRequest.Method
    ) async throws -> Principal? {
        try await authenticate(headers, from: remoteAddress)
    }

    public func authenticate(_ headers: HTTPFields, from remoteAddress: String?) async throws -> Principal? {
        try await authenticate(headers)
    }
}

/// Asks several authenticators in turn. With none in it, nobody is let in: a surface without configuration fails closed.
public struct AuthenticatorChain: Authenticator {
    private let members: [any Authenticator]

    /// Makes a chain.
    ///
    /// - Parameter members: the authenticators, first asked first.
    public init(_ members: [any Authenticator]) { self.members = members }

    public func authenticate(_ headers: HTTPFields) async throws -> Principal? { try await authenticate(headers, from: nil) }

    public func authenticate(_ headers: HTTPFields, from remoteAddress: String?) async throws -> Principal? {
        // Whoever does not say what is done is asked for all that a change needs.
        try await authenticate(headers, from: remoteAddress, method: .post)
    }

    public func authenticate(
        _ headers: HTTPFields,
        from remoteAddress: String?,
        method: HTTPRequest.Method
    ) async throws -> Principal? {
        for member in members {
            if let principal = try await member.authenticate(headers, from: remoteAddress, method: method) { return principal }
        }
        return nil
    }
}

extension HTTPRequest.Method {
    /// Whether a request with this method changes nothing (RFC 9110 section 9.2.1).
    public var isSafe: Bool { self == .get || self == .head || self == .options }
}

/// The bearer token of an `Authorization` header (RFC 6750 section 2.1).
public enum BearerToken {
    /// Takes the token out of the headers.
    ///
    /// - Returns: the token; nil without the header, with another scheme, or with an empty token.
    public static func find(in headers: HTTPFields) -> String? {
        guard let value = headers[.authorization] else { return nil }
        let parts = value.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        let token = parts[1].drop { $0 == " " }
        return token.isEmpty ? nil : String(token)
    }
}
