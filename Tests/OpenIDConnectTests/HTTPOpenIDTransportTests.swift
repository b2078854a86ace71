import Hummingbird
import Logging
import NIOCore
import Observability
import Testing

@testable import OpenIDConnect

/// Over real sockets, against a provider that misbehaves.
@Suite struct HTTPOpenIDTransportTests {
    private func withProvider<Result: Sendable>(_ body: @escaping @Sendable (String) async throws -> Result) async throws -> Result {
        let router = Router()
        router.get("/ok") { _, _ in
            Response(status: .ok, headers: [.cacheControl: "max-age=77"], body: ResponseBody(byteBuffer: ByteBuffer(string: "{}")))
        }
        router.get("/away") { _, _ in Response(status: .found, headers: [.location: "/ok"]) }
        router.get("/large") { _, _ in Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(repeating: 0x20, count: 5000))) }
        router.get("/endless") { _, _ in
            Response(
                status: .ok,
                body: ResponseBody { writer in
                    for _ in 0..<100_000 { try await writer.write(ByteBuffer(repeating: 0x20, count: 1000)) }
                    try await writer.finish(nil)
                }
            )
        }
        router.get("/mute") { _, _ in
            try await Task.sleep(for: .seconds(30))  // wait: the provider that hangs is the subject
            return "late"
        }
        router.get("/drip") { _, _ in
            Response(
                status: .ok,
                body: ResponseBody { writer in
                    for _ in 0..<300 {
                        try await writer.write(ByteBuffer(string: " "))
                        try await Task.sleep(for: .milliseconds(100))  // wait: the provider that dawdles is the subject
                    }
                    try await writer.finish(nil)
                }
            )
        }
        router.post("/echo") { request, _ in
            let body = try await request.body.collect(upTo: 10_000)
            return "\(request.headers[.authorization] ?? "-") \(request.headers[.contentType] ?? "-") \(String(buffer: body))"
        }
        let (ports, port) = AsyncStream<Int>.makeStream()
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let application = Application(
            router: router,
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in port.yield(channel.localAddress?.port ?? 0) },
            logger: logger
        )
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            defer { group.cancelAll() }
            guard let number = await ports.first(where: { _ in true }) else { throw CancellationError() }
            return try await body("http://127.0.0.1:\(number)")
        }
    }

    @Test func keepsItsLimits() async throws {
        try await withProvider { base in
            let transport = HTTPOpenIDTransport()
            let small = OpenIDLimits(time: .seconds(20), answer: 1000)
            let answer = try await transport.send(OpenIDRequest(.get, base + "/ok"), limits: small)
            #expect(answer.status == 200)
            #expect(answer.body == Array("{}".utf8))
            #expect(answer.cacheControl == "max-age=77")
            #expect(try await transport.send(OpenIDRequest(.get, base + "/away"), limits: small).status == 302)
            #expect(await failure { try await transport.send(OpenIDRequest(.get, base + "/large"), limits: small) } == .answerTooLarge)
            #expect(await failure { try await transport.send(OpenIDRequest(.get, base + "/endless"), limits: small) } == .answerTooLarge)
            let hasty = OpenIDLimits(time: .milliseconds(300), answer: 1000)
            #expect(await failure { try await transport.send(OpenIDRequest(.get, base + "/mute"), limits: hasty) } == .providerTimedOut)
            #expect(await failure { try await transport.send(OpenIDRequest(.get, base + "/drip"), limits: hasty) } == .providerTimedOut)
        }
    }

    @Test func sendsForms() async throws {
        try await withProvider { base in
            let request = OpenIDRequest(.post, base + "/echo", authorization: "Basic x", form: "a=b")
            let answer = try await HTTPOpenIDTransport().send(request, limits: OpenIDLimits())
            #expect(String(decoding: answer.body, as: UTF8.self) == "Basic x application/x-www-form-urlencoded a=b")
        }
    }

    @Test func saysWhenNobodyAnswers() async throws {
        let base = try await withProvider { $0 }
        #expect(
            await failure { try await HTTPOpenIDTransport().send(OpenIDRequest(.get, base + "/ok"), limits: OpenIDLimits()) }
                == .providerUnreachable
        )
        #expect(
            await failure { try await HTTPOpenIDTransport().send(OpenIDRequest(.get, "nonsense"), limits: OpenIDLimits()) }
                == .providerUnreachable
        )
    }
}
