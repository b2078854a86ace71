import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Requests over HTTP and HTTPS.
struct HTTPClientTransport: RESTTransport {
    /// The largest answer taken, in bytes.
    private static let bodyLimit = 64 << 20

    /// How to connect: a stream is ended by a silence longer than the request's timeout.
    private static func configuration(_ request: RESTRequest) throws(OCError) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        configuration.timeout.connect = .seconds(10)
        // A server that refuses connections says so at once; whoever wants to wait for it looks again.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.timeout.read = .seconds(Int64(request.timeout))
        if let path = request.certificateAuthority {
            do {
                var tls = TLSConfiguration.makeClientConfiguration()
                tls.additionalTrustRoots = [.certificates(try NIOSSLCertificate.fromPEMFile(path))]
                configuration.tlsConfiguration = tls
            } catch {
                throw OCError(.usage, code: "BAD_CERTIFICATE", "\(path) holds no certificates in PEM form")
            }
        }
        return configuration
    }

    func send(_ request: RESTRequest) async throws -> RESTResponse {
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: try Self.configuration(request))
        do {
            let response = try await Self.bounded(seconds: request.timeout) { try await Self.exchange(request, client) }
            try await client.shutdown()
            return response
        } catch {
            try? await client.shutdown()
            throw Self.unreachable(request, error)
        }
    }

    func stream(_ request: RESTRequest, chunk: ([UInt8]) throws -> Bool) async throws -> RESTResponse {
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: try Self.configuration(request))
        do {
            let response = try await client.execute(Self.message(request), timeout: .hours(24))
            var headers: [String: String] = [:]
            for header in response.headers { headers[header.name.lowercased()] = header.value }
            var result = RESTResponse(status: Int(response.status.code), headers: headers, body: [])
            if (200..<300).contains(result.status) {
                for try await part in response.body where try !chunk(Array(part.readableBytesView)) { break }
            } else {
                result.body = Array(try await response.body.collect(upTo: Self.bodyLimit).readableBytesView)
            }
            try await client.shutdown()
            return result
        } catch {
            try? await client.shutdown()
            throw Self.unreachable(request, error)
        }
    }

    private static func message(_ request: RESTRequest) -> HTTPClientRequest {
        var message = HTTPClientRequest(url: request.url)
        message.method = HTTPMethod(rawValue: request.method)
        for (name, value) in request.headers { message.headers.replaceOrAdd(name: name, value: value) }
        if let body = request.body { message.body = .bytes(body) }
        return message
    }

    private static func exchange(_ request: RESTRequest, _ client: HTTPClient) async throws -> RESTResponse {
        let response = try await client.execute(message(request), timeout: .seconds(Int64(request.timeout)))
        let body = try await response.body.collect(upTo: bodyLimit)
        var headers: [String: String] = [:]
        for header in response.headers { headers[header.name.lowercased()] = header.value }
        return RESTResponse(status: Int(response.status.code), headers: headers, body: Array(body.readableBytesView))
    }

    /// Bounds head and body together: the client's own timeout ends at the head.
    private static func bounded<Result: Sendable>(
        seconds: Int,
        _ work: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Result.self) { group in
            group.addTask { try await work() }
            group.addTask {
                try await Task.sleep(for: .seconds(seconds))
                throw OCError(.unreachable, code: "TIMEOUT", "The server did not answer within \(seconds) s")
            }
            defer { group.cancelAll() }
            guard let first = try await group.next() else { throw CancellationError() }
            return first
        }
    }

    private static func unreachable(_ request: RESTRequest, _ error: any Error) -> OCError {
        if let error = error as? OCError { return error }
        let server = request.url.split(separator: "/", omittingEmptySubsequences: false).prefix(3).joined(separator: "/")
        if let error = error as? HTTPClientError, error == .deadlineExceeded || error == .connectTimeout {
            return OCError(.unreachable, code: "TIMEOUT", "\(server) did not answer in time")
        }
        if error is NIOSSLError || error is NIOSSLExtraError || error is BoringSSLError {
            return OCError(.unreachable, code: "TLS_FAILED", "\(server) \(tlsReason(error))", details: tlsHint(error))
        }
        return OCError(.unreachable, code: "UNREACHABLE", "\(server) cannot be reached (\(reason(error)))")
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError: error.connectionErrors.first.map { reason($0.error) } ?? "there is no address for the host"
        case let error as IOError: String(cString: strerror(error.errnoCode))
        default: "\(error)"
        }
    }

    private static func tlsReason(_ error: any Error) -> String {
        let text = "\(error)"
        if text.contains("WRONG_VERSION_NUMBER") { return "does not speak TLS: is it http://?" }
        if text.contains("CERTIFICATE_VERIFY_FAILED") { return "has a certificate of an authority that is not trusted" }
        if text.contains("unableToValidateCertificate") || text.contains("failedToValidateHostname") {
            return "has a certificate for another host"
        }
        return "does not agree on TLS"
    }

    private static func tlsHint(_ error: any Error) -> [String] {
        "\(error)".contains("CERTIFICATE_VERIFY_FAILED") ? ["Give the authority that vouches for it with --certificate-authority."] : []
    }
}
