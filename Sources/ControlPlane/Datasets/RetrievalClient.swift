import AsyncHTTPClient
import Dispatch
import Entitlements
import Foundation
import HTTPOperations
import JSONValue
import NIOCore
import NIOHTTP1
import Observability

/// Where the retrieval service is, and how it is asked.
struct RetrievalConfiguration: Sendable {
    /// Its address, without a path at the end; nil when the platform has none.
    var endpoint: String?
    /// The platform's own credential; nil sends none. Never that of whoever calls the platform.
    var token: SensitiveString?
    /// How long it may take.
    var timeout: Duration = .seconds(5)
    /// How it is told of changes: few at a time, as each holds a connection to the database while the service is asked.
    var relay = OutboxRelay.Limits(batch: 4, patience: .seconds(60), lease: .seconds(90))

    /// No retrieval service.
    init() {}

    /// Reads `COGNEE_ENDPOINT`, `COGNEE_API_TOKEN` or `COGNEE_API_TOKEN_FILE`, and `COGNEE_PERMISSIONS_TIMEOUT_MS`.
    init(_ read: EnvironmentReader, _ readFile: (String) throws -> String) throws(ConfigurationError) {
        token = try read.secret("COGNEE_API_TOKEN", readFile).map { SensitiveString($0) }
        timeout = try read.integer("COGNEE_PERMISSIONS_TIMEOUT_MS", in: 100...30_000).map { .milliseconds($0) } ?? timeout
        guard let text = read.text("COGNEE_ENDPOINT") else { return }
        guard let url = URL(string: text), url.scheme == "http" || url.scheme == "https", let host = url.host, !host.isEmpty,
            url.user == nil, url.query == nil, url.fragment == nil
        else { throw ConfigurationError(variable: "COGNEE_ENDPOINT", message: "must be an http or https address without a query") }
        endpoint = String(text.reversed().drop { $0 == "/" }.reversed())
    }
}

/// The retrieval service did not do what it was asked.
struct RetrievalFailure: Error, Sendable, CustomStringConvertible {
    /// What happened.
    enum Code: String, Sendable {
        /// There is none.
        case notConfigured = "RETRIEVAL_NOT_CONFIGURED"
        /// It said no: asking again is of no use.
        case refused = "RETRIEVAL_REFUSED"
        /// It could not be reached, failed, or took too long: nobody knows whether it did it.
        case unavailable = "RETRIEVAL_UNAVAILABLE"
    }

    /// What happened.
    var code: Code
    /// The status it answered with, if it answered.
    var status: Int?
    /// What lies beneath; logged, never shown.
    var cause: (any Error)?

    /// A sentence a person can act on.
    var description: String {
        switch code {
        case .notConfigured: "there is no retrieval service; set COGNEE_ENDPOINT"
        case .refused: "the retrieval service refused the permissions, with status \(status ?? 0)"
        case .unavailable: "the retrieval service did not answer\(status.map { " but with status \($0)" } ?? "")"
        }
    }
}

/// Connections to the retrieval service. Redirections are not followed: they would take the credential along.
private final class RetrievalTransport: Sendable {
    let client: HTTPClient

    init() {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .seconds(5)
        configuration.connectionPool.idleTimeout = .seconds(30)
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    deinit {
        // async-http-client insists on being shut down.
        client.shutdown(queue: DispatchQueue.global()) { _ in }
    }
}

/// The permissions of the retrieval service.
struct RetrievalClient: Sendable {
    private let configuration: RetrievalConfiguration
    private let http: RetrievalTransport

    /// Makes a client.
    init(_ configuration: RetrievalConfiguration) { (self.configuration, http) = (configuration, RetrievalTransport()) }

    /// Whether there is such a service.
    var isConfigured: Bool { configuration.endpoint != nil }

    /// Says which datasets a tenant is a member of: these and no others.
    ///
    /// - Throws: ``RetrievalFailure``.
    func put(_ memberships: DatasetMemberships, of tenant: String) async throws {
        let subjects = EffectiveContract.DatasetLevel.allCases.flatMap { level in
            memberships[level].map { JSON.object(["scope": .string(level.rawValue), "subject": .string($0)]) }
        }
        try await put("subjects", ["subjects": .array(subjects)], of: tenant)
    }

    /// Says what a tenant may know: this and nothing else.
    ///
    /// - Throws: ``RetrievalFailure``.
    func put(_ entitlements: [Entitlement], of tenant: String) async throws {
        let grants = entitlements.map { entitlement in
            JSON.object([
                "payloadId": .string(entitlement.payloadID), "access": .string(entitlement.grant.access.rawValue),
                "scope": .string(entitlement.grant.scope.rawValue),
            ])
        }
        try await put("awareness-grants", ["grants": .array(grants)], of: tenant)
    }

    private func put(_ what: String, _ body: JSON, of tenant: String) async throws {
        guard let endpoint = configuration.endpoint else { throw RetrievalFailure(code: .notConfigured) }
        // Names of tenants are DNS labels: they stand in a path as they are.
        var request = HTTPClientRequest(url: "\(endpoint)/v1/permissions/tenants/\(tenant)/\(what)")
        request.method = .PUT
        request.headers.add(name: "Content-Type", value: "application/json")
        request.headers.add(name: "X-Cognee-Tenant-Id", value: tenant)
        request.headers.add(name: "X-OpenCrane-Sync-Source", value: "control-plane")
        if let token = configuration.token { request.headers.add(name: "Authorization", value: "Bearer \(token.reveal())") }
        request.body = .bytes(ByteBuffer(bytes: body.serialized()))
        let status: Int
        do {
            let response = try await http.client.execute(request, timeout: .milliseconds(Int64(configuration.timeout.seconds * 1000)))
            status = Int(response.status.code)
            // What it says is not passed on; it is read so that the connection can be used again.
            for try await _ in response.body.prefix(4) {}
        } catch let error as CancellationError { throw error } catch { throw RetrievalFailure(code: .unavailable, cause: error) }
        switch status {
        case 200..<300: return
        // Too early, too much, or a service that is busy: the same may be taken later.
        case 300..<500 where ![401, 403, 408, 425, 429].contains(status): throw RetrievalFailure(code: .refused, status: status)
        default: throw RetrievalFailure(code: .unavailable, status: status)
        }
    }
}
