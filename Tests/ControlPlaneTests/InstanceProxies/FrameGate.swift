import JSONValue
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Testing

/// Stands between a client and a gateway, frame by frame: holds back what it is told to, and knows what was sent.
final class FrameGate: Sendable {
    private struct State {
        var held: String?
        var openers: [CheckedContinuation<Void, Never>] = []
        var sent: [String] = []
        var connections: [any Channel] = []
    }

    private typealias Bytes = NIOAsyncChannel<ByteBuffer, ByteBuffer>
    private let state = NIOLockedValueBox(State())
    private let target: Int

    private init(target: Int) { self.target = target }

    /// What clients have sent, the handshakes included.
    var sent: [String] { state.withLockedValue { $0.sent } }

    /// Holds back the first frame of the gateway with this text, and everything after it.
    func hold(_ text: String) { state.withLockedValue { $0.held = text } }

    /// Lets everything through.
    func open() {
        let openers = state.withLockedValue { state in
            state.held = nil
            defer { state.openers = [] }
            return state.openers
        }
        for opener in openers { opener.resume() }
    }

    /// Breaks all connections.
    func cut() {
        let channels = state.withLockedValue { state in
            defer { state.connections = [] }
            return state.connections
        }
        for channel in channels { channel.close(promise: nil) }
    }

    /// Runs a gate before a port.
    static func with<Value: Sendable>(
        _ target: Int,
        _ body: @escaping @Sendable (FrameGate, Int) async throws -> Value
    ) async throws -> Value {
        let gate = FrameGate(target: target)
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture { try Bytes(wrappingChannelSynchronously: channel) }
            }
        let port = try #require(server.channel.localAddress?.port)
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask {
                try await server.executeThenClose { inbound in
                    try await withThrowingDiscardingTaskGroup { clients in
                        for try await client in inbound { clients.addTask { try? await gate.serve(client) } }
                    }
                }
                return nil
            }
            group.addTask {
                defer {
                    gate.open()
                    gate.cut()
                }
                return try await body(gate, port)
            }
            defer { group.cancelAll() }
            while let result = try await group.next() { if let result { return result } }
            throw CancellationError()
        }
    }

    private func serve(_ client: Bytes) async throws {
        let gateway = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: target) { channel in
                channel.eventLoop.makeCompletedFuture { try Bytes(wrappingChannelSynchronously: channel) }
            }
        state.withLockedValue { $0.connections += [client.channel, gateway.channel] }
        try await client.executeThenClose { fromClient, toClient in
            try await gateway.executeThenClose { fromGateway, toGateway in
                await withTaskGroup(of: Void.self) { group in
                    group.addTask {
                        var reader = FrameReader()
                        do {
                            for try await buffer in fromClient {
                                for frame in reader.read(buffer) {
                                    self.state.withLockedValue { $0.sent.append(frame.text) }
                                    try await toGateway.write(ByteBuffer(bytes: frame.bytes))
                                }
                            }
                        } catch {}
                    }
                    group.addTask {
                        var reader = FrameReader()
                        do {
                            for try await buffer in fromGateway {
                                for frame in reader.read(buffer) {
                                    await self.pass(frame.text)
                                    try await toClient.write(ByteBuffer(bytes: frame.bytes))
                                }
                            }
                        } catch {}
                    }
                    await group.next()
                    client.channel.close(promise: nil)
                    gateway.channel.close(promise: nil)
                    group.cancelAll()
                }
            }
        }
    }

    private func pass(_ text: String) async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLockedValue { state in
                // Once one waits, those behind it do.
                guard let held = state.held, text.contains(held) else { return true }
                state.openers.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
    }
}

/// Cuts bytes into an HTTP head and WebSocket frames (RFC 6455, section 5.2).
private struct FrameReader {
    private var bytes: [UInt8] = []
    private var isUpgraded = false

    mutating func read(_ buffer: ByteBuffer) -> [(bytes: [UInt8], text: String)] {
        bytes += buffer.readableBytesView
        var frames: [(bytes: [UInt8], text: String)] = []
        while let length = isUpgraded ? frameLength() : headLength() {
            let frame = Array(bytes.prefix(length.whole))
            bytes.removeFirst(length.whole)
            isUpgraded = true
            frames.append((frame, Self.text(frame, head: length.head, mask: length.mask)))
        }
        return frames
    }

    private func headLength() -> (head: Int, mask: Int?, whole: Int)? {
        let end = Array("\r\n\r\n".utf8)
        guard bytes.count >= 4 else { return nil }
        for index in 0...(bytes.count - 4) where Array(bytes[index..<index + 4]) == end { return (0, nil, index + 4) }
        return nil
    }

    private func frameLength() -> (head: Int, mask: Int?, whole: Int)? {
        guard bytes.count >= 2 else { return nil }
        var head = 2
        var length = Int(bytes[1] & 0x7F)
        let extended = length == 126 ? 2 : length == 127 ? 8 : 0
        guard bytes.count >= head + extended else { return nil }
        if extended > 0 { length = bytes[2..<2 + extended].reduce(0) { $0 << 8 | Int($1) } }
        head += extended
        var mask: Int?
        if bytes[1] & 0x80 != 0 {
            mask = head
            head += 4
        }
        guard bytes.count >= head + length else { return nil }
        return (head, mask, head + length)
    }

    private static func text(_ frame: [UInt8], head: Int, mask: Int?) -> String {
        guard let mask else { return String(decoding: frame[head...], as: UTF8.self) }
        let key = Array(frame[mask..<mask + 4])
        return String(decoding: frame[head...].enumerated().map { $1 ^ key[$0 % 4] }, as: UTF8.self)
    }
}
