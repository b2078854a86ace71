import DevelopmentGateway
import Foundation
import JSONValue
import NIOCore
import NIOPosix
import OpenClawGateway
import Testing

@Suite("Who is let in")
struct AdmissionTests {
    /// Connects and gives the refusal.
    private func refusal(_ gateway: TestGateway, _ parameters: ConnectParameters) async throws -> GatewayError? {
        try await withClient(of: gateway, parameters: parameters) { client -> GatewayError? in
            do throws(GatewayError) { _ = try await client.hello(timeout: .seconds(60)) } catch { return error }
            return nil
        }
    }

    @Test("The shared token is enough on the same machine; a wrong or missing one is refused for good")
    func tokens() async throws {
        try await withGateway { gateway in
            let good = try await refusal(gateway, TestGateway.parameters())
            #expect(good == nil)
            let wrong = try await refusal(gateway, TestGateway.parameters { $0.token = "wrong" })
            #expect(wrong?.kind == .authentication)
            #expect(wrong?.failure?.detailCode == "AUTH_TOKEN_MISMATCH")
            let none = try await refusal(gateway, TestGateway.parameters { $0.token = nil })
            #expect(none?.failure?.detailCode == "AUTH_TOKEN_MISSING")
        }
    }

    @Test("A client that is no backend needs a device")
    func device() async throws {
        try await withGateway { gateway in
            let refused = try await refusal(
                gateway,
                TestGateway.parameters {
                    $0.clientMode = "cli"; $0.clientID = "cli"
                }
            )
            #expect(refused?.failure?.detailCode == "DEVICE_IDENTITY_REQUIRED")
            let admitted = try await refusal(
                gateway,
                TestGateway.parameters {
                    $0.clientMode = "cli"; $0.clientID = "cli"; $0.device = DeviceIdentity()
                }
            )
            #expect(admitted == nil)
        }
    }

    @Test("An unknown device waits for its approval where none is given by itself")
    func pairing() async throws {
        try await withGateway({ $0.approvesLoopback = false }) { gateway in
            let refused = try await refusal(gateway, TestGateway.parameters { $0.device = DeviceIdentity() })
            guard case .pairingRequired(let request)? = refused?.kind else { Issue.record("\(String(describing: refused))"); return }
            #expect(request?.hasPrefix("pair-") == true)
        }
    }

    @Test("An approved device that asks for more is asked about again")
    func upgrades() async throws {
        try await withGateway { gateway in
            let device = DeviceIdentity()
            let first = try await refusal(
                gateway,
                TestGateway.parameters {
                    $0.device = device; $0.scopes = ["operator.read"]
                }
            )
            #expect(first == nil)
            let second = try await refusal(gateway, TestGateway.parameters { $0.device = device })
            #expect(second?.failure?.details?["reason"] == "scope-upgrade")
        }
    }

    @Test("A device token from an earlier handshake is taken instead of the shared one")
    func deviceToken() async throws {
        try await withGateway { gateway in
            let device = DeviceIdentity()
            let hello = try await withClient(of: gateway, parameters: TestGateway.parameters { $0.device = device }) {
                try await $0.hello()
            }
            let token = try #require(hello.deviceToken)
            let again = try await refusal(
                gateway,
                TestGateway.parameters {
                    $0.token = nil; $0.device = device; $0.deviceToken = token
                }
            )
            #expect(again == nil)
            let other = try await refusal(
                gateway,
                TestGateway.parameters {
                    $0.token = nil; $0.device = DeviceIdentity(); $0.deviceToken = token
                }
            )
            #expect(other?.failure?.detailCode == "AUTH_DEVICE_TOKEN_MISMATCH")
        }
    }

    @Test("No token is in an answer, a refusal, or the gateway's log")
    func tokensStaySecret() async throws {
        try await withGateway { gateway in
            let file = gateway.directory.appending(path: "openclaw.json")
            try #"{"gateway":{"auth":{"mode":"token","token":"\#(TestGateway.token)"}}}"#.write(to: file, atomically: true, encoding: .utf8)
            let device = DeviceIdentity()
            let wrong = try await refusal(gateway, TestGateway.parameters { $0.token = "a-wrong-token" })
            var texts = ["\(String(describing: wrong))"]
            let parameters = TestGateway.parameters {
                $0.device = device
                $0.scopes += ["operator.pairing"]
            }
            let deviceToken = try await withClient(of: gateway, parameters: parameters) { try await $0.hello().deviceToken }
            texts += try await withClient(of: gateway, parameters: parameters) { client in
                var texts: [String] = []
                for method in try await client.hello().methods.sorted() {
                    let params: JSON = method == "logs.tail" ? ["limit": 5000] : [:]
                    do throws(GatewayError) { texts.append(try await client.call(method, params).text()) } catch {
                        texts.append("\(error)")
                    }
                }
                return texts
            }
            let log = try String(contentsOf: gateway.directory.appending(path: "logs/gateway.log"), encoding: .utf8)
            #expect(log.contains("refused") && texts.count > 20)
            for secret in [TestGateway.token, "a-wrong-token", try #require(deviceToken)] {
                for text in texts + [log] { #expect(!text.contains(secret), "\(text)") }
            }
        }
    }

    @Test("Scopes bound what a client may do")
    func scopes() async throws {
        try await withGateway { gateway in
            try await withClient(of: gateway, parameters: TestGateway.parameters { $0.scopes = ["operator.read"] }) { client in
                _ = try await client.agents()
                do throws(GatewayError) {
                    _ = try await client.ensureAgent("qa", workspace: "~/.openclaw/workspace-qa")
                    Issue.record("it was allowed")
                } catch { #expect(error.kind == .missingScope("operator.admin")) }
            }
        }
    }

    @Test("A gateway of the older protocol is spoken to as well")
    func olderProtocol() async throws {
        try await withGateway({ $0.protocolVersion = 3 }) { gateway in
            let hello = try await withClient(of: gateway) { try await $0.hello() }
            #expect(hello.protocolVersion == 3)
        }
        try await withGateway({ $0.protocolVersion = 5 }) { gateway in
            let refused = try await refusal(gateway, TestGateway.parameters())
            #expect(refused?.kind == .protocolMismatch)
        }
    }

    /// Frames a client of ours would not send, over a raw socket.
    private func close(_ gateway: TestGateway, _ frames: [JSON]) async throws -> GatewayClosing {
        let outbound = AsyncStream.makeStream(of: (any GatewayOutbound).self)
        return try await WebSocketTransport().run(
            to: gateway.endpoint,
            opened: { out in
                outbound.continuation.yield(out)
                for frame in frames { _ = out.send(frame.serialized()) }
            },
            received: { _ in }
        )
    }

    @Test("What is no connect, has unknown members, or is no frame closes the connection")
    func strangers() async throws {
        try await withGateway { gateway in
            let other = try await close(gateway, [["type": "req", "id": "1", "method": "health", "params": [:]]])
            #expect(other.code == 1008)
            let extra = try await close(gateway, [["type": "req", "id": "1", "method": "connect", "params": [:], "extra": 1]])
            #expect(extra.code == 1008)
            let params = try await close(gateway, [["type": "req", "id": "1", "method": "connect", "params": ["nonsense": 1]]])
            #expect(params.code == 1008)
            #expect(params.reason.contains("unexpected property 'nonsense'"))
            let nothing = try await close(gateway, ["text"])
            #expect(nothing.code == 1008)
            let large = try await close(gateway, [.string(String(repeating: "x", count: 70_000))])
            #expect(large.code == 1009)
        }
    }

    @Test("A nonce that is not this connection's is refused")
    func wrongNonce() async throws {
        try await withGateway { gateway in
            let device = DeviceIdentity()
            var parameters = TestGateway.parameters()
            parameters.device = device
            let arguments = try parameters.arguments(nonce: "another", signedAt: Int64(Date().timeIntervalSince1970 * 1000))
            let closing = try await close(gateway, [["type": "req", "id": "1", "method": "connect", "params": arguments]])
            #expect(closing.code == 1008)
            #expect(closing.reason.contains("nonce mismatch"))
        }
    }

    @Test(
        "Probes answer without authentication; anything else is not found",
        arguments: [("/healthz", 200), ("/readyz", 200), ("/health", 200), ("/x", 404)]
    )
    func probes(_ path: String, _ status: Int) async throws {
        try await withGateway { gateway in
            let url = try #require(URL(string: "http://127.0.0.1:\(gateway.port)\(path)"))
            let process = Process()
            let output = Pipe()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = ["curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", url.absoluteString]
            process.standardOutput = output
            process.standardInput = FileHandle.nullDevice
            let code: Int32 = try await withCheckedThrowingContinuation { continuation in
                process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
                do { try process.run() } catch { continuation.resume(throwing: error) }
            }
            #expect(code == 0)
            let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            #expect(text == "\(status)")
        }
    }

    @Test("A connection that says nothing keeps neither side waiting for its end", .timeLimit(.minutes(5)))
    func silentConnection() async throws {
        try await withGateway { gateway in
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(
                host: "127.0.0.1",
                port: gateway.port
            ).get()
            #expect(channel.isActive)
        }
        // A server that takes connections and answers nothing.
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(server.localAddress?.port)
        var transport = WebSocketTransport()
        transport.connectTimeout = .milliseconds(200)
        let silent = transport
        let error = await #expect(throws: GatewayError.self) {
            _ = try await silent.run(to: GatewayEndpoint(host: "127.0.0.1", port: port), opened: { _ in }, received: { _ in })
        }
        #expect(error?.code == .unreachable)
        try await server.close()
    }
}
