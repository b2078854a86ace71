import NIOCore
import NIOHTTP1

/// Answers the requests of one connection, on the thread of the ``HealthServer``.
final class HealthHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let pages: HealthPages
    private var head: HTTPRequestHead?

    init(pages: HealthPages) { self.pages = pages }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): self.head = head
        // Nothing that is asked here has a body.
        case .body: break
        case .end:
            guard let head else { return }
            self.head = nil
            respond(to: head, context)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is IdleStateHandler.IdleStateEvent { context.close(promise: nil) } else { context.fireUserInboundEventTriggered(event) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func respond(to head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        switch pages.answer(head.method.rawValue, head.uri) {
        case .now(let page): write(page, for: head, context)
        case .later(let make):
            // The first of the two counts; a promise passes over the second.
            let promise = context.eventLoop.makePromise(of: HealthPages.Page.self)
            let limit = pages.checks.limit + .seconds(1)
            let late = context.eventLoop.scheduleTask(in: .nanoseconds(limit.wholeNanoseconds)) { promise.succeed(HealthPages.late) }
            Task { promise.succeed(await make()) }
            promise.futureResult.assumeIsolated().whenSuccess { page in
                late.cancel()
                self.write(page, for: head, context)
            }
        }
    }

    private func write(_ page: HealthPages.Page, for head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        guard context.channel.isActive else { return }
        let body = ByteBuffer(string: page.text)
        var headers: HTTPHeaders = ["content-type": page.contentType, "cache-control": "no-store"]
        headers.add(name: "content-length", value: String(body.readableBytes))
        if !head.isKeepAlive { headers.add(name: "connection", value: "close") }
        let status = HTTPResponseStatus(statusCode: page.status)
        context.write(wrapOutboundOut(.head(HTTPResponseHead(version: head.version, status: status, headers: headers))), promise: nil)
        if head.method != .HEAD { context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil) }
        let written = context.eventLoop.makePromise(of: Void.self)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: written)
        if !head.isKeepAlive {
            let channel = context.channel
            written.futureResult.whenComplete { _ in channel.close(promise: nil) }
        }
    }
}
