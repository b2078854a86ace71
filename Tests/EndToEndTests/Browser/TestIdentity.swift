import Crypto
import Foundation
import NIOSSL
import SwiftASN1
import X509

/// An authority of a test's own, and a certificate of it for `localhost`.
struct TestIdentity: Sendable {
    /// The authority's certificate, to be trusted.
    let authority: String
    private let certificate: String
    private let key: String

    init() throws {
        let now = Date()
        func make(
            _ subject: DistinguishedName,
            _ key: Certificate.PrivateKey,
            _ issuer: DistinguishedName,
            _ issuerKey: Certificate.PrivateKey,
            _ extensions: Certificate.Extensions
        ) throws -> String {
            try Certificate(
                version: .v3,
                serialNumber: Certificate.SerialNumber(),
                publicKey: key.publicKey,
                notValidBefore: now.addingTimeInterval(-3600),
                notValidAfter: now.addingTimeInterval(86_400),
                issuer: issuer,
                subject: subject,
                extensions: extensions,
                issuerPrivateKey: issuerKey
            ).serializeAsPEM().pemString
        }
        let root = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let server = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let issuer = try DistinguishedName { CommonName("end-to-end authority") }
        authority = try make(
            issuer,
            root,
            issuer,
            root,
            Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
                Critical(KeyUsage(keyCertSign: true))
            }
        )
        certificate = try make(
            DistinguishedName { CommonName("localhost") },
            server,
            issuer,
            root,
            Certificate.Extensions {
                try ExtendedKeyUsage([.serverAuth])
                SubjectAlternativeNames([.dnsName("localhost")])
            }
        )
        key = try server.serializeAsPEM().pemString
    }

    /// What a server with this identity is configured with.
    var tls: TLSConfiguration {
        get throws {
            .makeServerConfiguration(
                certificateChain: [.certificate(try NIOSSLCertificate(bytes: Array(certificate.utf8), format: .pem))],
                privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem))
            )
        }
    }
}
