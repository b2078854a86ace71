import JSONValue
import Logging
import NIOConcurrencyHelpers
import Testing

@testable import OpenClawGateway

@Suite("The client")
struct GatewayClientTests {
    private static func client(_ transport: ScriptedTransport, time: GatewayTime = .system, logger: Logger? = nil) -> GatewayClient {
        var parameters = ConnectParameters(displayName: "crane", version: "1")
        parameters.token = "very-secret"
        parameters.deviceToken = "as-secret"
        return GatewayClient(
            endpoint: GatewayEndpoint(host: "gateway.test"),
            parameters: parameters,
            transport: transport,
            time: time,
            logger: logger ?? Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    private static func running<Value: Sendable>(
        _ client: GatewayClient,
        _ body: @escaping @Sendable (GatewayClient) async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask {
                try await client.run()
                return nil
            }
            group.addTask { try await body(client) }
            defer { group.cancelAll() }
            while let result = try await group.next() { if let result { return result } }
            throw CancellationError()
        }
    }

    /// Time that passes at once when somebody waits for a second or more, and tells how long they wanted to wait.
    private static func skipping() -> (time: GatewayTime, pauses: NIOLockedValueBox<[Duration]>) {
        let (skipped, pauses) = (NIOLockedValueBox(Duration.zero), NIOLockedValueBox<[Duration]>([]))
        var time = GatewayTime.system
        let real = GatewayTime.system
        time.now = {
            let now = real.now()
            return ConnectionMachine.Moment(elapsed: now.elapsed + skipped.withLockedValue { $0 }, milliseconds: now.milliseconds)
        }
        time.sleep = { duration in
            guard duration >= .seconds(1) else { return try await real.sleep(duration) }
            pauses.withLockedValue { $0.append(duration) }
            skipped.withLockedValue { $0 += duration }
        }
        return (time, pauses)
    }

    @Test("A change that came too often waits as long as the gateway says, and reads anew before it comes again")
    func rateLimitedPatch() async throws {
        let (time, pauses) = Self.skipping()
        let patches = NIOLockedValueBox<[String]>([])
        let reads = NIOLockedValueBox(0)
        let transport = ScriptedTransport { _, request in
            switch request.method {
            case "config.get":
                let number = reads.withLockedValue {
                    $0 += 1; return $0
                }
                return [.answer(["config": [:], "hash": .string("hash-\(number)")])]
            default:
                let count = patches.withLockedValue {
                    $0.append(request.params["baseHash"]?.stringValue ?? ""); return $0.count
                }
                guard count == 1 else { return [.answer(["ok": true])] }
                return [
                    .refuse(
                        GatewayFailure(
                            code: "UNAVAILABLE",
                            message: "rate limit exceeded for config.patch; retry after 12s",
                            isRetryable: true,
                            retryAfter: .seconds(12)
                        )
                    )
                ]
            }
        }
        let change = try await Self.running(Self.client(transport, time: time)) { client in
            // A wait with a time limit would be skipped.
            while await client.state.hello == nil { await Task.yield() }
            return try await client.patchConfiguration(note: "n") { _ in ["skills": ["a": true]] }
        }
        #expect(change == ConfigurationChange(isWritten: true, attempts: 2))
        #expect(pauses.withLockedValue { $0 } == [.seconds(12)])
        #expect(patches.withLockedValue { $0 } == ["hash-1", "hash-2"])
    }

    @Test("A base that is stale again and again is read again each time, and a change that somebody else made is not made twice")
    func staleBaseLoop() async throws {
        let patches = NIOLockedValueBox(0)
        let stale = GatewayFailure(code: "INVALID_REQUEST", message: "config changed since last load; re-run config.get and retry")
        let transport = ScriptedTransport { _, request in
            let count = patches.withLockedValue { $0 }
            guard request.method == "config.patch" else {
                return [.answer(["config": count < 3 ? [:] : ["skills": ["a": true]], "hash": .string("\(count)")])]
            }
            patches.withLockedValue { $0 += 1 }
            return [.refuse(stale)]
        }
        let change = try await Self.running(Self.client(transport)) { client in
            try await client.patchConfiguration(note: "n") { $0["skills"] == nil ? ["skills": ["a": true]] : nil }
        }
        #expect(change.attempts == 3)
        #expect(patches.withLockedValue { $0 } == 3)
    }

    @Test("A client that does not run, or not any more, keeps nobody waiting beyond their time", .timeLimit(.minutes(5)))
    func notRunning() async throws {
        let client = Self.client(ScriptedTransport { _, _ in [] })
        let early = await #expect(throws: GatewayError.self) { _ = try await client.call("health", timeout: .milliseconds(50)) }
        #expect(early?.code == .unreachable)
        try await Self.running(client) { client in _ = try await client.hello() }
        let late = await #expect(throws: GatewayError.self) { _ = try await client.call("health", timeout: .seconds(300)) }
        #expect(late?.code == .closed)
    }

    @Test("A message that is given before there is a connection is answered over the first one")
    func chatBeforeConnection() async throws {
        let transport = ScriptedTransport { _, request in
            let event = GatewayEvent(name: "chat", payload: ["runId": "r", "seq": 1, "state": "final", "message": "hello"], sequence: 1)
            return [.answer(["runId": "r", "status": "started"]), .event(event)]
        }
        let client = Self.client(transport)
        let parts = NIOLockedValueBox<[ChatUpdate]>([])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await client.chat("hi", in: "agent:main:main", idempotencyKey: "k") { part in parts.withLockedValue { $0.append(part) }
                }
            }
            // The caller waits before anybody connects.
            while await client.waitingCallers == 0 { await Task.yield() }
            group.addTask { try await client.run() }
            try await group.next()
            group.cancelAll()
        }
        #expect(parts.withLockedValue { $0 } == [.final("hello")])
    }

    @Test("While a dead connection is being closed, reads wait for the next one", .timeLimit(.minutes(5)))
    func readDuringClosing() async throws {
        var transport = ScriptedTransport { number, _ in number == 1 ? [] : [.answer(["from": .integer(Int64(number))])] }
        transport.hello[at: ["policy", "tickIntervalMs"]] = 300
        transport.closing = .milliseconds(300)
        let client = Self.client(transport)
        let answer = try await Self.running(client) { client in
            try await client.listening { notices in
                _ = try await client.hello()
                do throws(GatewayError) { _ = try await client.call("health", timeout: .seconds(20)) } catch {
                    #expect(error.code == .closed && error.closeCode == ConnectionMachine.silenceCode)
                }
                // The other side has not answered the close yet.
                return try await client.read("health", timeout: .seconds(20))
            }
        }
        #expect((answer["from"]?.integerValue ?? 0) >= 2)
    }

    @Test("Lost events are told before what came after them")
    func gap() async throws {
        let transport = ScriptedTransport { _, _ in
            [1, 2, 5].map { .event(GatewayEvent(name: "x", payload: .null, sequence: $0)) } + [.answer([:])]
        }
        try await Self.running(Self.client(transport)) { client in
            _ = try await client.hello()
            try await client.listening { notices in
                _ = try await client.call("health")
                var heard: [GatewayNotice] = []
                for await notice in notices {
                    heard.append(notice)
                    if heard.count == 4 { break }
                }
                #expect(heard[2] == .gap)
                #expect(heard[3] == .event(GatewayEvent(name: "x", payload: .null, sequence: 5)))
            }
        }
    }

    @Test("No credential is in what the client says of itself, its gateway, or its troubles")
    func secrets() async throws {
        let lines = NIOLockedValueBox<[String]>([])
        let logger = Logger(label: "test") { _ in LineHandler(lines: lines) }
        var transport = ScriptedTransport { number, _ in
            [.refuse(GatewayFailure(code: "INVALID_REQUEST", message: "no")), .close(1012)]
        }
        transport.hello["auth"] = ["deviceToken": "new-secret", "role": "operator", "scopes": []]
        let client = Self.client(transport, logger: logger)
        let texts = try await Self.running(client) { client -> [String] in
            try await client.listening { notices in
                let hello = try await client.hello()
                var texts = ["\(hello)", String(reflecting: hello), "\(await client.state)"]
                do throws(GatewayError) { _ = try await client.call("health") } catch { texts += ["\(error)", String(reflecting: error)] }
                for await notice in notices {
                    texts.append("\(notice)")
                    if case .disconnected = notice { break }
                }
                return texts
            }
        }
        var parameters = ConnectParameters(displayName: "crane", version: "1")
        parameters.token = "very-secret"
        parameters.deviceToken = "as-secret"
        parameters.device = DeviceIdentity()
        let all = texts + lines.withLockedValue { $0 } + ["\(parameters)", String(reflecting: parameters)]
        #expect(all.count > 5)
        for text in all { #expect(!text.contains("secret"), "\(text)") }
    }
}

/// Keeps log lines.
private struct LineHandler: LogHandler {
    let lines: NIOLockedValueBox<[String]>
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { lines.withLockedValue { $0.append("\(event.message) \(event.metadata ?? [:])") } }
}
