import AsyncHTTPClient
import Foundation
import JSONValue
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import Observability

/// Manages a LiteLLM proxy: keys, the ceilings of a team and of its members, credentials of providers, and what was used.
///
/// Requests and answers are those of LiteLLM's management endpoints (`litellm/proxy/management_endpoints`). What the proxy says in words is
/// never handed on.
public struct ModelProxyClient: Sendable {
    /// How much, and how long.
    public struct Limits: Sendable {
        /// The largest answer in bytes. Default: 8 MiB.
        public var answer = 8 * 1024 * 1024
        /// The largest answer about a team with all its members in bytes. Default: 24 MiB, for some 40,000 of them.
        public var team = 24 * 1024 * 1024
        /// How long one request may take. Default: 5 s.
        public var timeout: Duration = .seconds(5)
        /// Most pages of a list that are read. Default: 2000.
        public var pages = 2000

        /// The defaults.
        public init() {}
    }

    /// The proxy's address, without a path's slash at its end.
    public let endpoint: String
    private let masterKey: SensitiveString
    let limits: Limits
    private let http: HTTPClient

    /// A client.
    ///
    /// - Parameters:
    ///   - endpoint: the proxy: `http://litellm:4000`, with a path if need be, without credentials and query.
    ///   - masterKey: its master key.
    ///   - limits: how much, and how long.
    ///   - http: makes the requests. Default: the shared one.
    /// - Throws: ``ModelProxyError`` `MODEL_PROXY_ADDRESS_INVALID`.
    public init(
        endpoint: String,
        masterKey: SensitiveString,
        limits: Limits = Limits(),
        http: HTTPClient = .shared
    ) throws(ModelProxyError) {
        guard let parts = URLComponents(string: endpoint), let scheme = parts.scheme?.lowercased(), ["http", "https"].contains(scheme),
            let host = parts.host, !host.isEmpty, parts.user == nil, parts.password == nil, parts.query == nil, parts.fragment == nil
        else {
            throw ModelProxyError(.addressInvalid, "The model proxy is an http:// or https:// URL without credentials and query.")
        }
        var text = endpoint
        while text.last == "/" { text.removeLast() }
        self.endpoint = text
        self.masterKey = masterKey
        self.limits = limits
        self.http = http
    }

    /// Whether the proxy is there (`GET /health/liveliness`).
    ///
    /// - Throws: ``ModelProxyError``.
    public func requireAlive() async throws {
        let (status, _) = try await exchange(.GET, "/health/liveliness", answer: nil)
        guard status == 200 else { throw ModelProxyError.answered(status, "its health") }
    }

    /// Asks, and reads the answer.
    ///
    /// - Parameters:
    ///   - what: what is asked for, for messages.
    ///   - path: the path.
    ///   - query: the query.
    ///   - body: the body.
    ///   - answer: the largest answer in bytes; default ``Limits/answer``.
    /// - Returns: the answer, which was a success.
    /// - Throws: ``ModelProxyError``.
    func call(
        _ what: String,
        _ method: HTTPMethod,
        _ path: String,
        query: [(String, String)] = [],
        body: JSON? = nil,
        answer: Int? = nil
    ) async throws -> JSON {
        let bytes = try await perform(what, method, path, query: query, body: body, answer: answer ?? limits.answer)
        guard let json = try? JSON(parsing: bytes) else {
            throw ModelProxyError(.answerInvalid, "The model proxy's answer about \(what) is no JSON.")
        }
        return json
    }

    /// Asks for a change whose answer says nothing but that it was done, however much it holds.
    ///
    /// - Throws: ``ModelProxyError``.
    func tell(_ what: String, _ method: HTTPMethod, _ path: String, body: JSON) async throws {
        _ = try await perform(what, method, path, body: body, answer: nil)
    }

    /// Asks.
    ///
    /// - Parameter answer: the largest answer in bytes; nil when a larger one is no failure, and left.
    /// - Returns: the answer, which was a success.
    private func perform(
        _ what: String,
        _ method: HTTPMethod,
        _ path: String,
        query: [(String, String)] = [],
        body: JSON?,
        answer: Int?
    ) async throws -> [UInt8] {
        let (status, bytes) = try await exchange(method, path, query: query, body: body, answer: answer)
        guard (200..<300).contains(status) else {
            // The proxy refuses some things that are there already, or missing, with a 400 whose type tells.
            if status == 400, let kind = try? JSON(parsing: bytes)["error"]?["type"]?.stringValue {
                if kind == "team_member_already_in_team" { throw ModelProxyError.answered(409, what) }
            }
            throw ModelProxyError.answered(status, what)
        }
        return bytes
    }

    private func exchange(
        _ method: HTTPMethod,
        _ path: String,
        query: [(String, String)] = [],
        body: JSON? = nil,
        answer: Int?
    ) async throws -> (Int, [UInt8]) {
        var url = endpoint + path
        if !query.isEmpty { url += "?" + query.map { "\($0)=\(Self.encode($1))" }.joined(separator: "&") }
        var request = HTTPClientRequest(url: url)
        request.method = method
        request.headers.add(name: "Authorization", value: "Bearer \(masterKey.reveal())")
        request.headers.add(name: "Accept", value: "application/json")
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(body.serialized())
        }
        do {
            let (seconds, attoseconds) = limits.timeout.components
            let timeout = TimeAmount.nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
            let response = try await http.execute(request, timeout: timeout)
            let status = Int(response.status.code)
            do {
                return (status, Array(buffer: try await response.body.collect(upTo: answer ?? limits.answer)))
            } catch is NIOTooManyBytesError where answer == nil && (200..<300).contains(status) {
                return (status, [])
            }
        } catch let error as CancellationError {
            throw error
        } catch is NIOTooManyBytesError {
            throw ModelProxyError(.answerInvalid, "The model proxy's answer is larger than \(answer ?? limits.answer) bytes.")
        } catch let error as HTTPClientError where [.deadlineExceeded, .connectTimeout, .readTimeout].contains(error) {
            throw ModelProxyError(.timeout, "The model proxy did not answer in time.", cause: error)
        } catch {
            throw ModelProxyError(.unreachable, "The model proxy cannot be reached.", cause: error)
        }
    }

    /// A text as a part of a path or query.
    static func encode(_ text: String) -> String {
        var out = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
                out.unicodeScalars.append(Unicode.Scalar(byte))
            default: out += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return out
    }
}
