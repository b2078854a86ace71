import Crypto
import Foundation
import SwiftASN1
import X509

/// A certificate authority of a test's own.
struct TestAuthority {
    private let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
    private let name: DistinguishedName
    let pem: String

    init() throws {
        name = try DistinguishedName { CommonName("test authority") }
        let extensions = try Certificate.Extensions {
            Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
            Critical(KeyUsage(keyCertSign: true))
        }
        pem = try Self.certificate(name, key.publicKey, name, key, extensions).serializeAsPEM().pemString
    }

    /// Writes a certificate for names and IPv4 addresses, and its key.
    func issue(for hosts: [String], in directory: URL) throws -> (certificate: String, key: String) {
        let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let names = hosts.map { host -> GeneralName in
            let octets = host.split(separator: ".").compactMap { UInt8($0) }
            return octets.count == 4 ? .ipAddress(ASN1OctetString(contentBytes: octets[...])) : .dnsName(host)
        }
        let extensions = try Certificate.Extensions {
            try ExtendedKeyUsage([.serverAuth])
            SubjectAlternativeNames(names)
        }
        let subject = try DistinguishedName { CommonName("gateway") }
        let certificate = try Self.certificate(subject, key.publicKey, name, self.key, extensions)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let files = (directory.appending(path: "tls.crt").path, directory.appending(path: "tls.key").path)
        try certificate.serializeAsPEM().pemString.write(toFile: files.0, atomically: true, encoding: .utf8)
        try key.serializeAsPEM().pemString.write(toFile: files.1, atomically: true, encoding: .utf8)
        return files
    }

    private static func certificate(
        _ subject: DistinguishedName,
        _ key: Certificate.PublicKey,
        _ issuer: DistinguishedName,
        _ issuerKey: Certificate.PrivateKey,
        _ extensions: Certificate.Extensions
    ) throws -> Certificate {
        let now = Date()
        return try Certificate(
            version: .v3,
            serialNumber: Certificate.SerialNumber(),
            publicKey: key,
            notValidBefore: now.addingTimeInterval(-3600),
            notValidAfter: now.addingTimeInterval(3600),
            issuer: issuer,
            subject: subject,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: extensions,
            issuerPrivateKey: issuerKey
        )
    }
}
