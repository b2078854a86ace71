import DevelopmentGateway
import Foundation
import JSONValue
import Logging
import NIOConcurrencyHelpers
import OpenClawGateway
import Testing

@testable import ControlPlane

/// A development gateway in a directory of its own, which can be stopped and started again at the same port.
struct GatewayProcess: Sendable {
    static let token = "gateway-token-0123456789"
    /// The key of the platform's device.
    static let device = [UInt8](repeating: 9, count: 32)

    let directory: URL
    let port: Int

    var access: GatewayAccess {
        GatewayAccess(endpoint: GatewayEndpoint(host: "127.0.0.1", port: port), token: Self.token, device: Self.device)
    }
}

/// Runs a gateway while a body runs.
///
/// - Parameters:
///   - place: where its files are; default a directory that is gone afterwards.
///   - change: changes its configuration.
func withGatewayProcess<Value: Sendable>(
    in place: URL? = nil,
    port: Int = 0,
    _ change: (inout DevelopmentGatewayConfiguration) -> Void = { _ in },
    _ body: @escaping @Sendable (GatewayProcess) async throws -> Value
) async throws -> Value {
    let directory = place ?? FileManager.default.temporaryDirectory.appending(path: "crane-plane-gateway-\(UUID().uuidString)")
    defer { if place == nil { try? FileManager.default.removeItem(at: directory) } }
    var configuration = DevelopmentGatewayConfiguration(stateDirectory: directory.path, token: GatewayProcess.token)
    configuration.port = port
    change(&configuration)
    let gateway = try DevelopmentGateway(configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    return try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask {
            try await gateway.run()
            return nil
        }
        group.addTask {
            let port = try #require(await gateway.port())
            return try await body(GatewayProcess(directory: directory, port: port))
        }
        defer { group.cancelAll() }
        while let result = try await group.next() { if let result { return result } }
        throw CancellationError()
    }
}

@Suite struct GatewaySocketTests {
    @Test func manyCallersShareOneSocket() async throws {
        try await withGatewayProcess { gateway in
            try await withTenantGateways(locate: { _ in gateway.access }) { gateways in
                try await gateways.withGateway(of: "a") { client in
                    _ = try await client.ensureAgent("qa", workspace: "~/.openclaw/workspace-qa")
                }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<64 {
                        group.addTask {
                            try await gateways.withGateway(of: "a") { client in
                                try await client.ensureSession("agent:qa:s\(number)")
                                let agents = try await client.agents().map(\.id)
                                #expect(agents == ["qa"])
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                #expect(await gateways.count == 1)
                let sessions = try await gateways.withGateway(of: "a") { try await $0.call("sessions.list") }
                #expect(sessions["count"] == 64)
            }
        }
    }

    @Test func aGatewayThatWasKilledIsReachedAgain() async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "crane-plane-gateway-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        let place = NIOLockedValueBox<GatewayAccess?>(nil)
        try await withTenantGateways(
            locate: { _ in
                guard let access = place.withLockedValue({ $0 }) else { throw GatewayAccessError(.notReady, "no") }
                return access
            }
        ) { gateways in
            let first = try await withGatewayProcess(in: directory) { gateway in
                place.withLockedValue { $0 = gateway.access }
                _ = try await gateways.withGateway(of: "a") { try await $0.health() }
                return gateway.port
            }
            try await eventually("it is known to be gone") {
                do {
                    _ = try await gateways.withGateway(of: "a", connectWithin: .milliseconds(200)) { try await $0.health() }
                } catch let error as GatewayAccessError {
                    return error.code == .unreachable
                } catch is GatewayError {
                    // The connection broke under the call.
                }
                return false
            }
            // It comes back elsewhere.
            try await withGatewayProcess(in: directory) { gateway in
                #expect(gateway.port != first)
                place.withLockedValue { $0 = gateway.access }
                let health = try await gateways.withGateway(of: "a") { try await $0.health() }
                #expect(health["ok"] == true)
            }
        }
    }

    @Test func aWrongTokenIsRefusedAndANewOneTakenAtOnce() async throws {
        try await withGatewayProcess { gateway in
            let place = NIOLockedValueBox(gateway.access)
            place.withLockedValue { $0.token = "not-the-token" }
            try await withTenantGateways(locate: { _ in place.withLockedValue { $0 } }) { gateways in
                for _ in 0..<2 {
                    let error = await #expect(throws: GatewayAccessError.self) { try await gateways.withGateway(of: "a") { _ in } }
                    #expect(error?.code == .refused)
                    #expect(error.map { !"\($0) \(String(describing: $0.cause))".contains("not-the-token") } == true)
                }
                place.withLockedValue { $0.token = GatewayProcess.token }
                let health = try await gateways.withGateway(of: "a") { try await $0.health() }
                #expect(health["ok"] == true)
            }
        }
    }
}
