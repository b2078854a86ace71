import Foundation
import KubernetesModel
import NIOConcurrencyHelpers
import NIOSSL

/// What connections are secured with. Files are read again every minute, and at once when a server did not accept what was in them, so that
/// certificates can be renewed under a running client.
final class TLSMaterial: Sendable {
    /// The content of the files.
    private struct Content: Sendable, Equatable {
        var authority: [UInt8]?
        var certificate: [UInt8]?
        var key: [UInt8]?
    }

    private struct State {
        var content: Content
        /// `nil` as long as it is the one that the client was made with.
        var current: TLSConfiguration?
        var checkAgain: Duration
        /// Of the identity that came with requests last, as from a credential program.
        var lent: (generation: Int, configuration: TLSConfiguration)?
    }

    /// How long the content of files is believed in.
    private static let lifetime: Duration = .seconds(60)

    /// What the client was made with.
    let initial: TLSConfiguration
    private let tls: ClientTLS
    private let time: TimeSource
    private let state: NIOLockedValueBox<State>

    /// - Throws: ``KubernetesError`` with code `configuration`.
    init(_ tls: ClientTLS, time: TimeSource) throws {
        self.tls = tls
        self.time = time
        let content = try Self.read(tls)
        initial = try Self.configuration(content, tls)
        state = NIOLockedValueBox(State(content: content, checkAgain: time.now + Self.lifetime))
    }

    /// What a request's connection is secured with; `nil` for ``initial``.
    ///
    /// - Parameters:
    ///   - identity: takes the place of the configured one.
    ///   - generation: tells such identities apart.
    ///   - isRefused: whether a server did not accept what was in the files.
    func configuration(identity: ClientTLS.Identity?, generation: Int, isRefused: Bool) throws -> TLSConfiguration? {
        if tls.isInFiles { refresh(isRefused: isRefused) }
        guard let identity else { return state.withLockedValue { $0.current } }
        if let lent = state.withLockedValue({ $0.lent }), lent.generation == generation { return lent.configuration }
        var content = state.withLockedValue { $0.content }
        content.certificate = try identity.certificate.read()
        content.key = try identity.privateKey.read()
        let made = try Self.configuration(content, tls)
        state.withLockedValue { $0.lent = (generation, made) }
        return made
    }

    /// Keeps what there is when a file cannot be read, or when certificate and key do not belong together: they are being replaced.
    private func refresh(isRefused: Bool) {
        let now = time.now
        let isDue = state.withLockedValue { state in
            guard isRefused || state.checkAgain <= now else { return false }
            state.checkAgain = now + Self.lifetime
            return true
        }
        guard isDue, let content = try? Self.read(tls), content != state.withLockedValue({ $0.content }) else { return }
        guard let made = try? Self.configuration(content, tls), (try? NIOSSLContext(configuration: made)) != nil else {
            return state.withLockedValue { $0.checkAgain = now + .seconds(1) }
        }
        state.withLockedValue { state in
            state.content = content
            state.current = made
            state.lent = nil
        }
    }

    private static func read(_ tls: ClientTLS) throws -> Content {
        Content(
            authority: try tls.certificateAuthority?.read(),
            certificate: try tls.identity?.certificate.read(),
            key: try tls.identity?.privateKey.read()
        )
    }

    private static func configuration(_ content: Content, _ tls: ClientTLS) throws -> TLSConfiguration {
        var result = TLSConfiguration.makeClientConfiguration()
        do {
            if let authority = content.authority { result.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(authority)) }
            if let certificate = content.certificate, let key = content.key {
                result.certificateChain = try NIOSSLCertificate.fromPEMBytes(certificate).map { .certificate($0) }
                result.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: key, format: .pem))
            }
        } catch {
            throw KubernetesError(.configuration, "A certificate or key of the client configuration is no valid PEM", cause: error)
        }
        if tls.isVerificationDisabled { result.certificateVerification = .none }
        return result
    }
}
