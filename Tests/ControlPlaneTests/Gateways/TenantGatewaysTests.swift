import JSONValue
import KubernetesClient
import Logging
import NIOConcurrencyHelpers
import OpenClawGateway
import Testing

@testable import ControlPlane

@Suite struct TenantGatewaysTests {
    private static let device = [UInt8](repeating: 7, count: 32)

    private static func access(_ port: Int = 1, token: String = "t") -> GatewayAccess {
        GatewayAccess(endpoint: GatewayEndpoint(host: "h", port: port), token: token, device: device)
    }

    /// Moves the clock until something holds.
    private func moving(_ clock: ManualClock, _ what: String, _ condition: @escaping @Sendable () async throws -> Bool) async throws {
        try await eventually(what) {
            if try await condition() { return true }
            clock.advance(by: .milliseconds(500))
            return false
        }
    }

    private func ask(_ gateways: TenantGateways, _ uid: String = "a") async throws -> String {
        try await gateways.withGateway(of: uid) { try await $0.call("status")["method"]?.stringValue ?? "" }
    }

    private func expectAnswer(_ gateways: TenantGateways) async throws {
        let answer = try await ask(gateways)
        #expect(answer == "status")
    }

    @Test func manyCallersShareALookAndAConnection() async throws {
        let transport = FakeTransport()
        let looks = NIOLockedValueBox(0)
        try await withTenantGateways(
            transport: transport,
            locate: { _ in
                looks.withLockedValue { $0 += 1 }
                return Self.access()
            }
        ) { gateways in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<64 { group.addTask { try await expectAnswer(gateways) } }
                try await group.waitForAll()
            }
            #expect(transport.opened == 1)
            #expect(looks.withLockedValue { $0 } <= 4)
            #expect(await gateways.count == 1)
        }
        #expect(transport.open == 0)
    }

    @Test func idleConnectionsAreClosedAndComeBack() async throws {
        let clock = ManualClock()
        let transport = FakeTransport()
        try await withTenantGateways(transport: transport, time: clock.timeSource, locate: { _ in Self.access() }) { gateways in
            _ = try await ask(gateways)
            clock.advance(by: .seconds(200))
            #expect(await gateways.count == 1 && transport.open == 1)
            try await moving(clock, "the connection is closed") { transport.open == 0 }
            #expect(clock.now.offset >= .seconds(300))
            #expect(await gateways.count == 0)
            _ = try await ask(gateways)
            #expect(transport.opened == 2)
        }
    }

    @Test func theLeastRecentlyUsedIsClosedForAnother() async throws {
        var limits = GatewayTable.Limits()
        limits.connections = 2
        let transport = FakeTransport()
        let clock = ManualClock()
        let ports = ["a": 1, "b": 2, "c": 3]
        try await withTenantGateways(
            limits: limits,
            transport: transport,
            time: clock.timeSource,
            locate: { Self.access(ports[$0] ?? 0) }
        ) { gateways in
            for uid in ["a", "b", "a", "c", "a"] {
                clock.advance(by: .milliseconds(1))
                _ = try await ask(gateways, uid)
            }
            #expect(transport.ports == [1, 2, 3])
            try await eventually("the other is closed") { transport.open == 2 }
            // As long as all are in use, nobody else gets in.
            try await gateways.withGateway(of: "a") { _ in
                try await gateways.withGateway(of: "c") { _ in
                    let error = await #expect(throws: GatewayAccessError.self) { _ = try await ask(gateways, "b") }
                    #expect(error?.code == .busy)
                }
            }
            _ = try await ask(gateways, "b")
        }
    }

    @Test func aGatewayThatMovedIsFoundAgain() async throws {
        let clock = ManualClock()
        let transport = FakeTransport()
        let port = NIOLockedValueBox(1)
        try await withTenantGateways(
            transport: transport,
            time: clock.timeSource,
            locate: { _ in Self.access(port.withLockedValue { $0 }) }
        ) { gateways in
            _ = try await ask(gateways)
            port.withLockedValue { $0 = 2 }
            _ = try await ask(gateways)
            #expect(transport.ports == [1])
            clock.advance(by: .seconds(15))
            _ = try await ask(gateways)
            #expect(transport.ports == [1, 2])
            try await eventually("the former is closed") { transport.open == 1 }
        }
    }

    @Test func whoeverWaitsForAGatewayThatMovesGetsTheNewOne() async throws {
        let clock = ManualClock()
        let transport = FakeTransport(.silent)
        let port = NIOLockedValueBox(1)
        try await withTenantGateways(
            transport: transport,
            time: clock.timeSource,
            locate: { _ in Self.access(port.withLockedValue { $0 }) }
        ) { gateways in
            try await withThrowingTaskGroup(of: String.self) { group in
                group.addTask { try await gateways.withGateway(of: "a", connectWithin: .seconds(600)) { "\($0.endpoint.port)" } }
                try await eventually("it waits") { transport.opened == 1 }
                port.withLockedValue { $0 = 2 }
                transport.become(.welcoming)
                clock.advance(by: .seconds(15))
                _ = try await ask(gateways)
                #expect(try await group.next() == "2")
            }
        }
    }

    @Test func aRefusedClientIsNotTriedAtOnceButLater() async throws {
        let clock = ManualClock()
        let failure = GatewayFailure(code: "INVALID_REQUEST", message: "unauthorized", details: ["code": "AUTH_TOKEN_MISMATCH"])
        let transport = FakeTransport(.refusing(failure))
        try await withTenantGateways(transport: transport, time: clock.timeSource, locate: { _ in Self.access() }) { gateways in
            for _ in 0..<20 {
                let error = await #expect(throws: GatewayAccessError.self) { _ = try await ask(gateways) }
                #expect(error?.code == .refused)
                #expect(error?.message.contains("AUTH_TOKEN_MISMATCH") == true)
            }
            #expect(transport.opened == 1)
            transport.become(.welcoming)
            clock.advance(by: .seconds(10))
            try await expectAnswer(gateways)
            #expect(transport.opened == 2)
        }
    }

    @Test func anAbsentGatewayIsUnreachableAndASilentOneIsLate() async throws {
        for (mode, code) in [(FakeTransport.Mode.absent, GatewayAccessError.Code.unreachable), (.silent, .timeout)] {
            let clock = ManualClock()
            let transport = FakeTransport(mode)
            try await withTenantGateways(transport: transport, time: clock.timeSource, locate: { _ in Self.access() }) { gateways in
                let found = NIOLockedValueBox<GatewayAccessError?>(nil)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        let error = await #expect(throws: GatewayAccessError.self) { _ = try await ask(gateways) }
                        found.withLockedValue { $0 = error }
                    }
                    try await moving(clock, "it gives up") { found.withLockedValue { $0 } != nil }
                }
                #expect(found.withLockedValue { $0?.code } == code)
                #expect(clock.now.offset >= .seconds(10) && clock.now.offset < .seconds(15))
                #expect(await gateways.count == 0)
                transport.become(.welcoming)
                try await expectAnswer(gateways)
            }
        }
    }

    @Test func oneWhoIsCancelledTakesNothingFromTheOthers() async throws {
        let clock = ManualClock()
        let transport = FakeTransport(.silent)
        try await withTenantGateways(transport: transport, time: clock.timeSource, locate: { _ in Self.access() }) { gateways in
            let cancelled = Task { try await ask(gateways) }
            try await eventually("it waits") { transport.opened == 1 }
            let patient = Task { try await ask(gateways) }
            cancelled.cancel()
            await #expect(throws: CancellationError.self) { _ = try await cancelled.value }
            #expect(await gateways.count == 1)
            transport.become(.welcoming)
            // The silent connection ends by its own limit, and the client connects again, or the caller's time is over first.
            let answered = NIOLockedValueBox(false)
            let watcher = Task {
                _ = try? await patient.value
                answered.withLockedValue { $0 = true }
            }
            try await moving(clock, "the other has its answer") { answered.withLockedValue { $0 } }
            await watcher.value
            #expect(transport.opened <= 2)
            try await expectAnswer(gateways)
        }
    }

    @Test func afterTheEndThereAreNoConnections() async throws {
        let transport = FakeTransport()
        let gateways = TenantGateways(
            locate: { _ in Self.access() },
            transport: transport,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let service = Task { try await gateways.run() }
        try await expectAnswer(gateways)
        service.cancel()
        try await service.value
        #expect(transport.open == 0)
        let error = await #expect(throws: GatewayAccessError.self) { _ = try await ask(gateways) }
        #expect(error?.code == .unreachable)
    }
}
