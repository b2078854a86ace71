import DevelopmentGateway
import Foundation
import KubernetesClient
import KubernetesModel
import NIOConcurrencyHelpers
import Testing

@testable import CraneOperator

@Suite("The pool of gateways", .serialized, .timeLimit(.minutes(15)))
struct GatewayPoolTests {
    private func gateway(_ number: Int, in directory: URL) throws -> DevelopmentGateway {
        var configuration = DevelopmentGatewayConfiguration(
            stateDirectory: directory.appending(path: "\(number)").path,
            token: "token-of-a-gateway"
        )
        configuration.port = 0
        return try DevelopmentGateway(configuration, logger: Stage.quiet)
    }

    @Test("More gateways than there are slots are all verified and stay so, and one that dies is noticed")
    func beyondTheMaximum() async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "crane-pool-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        let device = [UInt8](repeating: 7, count: 32)
        let pool = GatewayPool(maximum: 2, interval: .milliseconds(200), time: .system, logger: Stage.quiet)
        let (dead, die) = AsyncStream.makeStream(of: Never.self)
        let gateways = try (0..<5).map { try gateway($0, in: directory) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, gateway) in gateways.enumerated() {
                group.addTask {
                    await withTaskGroup(of: Void.self) { group in
                        group.addTask { try? await gateway.run() }
                        if number == 3 { group.addTask { for await _ in dead {} } }
                        await group.next()
                        group.cancelAll()
                    }
                }
            }
            group.addTask { try await pool.run() }
            var targets: [ObjectKey: GatewayTarget] = [:]
            for (number, gateway) in gateways.enumerated() {
                let port = try #require(await gateway.port())
                targets[ObjectKey(namespace: "ns", name: "t\(number)")] =
                    GatewayTarget(host: "127.0.0.1", port: port, token: "token-of-a-gateway", device: device)
            }
            /// Asks as the reconciler does: for a run until it was good once.
            let verified = NIOLockedValueBox<Set<ObjectKey>>([])
            func good() async -> Int {
                var good = 0
                for (key, target) in targets {
                    let need = verified.withLockedValue { $0.contains(key) } ? GatewaySlots.Need.verified : .provisioning
                    guard await pool.watch(key, target, for: need)?.gateway.isGood == true else { continue }
                    _ = verified.withLockedValue { $0.insert(key) }
                    good += 1
                }
                return good
            }
            try await eventually("all are verified") { await good() == 5 }
            #expect(await pool.counts == (2, 3))
            // They stay so over several turns.
            let end = ContinuousClock.now + .seconds(1)
            while ContinuousClock.now < end {
                #expect(await good() == 5)
                try await Task.sleep(for: .milliseconds(50))  // wait: several turns
            }
            let lost = ObjectKey(namespace: "ns", name: "t3")
            let news = NIOLockedValueBox<Set<ObjectKey>>([])
            pool.onChange { key in _ = news.withLockedValue { $0.insert(key) } }
            die.finish()
            try await eventually("the loss is noticed") { await good() == 4 }
            #expect(news.withLockedValue { $0 } == [lost])
            let target = try #require(targets[lost])
            #expect(await pool.watch(lost, target, for: .verified)?.gateway.isGood == false)
            group.cancelAll()
        }
    }
}
