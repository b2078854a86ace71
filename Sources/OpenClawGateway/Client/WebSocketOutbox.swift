import NIOConcurrencyHelpers
import NIOCore
import NIOWebSocket

/// What goes out of a socket, queued: whoever sends does not wait for the other side to read.
final class WebSocketOutbox: GatewayOutbound {
    /// How much waits at most, in bytes: what the protocol lets a gateway hold back for a slow reader.
    static let mostBytes = 52_428_800
    /// How many frames wait at most.
    static let mostFrames = 4096

    private enum Item: Sendable {
        case text([UInt8])
        case pong(ByteBuffer)
        case close(UInt16, String)

        var size: Int {
            switch self {
            case .text(let bytes): bytes.count
            case .pong(let buffer): buffer.readableBytes
            case .close: 0
            }
        }
    }

    private let channel: any Channel
    private let closeTimeout: Duration
    private let items: AsyncStream<Item>
    private let queue: AsyncStream<Item>.Continuation
    private let waiting = NIOLockedValueBox(0)
    private let done = AsyncStream.makeStream(of: Never.self, bufferingPolicy: .bufferingOldest(1))

    init(_ channel: any Channel, closeTimeout: Duration) {
        self.channel = channel
        self.closeTimeout = closeTimeout
        (items, queue) = AsyncStream.makeStream(of: Item.self, bufferingPolicy: .bufferingOldest(Self.mostFrames))
    }

    func send(_ bytes: [UInt8]) -> Bool { add(.text(bytes)) }

    /// Answers a ping; one that finds the queue full is not answered.
    func pong(_ data: ByteBuffer) { _ = add(.pong(data)) }

    func close(code: UInt16, reason: String) {
        _ = add(.close(code, reason))
        queue.finish()
        // The other side may read nothing, or never answer: the socket is closed all the same.
        let channel = channel
        channel.eventLoop.scheduleTask(in: TimeAmount(closeTimeout)) { channel.close(promise: nil) }
    }

    /// Waits until the last frame is out, or the socket closed.
    func ended() async { for await _ in done.stream {} }

    /// Sends what is queued until the queue is closed.
    func drain(to writer: NIOAsyncChannelOutboundWriter<WebSocketFrame>) async throws {
        defer { done.continuation.finish() }
        for await item in items {
            defer { waiting.withLockedValue { $0 -= item.size } }
            switch item {
            case .text(let bytes): try await write(.text, ByteBuffer(bytes: bytes), to: writer)
            case .pong(let data): try await write(.pong, data, to: writer)
            case .close(let code, let reason):
                var data = ByteBuffer(integer: code)
                data.writeString(String(reason.prefix(100)))
                try await write(.connectionClose, data, to: writer)
            }
        }
    }

    private func write(
        _ opcode: WebSocketOpcode,
        _ data: ByteBuffer,
        to writer: NIOAsyncChannelOutboundWriter<WebSocketFrame>
    ) async throws { try await writer.write(WebSocketFrame(fin: true, opcode: opcode, maskKey: .random(), data: data)) }

    private func add(_ item: Item) -> Bool {
        let isRoom = waiting.withLockedValue { waiting in
            guard waiting + item.size <= Self.mostBytes else { return false }
            waiting += item.size
            return true
        }
        guard isRoom else { return false }
        switch queue.yield(item) {
        case .enqueued, .terminated: return true
        default:
            waiting.withLockedValue { $0 -= item.size }
            return false
        }
    }
}
