import JSONValue
import NIOCore
import NIOHTTP1

/// Any request to the API server, for what the typed calls do not cover.
public struct RawRequest: Sendable {
    /// The method. Default: GET.
    public var method: HTTPMethod
    /// The path, percent-encoded where needed, without the query.
    public var path: String
    /// The query; values are percent-encoded when sent.
    public var query: [(String, String)]
    /// Further headers.
    public var headers: HTTPHeaders
    /// The body.
    public var body: ByteBuffer?
    /// Whether doing it twice is the same as doing it once, so that it may be repeated. Default: for GET and HEAD.
    public var isRepeatable: Bool
    /// The time for one attempt; `nil` for that of the configuration.
    public var timeout: Duration?
    /// The name of the call in metrics, as in `list`.
    public var verb: String

    /// Makes a request.
    public init(
        _ method: HTTPMethod = .GET,
        path: String,
        query: [(String, String)] = [],
        headers: HTTPHeaders = [:],
        body: ByteBuffer? = nil,
        isRepeatable: Bool? = nil,
        timeout: Duration? = nil,
        verb: String? = nil
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.isRepeatable = isRepeatable ?? (method == .GET || method == .HEAD)
        self.timeout = timeout
        self.verb = verb ?? method.rawValue.lowercased()
    }

    /// The body as JSON.
    mutating func setBody(_ json: JSON, contentType: String = "application/json") {
        // Bodies of server-side apply are read as YAML.
        body = ByteBuffer(bytes: json.serialized(forYAML: contentType.hasSuffix("+yaml")))
        headers.replaceOrAdd(name: "Content-Type", value: contentType)
    }

    /// Whether a conflict of a repeated attempt may be with what an earlier one did, whose answer was lost.
    var mayConflictWithItself = false

    /// The path with its query.
    var target: String {
        guard !query.isEmpty else { return path }
        return path + "?" + query.map { "\(Self.encode($0.0))=\(Self.encode($0.1))" }.joined(separator: "&")
    }

    /// Percent-encodes everything but the unreserved characters (RFC 3986 section 2.3).
    static func encode(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return result
    }
}

/// The answer to a ``RawRequest``.
public struct RawResponse: Sendable {
    /// The HTTP status code, below 300.
    public var status: Int
    /// The headers.
    public var headers: HTTPHeaders
    /// The whole body.
    public var body: ByteBuffer

    /// What the server remarked.
    public var warnings: [ServerWarning] { ServerWarning.read(headers) }

    /// The body as JSON.
    ///
    /// - Throws: ``KubernetesError`` with code `decoding`.
    public func json() throws -> JSON {
        do {
            return try body.withUnsafeReadableBytes { (bytes: UnsafeRawBufferPointer) throws -> JSON in try JSON(parsing: bytes) }
        } catch {
            let type = headers.first(name: "Content-Type") ?? "no content type"
            throw KubernetesError(
                .decoding,
                "The answer of the server (\(type), \(body.readableBytes) bytes) is no JSON: \(StatusDecoding.excerpt(body))",
                cause: error
            )
        }
    }
}
