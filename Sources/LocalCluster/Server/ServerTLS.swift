import NIOSSL

/// The TLS side of the server: its certificate, and clients' certificates where they have one.
enum ServerTLS {
    static func configuration(_ pki: ClusterPKI) throws -> TLSConfiguration {
        let chain = try NIOSSLCertificate.fromPEMBytes(Array(pki.server.certificatePEM.utf8))
        let key = try NIOSSLPrivateKey(bytes: Array(pki.server.keyPEM.utf8), format: .pem)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(key)
        )
        configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(pki.authority.certificatePEM.utf8)))
        configuration.certificateVerification = .optionalVerification
        configuration.minimumTLSVersion = .tlsv12
        return configuration
    }
}
