import LocalCluster
import Testing

@Suite struct StartTests {
    @Test(.timeLimit(.minutes(1))) func aPortThatIsTakenIsToldToWhoeverWaits() async throws {
        try await withClusterServer { server in
            let taken = try await server.waitUntilReady().port
            var configuration = ClusterServer.Configuration()
            configuration.port = taken
            let second = try ClusterServer(configuration: configuration)
            let running = Task { try await second.run() }
            await #expect(throws: ClusterServerError.self) { try await second.waitUntilReady() }
            await #expect(throws: (any Error).self) { try await running.value }
        }
    }
}
