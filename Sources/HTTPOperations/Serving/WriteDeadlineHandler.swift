import NIOCore

/// Closes a connection whose other side takes nothing of what is sent to it.
///
/// A client that keeps its connection open and does not read holds whatever is written to it, such as one of the streams there may be, for as long
/// as it likes: nothing else looks at an answer that is under way. The time begins anew with each piece that went out.
final class WriteDeadlineHandler: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = NIOAny
    typealias OutboundOut = NIOAny

    private let limit: TimeAmount
    private var pending = 0
    private var written: UInt64 = 0
    private var timer: Scheduled<Void>?

    /// Makes a handler for one connection.
    ///
    /// - Parameter limit: how long a piece may take to go out.
    init(limit: TimeAmount) { self.limit = limit }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let promise = promise ?? context.eventLoop.makePromise()
        pending += 1
        promise.futureResult.assumeIsolated().whenComplete { _ in self.wrote() }
        context.write(data, promise: promise)
        watch(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) { stop() }

    private func wrote() {
        pending -= 1
        written += 1
        if pending == 0 { stop() }
    }

    private func stop() {
        timer?.cancel()
        timer = nil
    }

    private func watch(_ context: ChannelHandlerContext) {
        guard timer == nil, pending > 0 else { return }
        let before = written
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: limit) {
            self.timer = nil
            guard self.pending > 0 else { return }
            if self.written == before { context.close(promise: nil) } else { self.watch(context) }
        }
    }
}
