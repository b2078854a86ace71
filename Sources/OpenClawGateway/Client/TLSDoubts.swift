import NIOConcurrencyHelpers
import NIOCore
import NIOSSL

/// Keeps why a certificate was not believed, since what ends a handshake tells only that it ended.
final class TLSDoubts: Sendable {
    private let first = NIOLockedValueBox<String?>(nil)

    /// The reason, for people.
    var sentence: String? { first.withLockedValue { $0 } }

    func note(_ error: any Error) {
        guard let sentence = Self.sentence(error) else { return }
        first.withLockedValue { if $0 == nil { $0 = sentence } }
    }

    /// What an error says of the other side's certificate; `nil` when it says nothing of it.
    static func sentence(_ error: any Error) -> String? {
        if let extra = error as? NIOSSLExtraError, extra == .failedToValidateHostname { return "it is for another name" }
        // BoringSSL's word for whatever it does not like of a chain.
        guard error is NIOSSLError || error is BoringSSLError, "\(error)".contains("CERTIFICATE_VERIFY_FAILED") else { return nil }
        return "it is not from the authority that is to be trusted, or is not valid now"
    }
}

/// Listens to a TLS handshake.
final class TLSDoubtHandler: ChannelInboundHandler {
    typealias InboundIn = NIOAny
    typealias InboundOut = NIOAny

    private let doubts: TLSDoubts

    init(_ doubts: TLSDoubts) { self.doubts = doubts }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        doubts.note(error)
        context.fireErrorCaught(error)
    }
}
