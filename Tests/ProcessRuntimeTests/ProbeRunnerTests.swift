import Foundation
import KubernetesModel
import NIOCore
import NIOPosix
import Testing

@testable import ProcessRuntime

@Suite("Probes", .timeLimit(.minutes(5)))
struct ProbeRunnerTests {
    /// Answers each connection with a text, and neither goes on nor closes it.
    private final class Answerer: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        let text: String

        init(_ text: String) { self.text = text }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            context.channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
        }
    }

    @Test(
        "An answer must be whole in time",
        arguments: [
            ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 60, true), ("HTTP/1.1 500 No\r\nContent-Length: 2\r\n\r\nno", 60, false),
            ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", 1, false), ("", 1, false),
            // Of a long one the beginning does.
            ("HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n" + String(repeating: "x", count: 20_000), 60, true),
        ]
    )
    func answers(text: String, seconds: Int, isSuccess: Bool) async throws {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in channel.pipeline.addHandler(Answerer(text)) }
            .bind(host: "127.0.0.1", port: 0).get()
        defer { listener.close(promise: nil) }
        let runner = try ProbeRunner(orphans: OrphanGuard())
        let job = ProbeRunner.Job(
            probe: CoreV1.Probe(httpGet: .init(port: .int(listener.localAddress?.port ?? 0))),
            timeout: .seconds(seconds),
            address: "127.0.0.1",
            containers: [],
            command: ContainerCommand(words: [], variables: [:], directory: "/")
        )
        #expect(await runner.run(job) == isSuccess)
        await runner.shutdown()
    }
}
