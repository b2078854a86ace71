import NIOConcurrencyHelpers
import NIOCore

/// Writes to another channel what it reads from its own, and no faster than that takes it.
final class RelayHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let other: any Channel

    init(other: any Channel) { self.other = other }

    func channelActive(context: ChannelHandlerContext) {
        other.setOption(.autoRead, value: true).whenComplete { _ in }
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { other.writeAndFlush(unwrapInboundIn(data), promise: nil) }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        other.setOption(.autoRead, value: context.channel.isWritable).whenComplete { _ in }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(.inputClosed) = event as? ChannelEvent { other.close(mode: .output, promise: nil) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        // What was read is written before.
        other.writeAndFlush(ByteBuffer()).whenComplete { [other] _ in other.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

/// Counts up.
final class Turn: Sendable {
    private let count = NIOLockedValueBox(0)

    /// The next number, from 0.
    func next() -> Int {
        count.withLockedValue { count in
            defer { count = (count + 1) % 1_000_000 }
            return count
        }
    }
}
