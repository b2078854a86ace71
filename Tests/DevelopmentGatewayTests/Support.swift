import DevelopmentGateway
import Foundation
import JSONValue
import Logging
import NIOConcurrencyHelpers
import OpenClawGateway
import Testing

/// A gateway on a free port with a directory of its own.
struct TestGateway: Sendable {
    static let token = "a-token-for-tests"

    let port: Int
    let directory: URL

    var endpoint: GatewayEndpoint { GatewayEndpoint(host: "127.0.0.1", port: port) }

    /// What a control plane on the same machine says of itself.
    static func parameters(_ change: (inout ConnectParameters) -> Void = { _ in }) -> ConnectParameters {
        var parameters = ConnectParameters(displayName: "crane", version: "1")
        parameters.token = token
        change(&parameters)
        return parameters
    }
}

func withGateway<Value: Sendable>(
    in directory: URL? = nil,
    _ change: (inout DevelopmentGatewayConfiguration) -> Void = { _ in },
    _ body: @escaping @Sendable (TestGateway) async throws -> Value
) async throws -> Value {
    let place = directory ?? FileManager.default.temporaryDirectory.appending(path: "crane-gateway-\(UUID().uuidString)")
    defer { if directory == nil { try? FileManager.default.removeItem(at: place) } }
    var configuration = DevelopmentGatewayConfiguration(stateDirectory: place.path, token: TestGateway.token)
    configuration.port = 0
    change(&configuration)
    let gateway = try DevelopmentGateway(configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    return try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask {
            try await gateway.run()
            return nil
        }
        group.addTask {
            let port = try #require(await gateway.port())
            return try await body(TestGateway(port: port, directory: place))
        }
        defer { group.cancelAll() }
        while let result = try await group.next() { if let result { return result } }
        throw CancellationError()
    }
}

/// A client that is connected while a body runs.
func withClient<Value: Sendable>(
    of gateway: TestGateway,
    parameters: ConnectParameters = TestGateway.parameters(),
    _ body: @escaping @Sendable (GatewayClient) async throws -> Value
) async throws -> Value {
    try await withClient(of: gateway.endpoint, parameters: parameters, body)
}

/// A client that is connected while a body runs.
func withClient<Value: Sendable>(
    of endpoint: GatewayEndpoint,
    parameters: ConnectParameters,
    _ body: @escaping @Sendable (GatewayClient) async throws -> Value
) async throws -> Value {
    let client = GatewayClient(
        endpoint: endpoint,
        parameters: parameters,
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    )
    return try await withThrowingTaskGroup(of: Value?.self) { group in
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
