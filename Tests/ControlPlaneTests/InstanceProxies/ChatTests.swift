import AsyncHTTPClient
import Foundation
import JSONValue
import KubernetesClient
import Logging
import NIOCore
import NIOHTTP1
import OpenClawGateway
import Postgres
import ServiceLifecycle
import Testing

@testable import ControlPlane

@Suite struct ChatTests {
    @Test func theAnswerComesAsItIsMade() async throws {
        try await withProxyStage { proxy in
            try await proxy.withGate { gate in
                gate.hold(#""state":"final""#)
                let response = try await HTTPClient.shared.execute(proxy.chatRequest("hello there"), timeout: .seconds(60))
                #expect(response.status == .ok)
                #expect(response.headers.first(name: "Content-Type") == "text/event-stream")
                var text = ""
                var events: [ChatEvent] = []
                var wasHeld = false
                for try await part in response.body {
                    text += String(buffer: part)
                    events = ChatEvent.list(text)
                    let deltas = events.filter { $0.name == "delta" }.compactMap { $0.data["text"]?.stringValue }.joined()
                    guard deltas == "main heard: hello there", !wasHeld else { continue }
                    // Everything is here but the end, which the gate holds.
                    wasHeld = true
                    #expect(!events.contains { $0.name == "final" })
                    let second = try await proxy.chat("me too")
                    #expect(second.status == 409)
                    gate.open()
                }
                #expect(wasHeld)
                #expect(events.last == ChatEvent(name: "final", data: ["text": "main heard: hello there"]))
                #expect(events.filter { $0.name == "final" }.count == 1)
                // The next one may come as soon as this one has ended.
                #expect(try await proxy.chat("again").events.last?.data["text"] == "main heard: again")
                let sent = gate.sent.joined()
                #expect(!sent.contains(Stage.token) && !sent.lowercased().contains("authorization"))
            }
        }
    }

    @Test func whoGoesAwayStopsTheAgent() async throws {
        try await withProxyStage { proxy in
            try await proxy.withGate { gate in
                gate.hold(#""state":"final""#)
                let client = HTTPClient(eventLoopGroupProvider: .singleton)
                let response = try await client.execute(proxy.chatRequest("never mind"), timeout: .seconds(60))
                var iterator = response.body.makeAsyncIterator()
                #expect(try await iterator.next() != nil)
                #expect(try await proxy.chat("me").status == 409)
                try await client.shutdown()
                try await eventually("the lease is given back") {
                    try await proxy.stage.rows("select coalesce(chat_holder, '') from instances") == [""]
                }
                #expect(gate.sent.contains { $0.contains("chat.abort") && $0.contains("run-") })
                gate.open()
                #expect(try await proxy.chat("now").events.last?.name == "final")
            }
        }
    }

    @Test func aChatThatTakesTooLongIsStopped() async throws {
        try await withProxyStage(configure: { $0.instanceProxies.chat.lifetime = .milliseconds(700) }) { proxy in
            try await proxy.withGate { gate in
                gate.hold(#""state":"final""#)
                let (status, events) = try await proxy.chat("well")
                #expect(status == 200)
                #expect(events.last?.name == "error" && events.last?.data["code"] == "timeout")
                try await eventually("the agent is stopped") { gate.sent.contains { $0.contains("chat.abort") } }
            }
        }
    }

    @Test func aConnectionThatBreaksEndsTheChatAloud() async throws {
        try await withProxyStage { proxy in
            try await proxy.withGate { gate in
                gate.hold(#""state":"final""#)
                let response = try await HTTPClient.shared.execute(proxy.chatRequest("hello"), timeout: .seconds(60))
                var text = ""
                for try await part in response.body {
                    text += String(buffer: part)
                    if ChatEvent.list(text).contains(where: { $0.name == "delta" }) {
                        gate.open()
                        gate.cut()
                    }
                }
                let last = try #require(ChatEvent.list(text).last)
                #expect(last.name == "final" || (last.name == "error" && last.data["code"] == "instance_unreachable"), "\(last)")
            }
        }
    }

    @Test func whatCannotBeChattedWithSaysSo() async throws {
        try await withProxyStage { proxy in
            try await proxy.withGateway { _ in
                let failed = try await proxy.chat("/fail please")
                #expect(failed.status == 200 && failed.events.last?.name == "error")
                #expect(failed.events.last?.data["message"] == "the agent was asked to fail")
                for message in ["", String(repeating: "x", count: 8001)] {
                    let answer = try await proxy.send(.POST, "/chat", ["message": .string(message)])
                    #expect(answer.status == 422 && answer.body["detail"]?[0]?["loc"] == ["body", "message"], "\(answer.body.text())")
                }
                #expect(try await proxy.chat(String(repeating: "ü", count: 8000)).status == 200)
                #expect(try await proxy.send(.POST, "/chat", [:]).status == 422)
            }
            // The gateway is gone.
            let gone = try await proxy.send(.POST, "/chat", ["message": "hello"])
            #expect(gone.status == 502, "\(gone.body.text())")
            #expect(try await proxy.stage.rows("select coalesce(chat_holder, '') from instances") == [""])
            try await proxy.point(to: 1, phase: "Suspended")
            let stopped = try await proxy.send(.POST, "/chat", ["message": "hello"])
            #expect(stopped.status == 409 && stopped.body["detail"] == "instance not running", "\(stopped.body.text())")
        }
    }

    @Test func theLeaseIsOneForAllReplicasAndEndsByItself() async throws {
        try await withProxyStage { proxy in
            let lease = ChatLease(pool: proxy.stage.pool)
            let now = Date()
            #expect(try await lease.acquire(proxy.id, holder: "a", now: now, until: now + 30))
            #expect(try await !lease.acquire(proxy.id, holder: "b", now: now, until: now + 30))
            try await proxy.withGateway { _ in
                let answer = try await proxy.send(.POST, "/chat", ["message": "hello"])
                #expect(answer.status == 409 && answer.headers.first(name: "Retry-After") != nil)
                // The replica that had it is dead: nobody renews it.
                try await proxy.set("chat_until = now() - interval '1 second'")
                #expect(try await proxy.chat("hello").status == 200)
            }
            #expect(try await !lease.renew(proxy.id, holder: "a", until: now + 60))
            #expect(try await lease.acquire(proxy.id, holder: "b", now: now, until: now + 30))
            // Who lost it takes it from nobody.
            try await lease.release(proxy.id, holder: "a")
            #expect(try await !lease.acquire(proxy.id, holder: "c", now: now, until: now + 30))
        }
    }

    @Test func aRepeatedRequestIsGivenToTheAgentOnce() async throws {
        try await withProxyStage { proxy in
            try await proxy.withGateway { _ in
                func repeated(_ message: String) async throws -> ChatEvent? {
                    let answer = try await proxy.send(.POST, "/chat", ["message": .string(message)], headers: [("X-Request-Id", "r-1")])
                    return ChatEvent.list(answer.body.stringValue ?? "").last
                }
                let first = try await repeated("once")
                #expect(first == ChatEvent(name: "final", data: ["text": "main heard: once"]))
                let second = try await repeated("once")
                #expect(second == first)
                // Another message under the same id is another message.
                let other = try await repeated("twice")
                #expect(other?.data["text"] == "main heard: twice")
                try await proxy.set("consent_debug_access = true")
                let detail = try await proxy.send(.GET, "/conversations/agent:main:main")
                #expect(detail.body["messages"]?.arrayValue?.filter { $0["role"] == "user" }.count == 2)
                let trail = try await proxy.stage.rows("select action || ' ' || outcome from audit_entries order by id")
                #expect(trail == ["InstanceConversationRead succeeded"])
            }
        }
    }

    @Test func aSlowReaderGetsMoreAtATime() async throws {
        let (mailbox, stream) = ChatMailbox.make {}
        var iterator = stream.makeAsyncIterator()
        #expect(try await iterator.next() == ServerSentEvent.heartbeat)
        for number in 0..<1000 { mailbox.add("\(number % 10)") }
        mailbox.end(.answer("all"))
        mailbox.add("late")
        let bytes = try await iterator.next()
        let events = ChatEvent.list(String(decoding: bytes ?? [], as: UTF8.self))
        #expect(events.map(\.name) == ["delta", "final"])
        #expect(events.first?.data["text"]?.stringValue?.count == 1000)
        #expect(try await iterator.next() == nil)

        let (full, reader) = ChatMailbox.make {}
        for _ in 0..<20 { full.add(String(repeating: "x", count: 100_000)) }
        var end = reader.makeAsyncIterator()
        _ = try await end.next()
        let rest = try await end.next()
        let last = ChatEvent.list(String(decoding: rest ?? [], as: UTF8.self)).last
        #expect(last?.name == "error" && last?.data["code"] == "too_slow")
    }

    @Test func aDatabaseThatIsSlowNeverMakesTwoHolders() async throws {
        try await withProxyStage(configure: { $0.instanceProxies.chat.lease = .milliseconds(1200) }) { proxy in
            try await proxy.withGate { gate in
                gate.hold(#""state":"final""#)
                let response = try await HTTPClient.shared.execute(proxy.chatRequest("hello there"), timeout: .seconds(60))
                try await proxy.stage.pool.withTransaction { transaction in
                    // Whoever renews the lease waits from now on.
                    _ = try await transaction.first("select id from instances for update")
                    let start = ContinuousClock.now
                    try await eventually("the agent is stopped") { gate.sent.contains { $0.contains("chat.abort") } }
                    // Without the time limit of the statement nobody would have noticed; the rest is for a busy machine.
                    #expect(ContinuousClock.now - start < .seconds(4))
                }
                let text = String(buffer: try await response.body.collect(upTo: 1 << 20))
                let last = try #require(ChatEvent.list(text).last)
                #expect(last.name == "error" && last.data["code"] == "interrupted", "\(last)")
                gate.open()
            }
        }
    }

    @Test func aShutdownLetsChatsEnd() async throws {
        try await withProxyStage { proxy in
            try await proxy.withGate { gate in
                gate.hold(#""state":"final""#)
                let relay = ChatRelay(
                    gateways: proxy.stage.plane.gateways,
                    lease: ChatLease(pool: proxy.stage.pool),
                    now: { Date() },
                    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
                )
                let group = ServiceGroup(services: [relay], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
                try await withThrowingTaskGroup(of: Void.self) { tasks in
                    tasks.addTask { try await group.run() }
                    let message = ChatRelay.Message(instance: proxy.id, tenant: proxy.uid, text: "bye", key: "k-1", holder: "h-1")
                    var text = ""
                    var hasBegun = false
                    for try await part in try await relay.begin(message) {
                        text += String(decoding: part, as: UTF8.self)
                        guard !hasBegun, ChatEvent.list(text).contains(where: { $0.name == "delta" }) else { continue }
                        hasBegun = true
                        await group.triggerGracefulShutdown()
                        gate.open()
                    }
                    #expect(ChatEvent.list(text).last?.name == "final", "\(text)")
                    try await tasks.waitForAll()
                }
            }
        }
    }
}
