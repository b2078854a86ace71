import NIOCore
import NIOHTTP1

/// Carries single requests to an API server. The client's own is built on async-http-client; tests and simulations bring theirs.
public protocol Transport: Sendable {
    /// Sends one request and returns when the head of the answer is there. The body may be endless.
    ///
    /// - Parameters:
    ///   - request: what to send.
    ///   - limit: how long the head of the answer may take.
    /// - Throws: ``TransportError``, or `CancellationError`.
    func send(_ request: TransportRequest, headWithin limit: Duration) async throws -> TransportResponse

    /// Closes all connections. The transport is not used afterwards.
    func close() async
}

/// One HTTP request.
public struct TransportRequest: Sendable {
    /// The method.
    public var method: HTTPMethod
    /// The path and query, beginning with a slash and percent-encoded.
    public var target: String
    /// The headers.
    public var headers: HTTPHeaders
    /// The body.
    public var body: ByteBuffer?
    /// A client certificate that replaces the configured one.
    public var identity: ClientTLS.Identity?
    /// Tells identities of one client apart.
    public var identityGeneration: Int
    /// Whether the server did not accept the attempt before, so that certificates in files are read again first.
    public var isIdentityRefused: Bool

    /// Makes a request.
    public init(
        method: HTTPMethod,
        target: String,
        headers: HTTPHeaders = [:],
        body: ByteBuffer? = nil,
        identity: ClientTLS.Identity? = nil,
        identityGeneration: Int = 0,
        isIdentityRefused: Bool = false
    ) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.identity = identity
        self.identityGeneration = identityGeneration
        self.isIdentityRefused = isIdentityRefused
    }
}

/// The head of an answer, and its body as it arrives.
public struct TransportResponse: Sendable {
    /// The HTTP status code.
    public var status: Int
    /// The headers.
    public var headers: HTTPHeaders
    /// The body.
    public var body: TransportBody

    /// Makes an answer.
    public init(status: Int, headers: HTTPHeaders = [:], body: TransportBody = .init([])) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// A body that arrives in pieces. It can be read once.
public struct TransportBody: AsyncSequence, Sendable {
    private let make: @Sendable () -> Iterator

    /// Wraps any sequence of pieces.
    public init<Pieces: AsyncSequence & Sendable>(_ pieces: Pieces) where Pieces.Element == ByteBuffer {
        make = {
            var iterator = pieces.makeAsyncIterator()
            return Iterator { try await iterator.next() }
        }
    }

    /// A body whose pieces are all there.
    public init(_ pieces: [ByteBuffer]) {
        make = {
            var iterator = pieces.makeIterator()
            return Iterator { iterator.next() }
        }
    }

    /// Reads the pieces.
    public func makeAsyncIterator() -> Iterator { make() }

    /// Reads the pieces.
    public struct Iterator: AsyncIteratorProtocol {
        private let read: () async throws -> ByteBuffer?

        init(_ read: @escaping () async throws -> ByteBuffer?) { self.read = read }

        /// The next piece; `nil` at the end.
        public mutating func next() async throws -> ByteBuffer? { try await read() }
    }
}

/// Why a request got no answer.
public struct TransportError: Error, Sendable, CustomStringConvertible {
    /// What is known about the request.
    public enum Code: String, Sendable {
        /// No connection was made, so the server saw nothing.
        case notSent
        /// The connection broke; the server may have seen the request.
        case connectionLost
        /// The time was over.
        case timedOut
    }

    /// What is known about the request.
    public var code: Code
    /// The error below.
    public var cause: any Error

    /// Makes an error.
    public init(_ code: Code, cause: any Error) {
        self.code = code
        self.cause = cause
    }

    /// The kind and the cause.
    public var description: String {
        switch code {
        case .notSent: "No connection: \(cause)"
        case .connectionLost: "The connection broke: \(cause)"
        case .timedOut: "No answer in time: \(cause)"
        }
    }
}
