import DevelopmentGateway
import Foundation
import JSONValue
import NIOConcurrencyHelpers
import OpenClawGateway
import Testing

@Suite("Client and development gateway")
struct ConversationTests {
    @Test("Agents and their files are made, read back, changed and deleted, on disk as over the socket")
    func agents() async throws {
        try await withGateway { gateway in
            try await withClient(of: gateway) { client in
                let hello = try await client.hello()
                #expect(hello.protocolVersion == 4)
                #expect(hello.has("agents.create"))
                let made = try await client.ensureAgent("Ops Lead", workspace: "~/.openclaw/workspace-ops-lead")
                #expect(made.id == "ops-lead")
                #expect(made.isNew)
                let again = try await client.ensureAgent("Ops Lead", workspace: "~/.openclaw/workspace-ops-lead")
                #expect(again.id == "ops-lead")
                #expect(!again.isNew)
                try await client.setFile("SOUL.md", of: "ops-lead", to: "# Soul\n\nBrief – ü.\n")
                let soul = try await client.file("SOUL.md", of: "ops-lead")
                #expect(soul == "# Soul\n\nBrief – ü.\n")
                let onDisk = try String(contentsOf: gateway.directory.appending(path: "workspace-ops-lead/SOUL.md"), encoding: .utf8)
                #expect(onDisk == soul)
                let memory = try await client.file("MEMORY.md", of: "ops-lead")
                #expect(memory == nil)
                let names = try await client.agents().map(\.id)
                #expect(names.contains("ops-lead"))
                let wasThere = try await client.deleteAgent("ops-lead")
                let isThere = try await client.deleteAgent("ops-lead")
                #expect(wasThere)
                #expect(!isThere)
                #expect(!FileManager.default.fileExists(atPath: gateway.directory.appending(path: "workspace-ops-lead").path))
            }
        }
    }

    @Test("Names that are no workspace file, links, and agents that do not exist are refused")
    func files() async throws {
        try await withGateway { gateway in
            try await withClient(of: gateway) { client in
                _ = try await client.ensureAgent("qa", workspace: "~/.openclaw/workspace-qa")
                func kind(_ name: String, _ agent: String) async -> GatewayFailureKind? {
                    do throws(GatewayError) { try await client.setFile(name, of: agent, to: "x") } catch { return error.kind }
                    return nil
                }
                #expect(await kind("notes.txt", "qa") == .unsupportedFile)
                #expect(await kind("../SOUL.md", "qa") == .unsupportedFile)
                #expect(await kind("SOUL.md", "nobody") == .notFound)
                let link = gateway.directory.appending(path: "workspace-qa/MEMORY.md")
                try FileManager.default.createSymbolicLink(at: link, withDestinationURL: gateway.directory.appending(path: "openclaw.json"))
                #expect(await kind("MEMORY.md", "qa") == .unsupportedFile)
            }
        }
    }

    @Test("A gateway that is started anew in its directory goes on where it was")
    func restart() async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "crane-gateway-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        try await withGateway(in: directory) { gateway in
            try await withClient(of: gateway) { client in _ = try await client.ensureAgent("qa", workspace: "~/.openclaw/workspace-qa") }
        }
        try await withGateway(in: directory) { gateway in
            try await withClient(of: gateway) { client in
                let agents = try await client.agents().map(\.id)
                #expect(agents == ["qa"])
            }
        }
    }

    @Test("A change of the configuration reads, writes with what it read, and is not made twice")
    func configuration() async throws {
        try await withGateway { gateway in
            try await withClient(of: gateway) { client in
                _ = try await client.ensureAgent("qa", workspace: "~/.openclaw/workspace-qa")
                let change: @Sendable (JSON) -> JSON? = { config in
                    if config[at: ["agents", "defaults", "heartbeat", "every"]] == "10m" { return nil }
                    return ["agents": ["defaults": ["heartbeat": ["every": "10m"]]]]
                }
                let first = try await client.patchConfiguration(note: "test", change)
                #expect(first.isWritten)
                #expect(first.attempts == 1)
                let second = try await client.patchConfiguration(note: "test", change)
                #expect(!second.isWritten)
                #expect(second.attempts == 0)
                // The agent is still there: objects merge.
                let agents = try await client.agents().map(\.id)
                #expect(agents == ["qa"])
            }
        }
    }

    @Test("A base that is stale is read again, and every change of several at once takes effect")
    func staleBase() async throws {
        try await withGateway({ $0.changesPerMinute = 1000 }) { gateway in
            try await withClient(of: gateway) { client in
                _ = try await client.ensureAgent("qa", workspace: "~/.openclaw/workspace-qa")
                do throws(GatewayError) {
                    _ = try await client.call("config.patch", ["raw": "{}", "baseHash": "stale"])
                    Issue.record("a stale base was taken")
                } catch { #expect(error.kind == .baseHashStale) }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<8 {
                        group.addTask {
                            _ = try await client.patchConfiguration(note: "\(number)") { config in
                                config[at: ["skills", "s\(number)"]] == nil ? ["skills": ["s\(number)": true]] : nil
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                let config = try await client.configuration().config
                #expect(config["skills"]?.objectValue?.count == 8)
            }
        }
    }

    @Test("A gateway that restarts in the middle of a change is connected to again, and the change is there once")
    func restartInTheMiddle() async throws {
        try await withGateway({ $0.restartsOnChange = true }) { gateway in
            try await withClient(of: gateway) { client in
                _ = try await client.ensureAgent("qa", workspace: "~/.openclaw/workspace-qa")
                let result = try await client.patchConfiguration(note: "test") { config in
                    config[at: ["agents", "defaults", "timeFormat"]] == "24" ? nil : ["agents": ["defaults": ["timeFormat": "24"]]]
                }
                #expect(result.isWritten)
                let config = try await client.configuration().config
                #expect(config[at: ["agents", "defaults", "timeFormat"]] == "24")
                let agents = try await client.agents().map(\.id)
                #expect(agents == ["qa"])
            }
        }
    }

    @Test("A change that came too often is told when to come again")
    func rateLimit() async throws {
        try await withGateway({ $0.changesPerMinute = 1 }) { gateway in
            try await withClient(of: gateway) { client in
                let first = try await client.patchConfiguration(note: "1") { _ in ["skills": ["a": true]] }
                #expect(first.isWritten)
                let hash = try await client.configuration().hash ?? ""
                do throws(GatewayError) {
                    _ = try await client.call("config.patch", ["raw": "{}", "baseHash": .string(hash)])
                    Issue.record("the limit was not kept")
                } catch {
                    #expect(error.kind == .rateLimited)
                    #expect(error.failure?.isRetryable == true)
                    #expect((error.failure?.retryAfter ?? .zero) > .zero)
                }
            }
        }
    }

    @Test(
        "An invalid configuration is refused with what is wrong, and the file stays",
        arguments: ["{\"nonsense\":1}", "{\"agents\":{\"list\":[{}]}}", "["]
    )
    func invalidConfiguration(_ raw: String) async throws {
        try await withGateway { gateway in
            try await withClient(of: gateway) { client in
                _ = try await client.ensureAgent("qa", workspace: "~/.openclaw/workspace-qa")
                let before = try await client.configuration()
                do throws(GatewayError) {
                    _ = try await client.call("config.patch", ["raw": .string(raw), "baseHash": .string(before.hash ?? "")])
                    Issue.record("it was taken")
                } catch { #expect(error.message.contains("invalid config")) }
                let after = try await client.configuration()
                #expect(after == before)
            }
        }
    }

    @Test("Secrets are not shown, and writing back what was shown keeps them")
    func secrets() async throws {
        try await withGateway { gateway in
            let file = gateway.directory.appending(path: "openclaw.json")
            try #"{"gateway":{"auth":{"mode":"token","token":"very-secret"}}}"#.write(to: file, atomically: true, encoding: .utf8)
            try await withClient(of: gateway) { client in
                let shown = try await client.configuration()
                #expect(!shown.config.text().contains("very-secret"))
                _ = try await client.call("config.patch", ["raw": .string(shown.config.text()), "baseHash": .string(shown.hash ?? "")])
                let text = try String(contentsOf: file, encoding: .utf8)
                #expect(text.contains("very-secret"))
            }
        }
    }

    @Test("A chat comes in parts, in order, and the same key gives the message once")
    func chat() async throws {
        try await withGateway { gateway in
            try await withClient(of: gateway) { client in
                _ = try await client.ensureAgent("qa", workspace: "~/.openclaw/workspace-qa")
                let session = GatewayClient.mainSession(of: "qa")
                let parts = NIOLockedValueBox<[ChatUpdate]>([])
                try await client.chat("hello there", in: session, idempotencyKey: "k1") { part in parts.withLockedValue { $0.append(part) }
                }
                let heard = parts.withLockedValue { $0 }
                #expect(heard.last == .final("qa heard: hello there"))
                let text = heard.compactMap { if case .delta(let text) = $0 { text } else { nil } }.joined()
                #expect(text == "qa heard: hello there")
                let first = try await client.send("once", to: session, idempotencyKey: "k2")
                let second = try await client.send("once", to: session, idempotencyKey: "k2")
                #expect(first == second)
                let messages = try await client.history(of: session)["messages"]?.arrayValue ?? []
                #expect(messages.filter { $0["content"] == "once" }.count == 1)
                #expect(messages.count == 4)
            }
        }
    }

    @Test("An agent that fails says so")
    func failingChat() async throws {
        try await withGateway { gateway in
            try await withClient(of: gateway) { client in
                _ = try await client.ensureAgent("qa", workspace: "~/.openclaw/workspace-qa")
                let last = NIOLockedValueBox<ChatUpdate?>(nil)
                try await client.chat("/fail", in: GatewayClient.mainSession(of: "qa"), idempotencyKey: "k") { part in
                    last.withLockedValue { $0 = part }
                }
                #expect(last.withLockedValue { $0 } == .failed(kind: "unknown", message: "the agent was asked to fail"))
            }
        }
    }

    @Test("Channels, health and log answer")
    func status() async throws {
        try await withGateway { gateway in
            try await withClient(of: gateway) { client in
                let health = try await client.health()
                #expect(health["ok"] == true)
                _ = try await client.patchConfiguration(note: "c") { _ in
                    ["channels": ["discord": ["accounts": ["lead": ["token": "x"]]], "slack": ["enabled": false]]]
                }
                let channels = try await client.channels()
                #expect(channels.map(\.channel) == ["discord", "slack"])
                #expect(channels.map(\.works) == [true, false])
                let log = try await client.logs()
                #expect(log.lines.contains { $0.contains("listening") })
                let next = try await client.logs(from: log.cursor)
                #expect(next.lines.isEmpty)
            }
        }
    }

    @Test("The gateway has every method that it says it has")
    func methods() async throws {
        try await withGateway { gateway in
            try await withClient(of: gateway) { client in
                for method in try await client.hello().methods.sorted() {
                    do throws(GatewayError) { _ = try await client.call(method) } catch { #expect(error.code != .unsupported, "\(method)") }
                }
            }
        }
    }

    @Test("Unknown methods are absent features")
    func unknownMethod() async throws {
        try await withGateway { gateway in
            try await withClient(of: gateway) { client in
                do throws(GatewayError) {
                    _ = try await client.call("agents.fly")
                    Issue.record("it flew")
                } catch { #expect(error.code == .unsupported) }
            }
        }
    }
}
