import ArgumentParser
import BenchKit
import JSONValue
import LocalCluster

/// The API server.
struct ClusterRole: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "cluster", shouldDisplay: false)

    func run() async throws {
        let server = try ClusterServer(logger: Setting.silent)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            try await server.waitUntilReady()
            ParentLink.report(["kubeconfig": .string(server.kubeconfig)])
            for await _ in ParentLink.commands() {}
            group.cancelAll()
        }
    }
}
