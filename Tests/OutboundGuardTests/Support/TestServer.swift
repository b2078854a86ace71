import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTLS
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOSSL
import ServiceLifecycle
import SwiftASN1
import X509

/// An authority and the certificate of a server.
struct TestCertificates {
    let authority: NIOSSLCertificate
    private let chain: NIOSSLCertificate
    private let key: NIOSSLPrivateKey

    init(names: [String]) throws {
        let authorityKey = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let issuer = try DistinguishedName { CommonName("test authority") }
        let root = try Certificate(
            version: .v3,
            serialNumber: Certificate.SerialNumber(),
            publicKey: authorityKey.publicKey,
            notValidBefore: Date().addingTimeInterval(-3600),
            notValidAfter: Date().addingTimeInterval(86_400),
            issuer: issuer,
            subject: issuer,
            extensions: Certificate.Extensions { Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil)) },
            issuerPrivateKey: authorityKey
        )
        let serverKey = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let server = try Certificate(
            version: .v3,
            serialNumber: Certificate.SerialNumber(),
            publicKey: serverKey.publicKey,
            notValidBefore: Date().addingTimeInterval(-3600),
            notValidAfter: Date().addingTimeInterval(86_400),
            issuer: issuer,
            subject: DistinguishedName { CommonName("server") },
            extensions: Certificate.Extensions { SubjectAlternativeNames(names.map { .dnsName($0) }) },
            issuerPrivateKey: authorityKey
        )
        authority = try NIOSSLCertificate(bytes: Array(root.serializeAsPEM().pemString.utf8), format: .pem)
        chain = try NIOSSLCertificate(bytes: Array(server.serializeAsPEM().pemString.utf8), format: .pem)
        key = try NIOSSLPrivateKey(bytes: Array(serverKey.serializeAsPEM().pemString.utf8), format: .pem)
    }

    func configuration(noting names: NIOLockedValueBox<[String?]>) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeServerConfiguration(certificateChain: [.certificate(chain)], privateKey: .privateKey(key))
        configuration.sslContextCallback = { values, promise in
            names.withLockedValue { $0.append(values.serverHostname) }
            promise.succeed(.noChanges)
        }
        return configuration
    }
}

/// What a server saw and where it is.
struct Seen: Sendable {
    let port: Int
    let hosts: NIOLockedValueBox<[String]>
    let names: NIOLockedValueBox<[String?]>
}

/// Runs a server for as long as `body` takes.
func withServer<Result: Sendable>(
    tls certificates: TestCertificates? = nil,
    _ body: @escaping @Sendable (Seen) async throws -> Result
) async throws -> Result {
    let hosts = NIOLockedValueBox([String]())
    let names = NIOLockedValueBox([String?]())
    let router = Router()
    router.get("/plain") { request, _ in
        hosts.withLockedValue { $0.append(request.head.authority ?? "") }
        return "hello"
    }
    router.get("/away") { _, _ in Response(status: .found, headers: [.location: "http://127.0.0.2:1/secret"]) }
    router.get("/large") { _, _ in
        Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(repeating: 0x61, count: 100_000)))
    }
    router.get("/endless") { _, _ in
        Response(
            status: .ok,
            body: ResponseBody { writer in
                for _ in 0..<1000 { try await writer.write(ByteBuffer(repeating: 0x61, count: 10_000)) }
                try await writer.finish(nil)
            }
        )
    }
    router.get("/slow") { _, _ in
        Response(
            status: .ok,
            body: ResponseBody { writer in
                try await writer.write(ByteBuffer(string: "a"))
                try await Task.sleep(for: .seconds(30))  // wait: the server that hangs is the subject
                try await writer.finish(nil)
            }
        )
    }
    router.get("/mute") { _, _ in
        try await Task.sleep(for: .seconds(30))  // wait: the server that hangs is the subject
        return "late"
    }
    let (ports, port) = AsyncStream<Int>.makeStream()
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let application = Application(
        router: router,
        server: try certificates.map { try .tls(.http1(), tlsConfiguration: $0.configuration(noting: names)) } ?? .http1(),
        configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
        onServerRunning: { channel in port.yield(channel.localAddress?.port ?? 0) },
        logger: logger
    )
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await application.run() }
        defer { group.cancelAll() }
        guard let number = await ports.first(where: { _ in true }) else { throw CancellationError() }
        return try await body(Seen(port: number, hosts: hosts, names: names))
    }
}
