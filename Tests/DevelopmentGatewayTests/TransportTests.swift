import Crypto
import DevelopmentGateway
import Foundation
import JSONValue
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import OpenClawGateway
import Testing

@Suite("Sockets to gateways that behave in their own way")
struct TransportTests {
    /// Upgrades every connection, and sends bytes in the same packet as the answer; reads nothing afterwards if it is told so.
    private final class Upgrading: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private let frame: [UInt8]
        private let stopsReading: Bool
        private var request = ""

        init(sending text: JSON?, stopsReading: Bool) {
            let bytes = text?.serialized() ?? []
            // An unmasked text frame of up to 125 bytes (RFC 6455, section 5.2).
            frame = text == nil ? [] : [0x81, UInt8(bytes.count)] + bytes
            self.stopsReading = stopsReading
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            request += String(buffer: unwrapInboundIn(data))
            guard request.hasSuffix("\r\n\r\n"),
                let line = request.split(separator: "\r\n").first(where: { $0.lowercased().hasPrefix("sec-websocket-key:") })
            else { return }
            let key = line.dropFirst("sec-websocket-key:".count).trimmingCharacters(in: .whitespaces)
            request = ""
            let accept = Data(Insecure.SHA1.hash(data: Data("\(key)258EAFA5-E914-47DA-95CA-C5AB0DC85B11".utf8))).base64EncodedString()
            let head =
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: \(accept)\r\n\r\n"
            if stopsReading { _ = context.channel.setOption(.autoRead, value: false) }
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: Array(head.utf8) + frame)), promise: nil)
        }
    }

    private static let challenge: JSON = ["type": "event", "event": "connect.challenge", "payload": ["nonce": "n", "ts": 1]]

    private func withServer(
        sending text: JSON?,
        stopsReading: Bool = false,
        _ body: (GatewayEndpoint) async throws -> Void
    ) async throws {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Upgrading(sending: text, stopsReading: stopsReading))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(server.localAddress?.port)
        let result: Result<Void, any Error>
        do { result = .success(try await body(GatewayEndpoint(host: "127.0.0.1", port: port))) } catch { result = .failure(error) }
        try await server.close()
        try result.get()
    }

    @Test("A challenge that comes in one packet with the answer to the upgrade is heard", .timeLimit(.minutes(5)))
    func challengeWithTheUpgrade() async throws {
        try await withServer(sending: Self.challenge) { endpoint in
            let out = NIOLockedValueBox<(any GatewayOutbound)?>(nil)
            let heard = NIOLockedValueBox<[[UInt8]]>([])
            var transport = WebSocketTransport()
            transport.closeTimeout = .milliseconds(100)
            _ = try await transport.run(
                to: endpoint,
                opened: { outbound in out.withLockedValue { $0 = outbound } },
                received: { bytes in
                    heard.withLockedValue { $0.append(bytes) }
                    out.withLockedValue { $0 }?.close(code: 1000, reason: "")
                }
            )
            #expect(heard.withLockedValue { $0 } == [Self.challenge.serialized()])
        }
    }

    @Test("A gateway that reads nothing keeps neither a sender nor the end of the connection waiting", .timeLimit(.minutes(5)))
    func readsNothing() async throws {
        try await withServer(sending: nil, stopsReading: true) { endpoint in
            var transport = WebSocketTransport()
            transport.closeTimeout = .milliseconds(200)
            let refused = NIOLockedValueBox(0)
            _ = try await transport.run(
                to: endpoint,
                opened: { outbound in
                    let large = [UInt8](repeating: 0x20, count: 8 << 20)
                    for _ in 0..<12 where !outbound.send(large) { refused.withLockedValue { $0 += 1 } }
                    outbound.close(code: 4000, reason: "silence")
                },
                received: { _ in }
            )
            // 50 MiB wait at most.
            #expect(refused.withLockedValue { $0 } >= 5)
        }
    }

    @Test("A connection that nobody wants any more, at whatever moment, ends nothing but itself", .timeLimit(.minutes(5)))
    func cancelledAtAnyMoment() async throws {
        try await withGateway { gateway in
            for step in 0..<150 {
                let attempt = Task {
                    _ = try await WebSocketTransport().run(to: gateway.endpoint, opened: { _ in }, received: { _ in })
                }
                // wait: for another moment of the connection each time
                try await ContinuousClock().sleep(for: .microseconds(step * 40))
                attempt.cancel()
                _ = await attempt.result
            }
        }
    }

    @Test("A gateway that ends says so to its clients", .timeLimit(.minutes(5)))
    func goodbye() async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "crane-gateway-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        var configuration = DevelopmentGatewayConfiguration(stateDirectory: directory.path, token: TestGateway.token)
        configuration.port = 0
        let gateway = try DevelopmentGateway(configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let running = Task { try await gateway.run() }
        let port = try #require(await gateway.port())
        let endpoint = GatewayEndpoint(host: "127.0.0.1", port: port)
        let closing = try await withClient(of: endpoint, parameters: TestGateway.parameters()) { client -> GatewayError? in
            try await client.listening { notices in
                _ = try await client.hello()
                running.cancel()
                for await notice in notices { if case .disconnected(let error) = notice { return error } }
                return nil
            }
        }
        #expect(closing?.closeCode == 1001)
        try await running.value
    }
}
