import Crypto
import Foundation
import SwiftASN1
import X509

/// The certificates of one cluster: its own authority, the server's certificate, and one for the administrator. All keys are P-256.
struct ClusterPKI: Sendable {
    /// A certificate with its key, both as PEM.
    struct Identity: Sendable {
        var certificatePEM: String
        var keyPEM: String
    }

    var authority: Identity
    var server: Identity
    var administrator: Identity

    /// Makes a new authority and what it signs.
    ///
    /// - Parameters:
    ///   - hosts: Names and IP addresses the server certificate is valid for.
    ///   - now: The certificates are valid from an hour before it, for ten years.
    init(hosts: [String], now: Date) throws {
        let key = P256.Signing.PrivateKey()
        let authorityKey = Certificate.PrivateKey(key)
        let name = try DistinguishedName { CommonName("opencrane-local-cluster-ca") }
        let certificate = try Self.certificate(
            subject: name,
            key: authorityKey.publicKey,
            issuer: name,
            issuerKey: authorityKey,
            now: now,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
                Critical(KeyUsage(digitalSignature: true, keyCertSign: true, cRLSign: true))
                SubjectKeyIdentifier(hash: authorityKey.publicKey)
            }
        )
        self.authority = try Self.identity(certificate, authorityKey)
        self.server = try Self.server(hosts: hosts, issuer: name, issuerKey: authorityKey, now: now)
        let administratorKey = Certificate.PrivateKey(P256.Signing.PrivateKey())
        self.administrator = try Self.identity(
            Self.certificate(
                subject: DistinguishedName {
                    OrganizationName("system:masters")
                    CommonName("kubernetes-admin")
                },
                key: administratorKey.publicKey,
                issuer: name,
                issuerKey: authorityKey,
                now: now,
                extensions: Certificate.Extensions {
                    Critical(KeyUsage(digitalSignature: true))
                    try ExtendedKeyUsage([.clientAuth])
                }
            ),
            administratorKey
        )
    }

    private static func server(
        hosts: [String],
        issuer: DistinguishedName,
        issuerKey: Certificate.PrivateKey,
        now: Date
    ) throws -> Identity {
        let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let names = hosts.map { host in
            IPv4Address(host).map { GeneralName.ipAddress(ASN1OctetString(contentBytes: $0.octets[...])) }
                ?? (host == "::1" ? .ipAddress(ASN1OctetString(contentBytes: (Array(repeating: 0, count: 15) + [1])[...])) : .dnsName(host))
        }
        return try identity(
            certificate(
                subject: DistinguishedName { CommonName("kube-apiserver") },
                key: key.publicKey,
                issuer: issuer,
                issuerKey: issuerKey,
                now: now,
                extensions: Certificate.Extensions {
                    Critical(KeyUsage(digitalSignature: true))
                    try ExtendedKeyUsage([.serverAuth])
                    SubjectAlternativeNames(names)
                }
            ),
            key
        )
    }

    private static func certificate(
        subject: DistinguishedName,
        key: Certificate.PublicKey,
        issuer: DistinguishedName,
        issuerKey: Certificate.PrivateKey,
        now: Date,
        extensions: Certificate.Extensions
    ) throws -> Certificate {
        try Certificate(
            version: .v3,
            serialNumber: Certificate.SerialNumber(),
            publicKey: key,
            notValidBefore: now.addingTimeInterval(-3600),
            notValidAfter: now.addingTimeInterval(3650 * 86_400),
            issuer: issuer,
            subject: subject,
            extensions: extensions,
            issuerPrivateKey: issuerKey
        )
    }

    private static func identity(_ certificate: Certificate, _ key: Certificate.PrivateKey) throws -> Identity {
        Identity(certificatePEM: try certificate.serializeAsPEM().pemString + "\n", keyPEM: try key.serializeAsPEM().pemString + "\n")
    }
}
