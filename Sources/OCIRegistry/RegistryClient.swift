import AsyncHTTPClient
import Foundation
import JSONValue
import NIOConcurrencyHelpers
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import Observability

/// Pushes and pulls content of one repository (OCI distribution specification 1.1).
public struct RegistryClient: Sendable {
    /// How much, and how long.
    public struct Limits: Sendable {
        /// The largest content in bytes. Default: 8 MiB.
        public var content = 8 * 1024 * 1024
        /// The largest manifest in bytes. Default: 4 MiB, as the specification says.
        public var manifest = 4 * 1024 * 1024
        /// How long one request may take. Default: 30 s.
        public var timeout: Duration = .seconds(30)
        /// How often a request is made whose failure may pass: all of them may be repeated. Default: 3.
        public var attempts = 3
        /// The pause before the second attempt; it doubles. Default: 100 ms.
        public var pause: Duration = .milliseconds(100)

        /// The defaults.
        public init() {}
    }

    /// A name and a password.
    public struct Credential: Sendable {
        /// The name.
        public var name: String
        /// The password.
        public var password: SensitiveString

        /// A credential.
        public init(name: String, password: SensitiveString) {
            self.name = name
            self.password = password
        }

        var basic: String { "Basic " + Data("\(name):\(password.reveal())".utf8).base64EncodedString() }
    }

    /// Where the repository is.
    public let address: RegistryAddress
    private let credential: Credential?
    private let limits: Limits
    private let http: HTTPClient
    private let clock: @Sendable () -> ContinuousClock.Instant
    private let sleep: @Sendable (Duration) async throws -> Void
    private let tokens = NIOLockedValueBox<[String: (header: String, until: ContinuousClock.Instant)]>([:])

    /// A client.
    ///
    /// - Parameters:
    ///   - address: where the repository is.
    ///   - credential: a name and a password. Default: none.
    ///   - limits: how much, and how long.
    ///   - http: makes the requests. Default: one that all clients share, which does not repeat refused connections by itself.
    ///   - clock: tells when a token is too old. Default: the machine's.
    ///   - sleep: waits between attempts. Default: by the machine's clock.
    public init(
        address: RegistryAddress,
        credential: Credential? = nil,
        limits: Limits = Limits(),
        http: HTTPClient? = nil,
        clock: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now },
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await ContinuousClock().sleep(for: $0) }
    ) {
        self.address = address
        self.credential = credential
        self.limits = limits
        self.http = http ?? Self.connecting
        self.clock = clock
        self.sleep = sleep
    }

    /// A refused connection is one failed attempt: ours are enough, and a registry that is down is known to be so at once.
    private static let connecting: HTTPClient = {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.timeout.connect = .seconds(5)
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    // MARK: Artifacts

    /// Pushes content as an artifact of one layer. Content that is there already is not sent again; repeating it changes nothing.
    ///
    /// - Parameters:
    ///   - content: the content.
    ///   - mediaType: its kind.
    ///   - artifactType: what the artifact is.
    ///   - tag: the artifact's name. Default: the 64 digits of the content's digest.
    ///   - annotations: notes.
    /// - Returns: the content and the manifest, as they are in the registry.
    /// - Throws: ``RegistryError``.
    @discardableResult
    public func push(
        _ content: [UInt8],
        mediaType: String,
        artifactType: String,
        tag: String? = nil,
        annotations: [String: String] = [:]
    ) async throws -> (content: Descriptor, manifest: Descriptor) {
        let layer = Descriptor(mediaType: mediaType, digest: BlobDigest(of: content), size: content.count)
        let bytes = try ArtifactManifest(artifactType: artifactType, layer: layer, annotations: annotations).bytes()
        let digest = BlobDigest(of: bytes)
        let answer = try await retrying {
            _ = try await pushBlob(content, mediaType: mediaType)
            _ = try await pushBlob(ArtifactManifest.emptyConfiguration, mediaType: ArtifactManifest.emptyConfigurationType)
            let answer = try await send(
                .PUT,
                address.url("manifests/\(tag ?? layer.digest.hex)"),
                headers: [("Content-Type", ArtifactManifest.mediaType)],
                body: bytes,
                accepts: 64 * 1024
            )
            // While somebody else pushes the same content a registry may forget it again.
            if answer.status == 400, answer.says("MANIFEST_BLOB_UNKNOWN") || answer.says("BLOB_UNKNOWN") {
                throw RegistryError(.failed, "The registry does not have the content of a manifest yet.", status: 400)
            }
            guard answer.status == 201 else { throw RegistryError.answered(answer.status, "a manifest") }
            return answer
        }
        if let said = answer.headers.first(name: "Docker-Content-Digest"), said != digest.description {
            throw RegistryError(.digestMismatch, "The registry stored another manifest than the one that was sent.")
        }
        return (layer, Descriptor(mediaType: ArtifactManifest.mediaType, digest: digest, size: bytes.count))
    }

    /// The manifest of a tag; nil when there is none.
    ///
    /// - Throws: ``RegistryError``.
    public func manifest(_ tag: String) async throws -> ArtifactManifest? {
        let answer = try await retrying {
            let answer = try await send(
                .GET,
                address.url("manifests/\(tag)"),
                headers: [("Accept", ArtifactManifest.mediaType)],
                accepts: limits.manifest
            )
            guard [200, 404].contains(answer.status) else { throw RegistryError.answered(answer.status, "a manifest") }
            return answer
        }
        if answer.status == 404 { return nil }
        do {
            return try JSON(parsing: answer.body).decode(ArtifactManifest.self)
        } catch {
            throw RegistryError(.answerInvalid, "The registry's manifest cannot be read.", cause: error)
        }
    }

    // MARK: Blobs

    /// Pulls content, and makes sure that it is what was asked for.
    ///
    /// - Returns: the content; nil when the repository does not have it.
    /// - Throws: ``RegistryError``.
    public func pullBlob(_ digest: BlobDigest) async throws -> [UInt8]? {
        let answer = try await retrying {
            let answer = try await send(.GET, address.url("blobs/\(digest)"), accepts: limits.content)
            guard [200, 404].contains(answer.status) else { throw RegistryError.answered(answer.status, "a blob") }
            return answer
        }
        if answer.status == 404 { return nil }
        guard BlobDigest(of: answer.body) == digest else {
            throw RegistryError(.digestMismatch, "The registry's content is not the one of \(digest).")
        }
        return answer.body
    }

    /// Whether the repository has some content.
    ///
    /// - Throws: ``RegistryError``.
    public func hasBlob(_ digest: BlobDigest) async throws -> Bool {
        let answer = try await send(.HEAD, address.url("blobs/\(digest)"), accepts: 0)
        switch answer.status {
        case 200: return true
        case 404: return false
        default: throw RegistryError.answered(answer.status, "a blob")
        }
    }

    /// Pushes content, unless it is there.
    ///
    /// - Throws: ``RegistryError``.
    public func pushBlob(_ content: [UInt8], mediaType: String) async throws -> Descriptor {
        // An upload cannot be gone on with after a failure: it begins again.
        try await retrying { try await upload(content, mediaType: mediaType) }
    }

    private func upload(_ content: [UInt8], mediaType: String) async throws -> Descriptor {
        guard content.count <= limits.content else {
            throw RegistryError(.tooLarge, "Content may have at most \(limits.content) bytes.")
        }
        let digest = BlobDigest(of: content)
        let descriptor = Descriptor(mediaType: mediaType, digest: digest, size: content.count)
        if try await hasBlob(digest) { return descriptor }
        let begun = try await send(.POST, address.url("blobs/uploads/"), headers: [("Content-Length", "0")], accepts: 64 * 1024)
        if begun.status == 201 { return descriptor }
        guard begun.status == 202 else { throw RegistryError.answered(begun.status, "an upload") }
        let place = try address.upload(at: begun.headers.first(name: "Location"), digest: digest)
        let answer = try await send(
            .PUT,
            place,
            headers: [("Content-Type", "application/octet-stream")],
            body: content,
            accepts: 64 * 1024
        )
        guard answer.status == 201 else { throw RegistryError.answered(answer.status, "an upload") }
        return descriptor
    }

    // MARK: Requests

    private func retrying<Value: Sendable>(_ work: () async throws -> Value) async throws -> Value {
        var pause = limits.pause
        for _ in 1..<max(1, limits.attempts) {
            do {
                return try await work()
            } catch let error as RegistryError where error.isTransient {
                try await sleep(pause)
                pause *= 2
            }
        }
        return try await work()
    }

    private struct RegistryAnswer: Sendable {
        var status: Int
        var headers: HTTPHeaders
        var body: [UInt8]

        /// Whether the errors of the answer have this code.
        func says(_ code: String) -> Bool {
            (try? JSON(parsing: body))?["errors"]?.arrayValue?.contains { $0["code"]?.stringValue == code } ?? false
        }
    }

    private func send(
        _ method: HTTPMethod,
        _ url: String,
        headers: [(String, String)] = [],
        body: [UInt8]? = nil,
        accepts limit: Int
    ) async throws -> RegistryAnswer {
        let scope = "\(method == .GET || method == .HEAD ? "pull" : "pull,push")"
        var authorization = tokens.withLockedValue { $0[scope] }.flatMap { $0.until > clock() ? $0.header : nil }
        for attempt in 0..<2 {
            let answer = try await exchange(method, url, headers: headers, authorization: authorization, body: body, limit: limit)
            guard answer.status == 401, attempt == 0 else { return answer }
            guard let challenge = answer.headers["WWW-Authenticate"].lazy.compactMap(AuthenticationChallenge.init).first else {
                return answer
            }
            guard let found = try await self.authorization(for: challenge, scope: scope) else { return answer }
            authorization = found
        }
        throw RegistryError(.unauthorized, "The registry does not take the credentials.", status: 401)
    }

    /// What a challenge is answered with; nil when there is nothing to answer with.
    private func authorization(for challenge: AuthenticationChallenge, scope: String) async throws -> String? {
        switch challenge {
        case .basic:
            guard let credential else { return nil }
            let lasting = clock() + .seconds(24 * 3600)
            tokens.withLockedValue { $0[scope] = (credential.basic, lasting) }
            return credential.basic
        case .bearer(let realm, let service, let wanted):
            // A password is never sent in clear because of what an answer says.
            guard credential == nil || realm.hasPrefix("https://") || address.origin.hasPrefix("http://") else {
                throw RegistryError(.answerInvalid, "The registry sends its credentials to a place without encryption.")
            }
            guard var parts = URLComponents(string: realm) else { return nil }
            var items = parts.queryItems ?? []
            if let service { items.append(URLQueryItem(name: "service", value: service)) }
            items.append(URLQueryItem(name: "scope", value: wanted ?? "repository:\(address.repository):\(scope)"))
            parts.queryItems = items
            guard let url = parts.string else { return nil }
            let answer = try await exchange(.GET, url, authorization: credential?.basic, limit: 64 * 1024)
            guard answer.status == 200 else { throw RegistryError.answered(answer.status, "a token") }
            guard let json = try? JSON(parsing: answer.body),
                let token = (json["token"] ?? json["access_token"])?.stringValue, !token.isEmpty
            else { throw RegistryError(.answerInvalid, "The registry's token cannot be read.") }
            // Without a word the token is good for a minute; it is put away a little earlier.
            let seconds = max(1, min(3600, json["expires_in"]?.integerValue ?? 60) * 9 / 10)
            let until = clock() + .seconds(seconds)
            tokens.withLockedValue { $0[scope] = ("Bearer \(token)", until) }
            return "Bearer \(token)"
        }
    }

    private func exchange(
        _ method: HTTPMethod,
        _ url: String,
        headers: [(String, String)] = [],
        authorization: String? = nil,
        body: [UInt8]? = nil,
        limit: Int
    ) async throws -> RegistryAnswer {
        var request = HTTPClientRequest(url: url)
        request.method = method
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let authorization { request.headers.add(name: "Authorization", value: authorization) }
        if let body { request.body = .bytes(body) }
        do {
            let (seconds, attoseconds) = limits.timeout.components
            let timeout = TimeAmount.nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
            let response = try await http.execute(request, timeout: timeout)
            let bytes = method == .HEAD ? ByteBuffer() : try await response.body.collect(upTo: max(limit, 64 * 1024))
            return RegistryAnswer(status: Int(response.status.code), headers: response.headers, body: Array(buffer: bytes))
        } catch let error as CancellationError {
            throw error
        } catch is NIOTooManyBytesError {
            throw RegistryError(.tooLarge, "The registry's answer is larger than \(limit) bytes.")
        } catch let error as HTTPClientError where error == .deadlineExceeded || error == .connectTimeout || error == .readTimeout {
            throw RegistryError(.timeout, "The registry did not answer in time.", cause: error)
        } catch {
            throw RegistryError(.unreachable, "The registry cannot be reached.", cause: error)
        }
    }
}
