import Foundation
import JSONValue
import NIOConcurrencyHelpers
import OpenClawGateway
import Testing

@testable import DevelopmentGateway

@Suite("Devices and their approval")
struct PairingTests {
    private static let operatorScopes = ["operator.read", "operator.write", "operator.admin", "operator.pairing"]

    /// Somebody on the gateway's own machine who may approve devices.
    private static func approver(_ scopes: [String] = operatorScopes) -> ConnectParameters {
        TestGateway.parameters { $0.scopes = scopes }
    }

    private func refusal(_ gateway: TestGateway, _ parameters: ConnectParameters) async throws -> GatewayError? {
        try await withClient(of: gateway, parameters: parameters) { client -> GatewayError? in
            do throws(GatewayError) { _ = try await client.hello(timeout: .seconds(60)) } catch { return error }
            return nil
        }
    }

    /// Connects in vain, and gives the request that came of it.
    private func held(_ gateway: TestGateway, _ parameters: ConnectParameters) async throws -> (id: String, reason: String?) {
        let error = try await refusal(gateway, parameters)
        #expect(error?.failure?.code == "NOT_PAIRED" && error?.failure?.detailCode == "PAIRING_REQUIRED")
        guard case .pairingRequired(let id?)? = error?.kind else { throw try #require(error) }
        return (id, error?.failure?.details?["reason"]?.stringValue)
    }

    private func error(_ client: GatewayClient, _ method: String, _ params: JSON) async -> GatewayError? {
        do throws(GatewayError) { _ = try await client.call(method, params) } catch { return error }
        return nil
    }

    @Test("A device is held, listed without secrets, approved, kept on disk, and let in; removed, it is held again and its connection ends")
    func approval() async throws {
        try await withGateway({ $0.approvesLoopback = false }) { gateway in
            let device = DeviceIdentity()
            let parameters = TestGateway.parameters { $0.device = device }
            let (id, reason) = try await held(gateway, parameters)
            let (again, _) = try await held(gateway, parameters)
            #expect(again == id && reason == "not-paired")
            try await withClient(of: gateway, parameters: Self.approver()) { client in
                let list = try await client.call("device.pair.list")
                let row = try #require(list["pending"]?[0])
                #expect(list["pending"]?.arrayValue?.count == 1 && row["requestId"]?.stringValue == id)
                #expect(row["deviceId"]?.stringValue == device.id && row["displayName"] == "crane" && row["role"] == "operator")
                _ = try await client.call("device.pair.approve", ["requestId": .string(id)])
                let second = await error(client, "device.pair.approve", ["requestId": .string(id)])
                #expect(second?.failure?.message == "unknown requestId")
                let text = try String(contentsOf: gateway.directory.appending(path: "devices/paired.json"), encoding: .utf8)
                let kept = try JSON(parsing: text)[device.id]
                let token = try #require(kept?["token"]?.stringValue)
                #expect(kept?["publicKey"]?.stringValue == device.publicKey)
                let shown = try await client.call("device.pair.list").text()
                #expect(shown.contains(device.id) && !shown.contains(token))
                try await withClient(of: gateway, parameters: parameters) { paired in
                    let hello = try await paired.hello()
                    #expect(hello.deviceToken == token)
                    let ended = NIOLockedValueBox(false)
                    try await paired.listening { notices in
                        _ = try await client.call("device.pair.remove", ["deviceId": .string(device.id)])
                        for await notice in notices {
                            guard case .disconnected(let error) = notice else { continue }
                            #expect(error.closeCode == 1008)
                            ended.withLockedValue { $0 = true }
                            break
                        }
                    }
                    #expect(ended.withLockedValue { $0 })
                }
                let unknown = await error(client, "device.pair.remove", ["deviceId": .string(device.id)])
                #expect(unknown?.failure?.message == "unknown deviceId")
            }
            let (new, _) = try await held(gateway, parameters)
            #expect(new != id)
        }
    }

    @Test("Whoever may approve hears of requests and of what came of them; others do not")
    func events() async throws {
        try await withGateway({ $0.approvesLoopback = false }) { gateway in
            try await withClient(of: gateway, parameters: Self.approver()) { client in
                _ = try await client.hello()
                try await withClient(of: gateway, parameters: Self.approver(["operator.read"])) { reader in
                    _ = try await reader.hello()
                    let heard = try await reader.listening { others in
                        try await client.listening { notices -> [GatewayEvent] in
                            let (id, _) = try await held(gateway, TestGateway.parameters { $0.device = DeviceIdentity() })
                            _ = try await client.call("device.pair.reject", ["requestId": .string(id)])
                            var heard: [GatewayEvent] = []
                            for await notice in notices {
                                if case .event(let event) = notice, event.name.hasPrefix("device.pair") { heard.append(event) }
                                if heard.count == 2 { break }
                            }
                            // What the other heard until now has come before the answer to its own call.
                            _ = try await reader.call("agents.list")
                            return heard
                        }
                    }
                    #expect(heard.map(\.name) == ["device.pair.requested", "device.pair.resolved"])
                    #expect(heard.first?.payload["requestId"] == heard.last?.payload["requestId"])
                    #expect(heard.last?.payload["decision"] == "rejected")
                    let refused = await error(reader, "device.pair.list", [:])
                    #expect(refused?.kind == .missingScope("operator.pairing"))
                }
            }
        }
    }

    @Test("An approved device is asked about again for other scopes, another role and another platform, and keeps what it had")
    func upgrades() async throws {
        try await withGateway { gateway in
            let device = DeviceIdentity()
            func parameters(_ change: (inout ConnectParameters) -> Void = { _ in }) -> ConnectParameters {
                TestGateway.parameters {
                    $0.device = device
                    $0.scopes = ["operator.read"]
                    change(&$0)
                }
            }
            let first = try await refusal(gateway, parameters())
            #expect(first == nil)
            let wishes: [(String, (inout ConnectParameters) -> Void)] = [
                ("scope-upgrade", { $0.scopes = ["operator.read", "operator.write"] }),
                ("role-upgrade", { $0.role = "node" }),
                ("metadata-upgrade", { $0.platform = "windows" }),
            ]
            for (reason, change) in wishes {
                let (id, told) = try await held(gateway, parameters(change))
                #expect(told == reason)
                try await withClient(of: gateway, parameters: Self.approver()) { client in
                    _ = try await client.call("device.pair.approve", ["requestId": .string(id)])
                }
                let admitted = try await refusal(gateway, parameters(change))
                #expect(admitted == nil, "\(reason)")
            }
            let text = try String(contentsOf: gateway.directory.appending(path: "devices/paired.json"), encoding: .utf8)
            let kept = try JSON(parsing: text).decode([String: PairedDevice].self)[device.id]
            #expect(kept?.roles == ["operator", "node"])
            #expect(kept?.scopes == ["operator.read", "operator.write"])
        }
    }

    @Test("Nobody gives away a scope of which they have none")
    func borrowedScopes() async throws {
        try await withGateway({ $0.approvesLoopback = false }) { gateway in
            let (id, _) = try await held(gateway, TestGateway.parameters { $0.device = DeviceIdentity() })
            try await withClient(of: gateway, parameters: Self.approver(["operator.read", "operator.pairing"])) { client in
                let refused = await error(client, "device.pair.approve", ["requestId": .string(id)])
                #expect(refused?.kind == .missingScope("operator.write"))
                let list = try await client.call("device.pair.list")
                #expect(list["pending"]?.arrayValue?.count == 1)
            }
        }
    }

    // MARK: - The table

    private static func wish(_ device: String, scopes: [String] = ["operator.read"]) -> PairingWish {
        PairingWish(
            deviceID: device,
            publicKey: "key",
            displayName: nil,
            platform: "linux",
            clientID: "cli",
            clientMode: "cli",
            role: "operator",
            scopes: scopes,
            reason: .notPaired
        )
    }

    @Test("A wish that changes is another request, so that nobody approves what was not shown")
    func superseded() {
        var table = PairingTable()
        let first = table.request(Self.wish("a"), id: "1", address: "", at: 0).request
        let same = table.request(Self.wish("a"), id: "2", address: "", at: 1)
        #expect(same.request == first && same.changes.isEmpty)
        let more = table.request(Self.wish("a", scopes: ["operator.admin"]), id: "3", address: "", at: 2)
        #expect(more.changes == [.resolved(first, .superseded), .requested(more.request)])
        #expect(table.request("1", at: 3) == nil && table.request("3", at: 3) == more.request)
    }

    @Test("Requests end after five minutes, and no more than sixty-four wait")
    func bounds() {
        var table = PairingTable()
        for number in 0..<100 { _ = table.request(Self.wish("d\(number)"), id: "\(number)", address: "", at: Int64(number)) }
        #expect(table.pending.map(\.requestId) == (36..<100).map(String.init))
        #expect(table.request("36", at: 300_035) != nil && table.request("36", at: 300_036) == nil)
        #expect(table.expire(at: 300_036).count == 1)
        #expect(table.pending.count == 63)
    }
}
