import ArgumentParser
import BenchKit
import JSONValue
import LocalCluster

/// The API server, in a process of its own so that its memory and time are not counted as the client's.
struct ServeRole: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "serve", shouldDisplay: false)

    func run() async throws {
        let server = try ClusterServer(logger: Setting.silent)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            try await server.waitUntilReady()
            ParentLink.report(["kubeconfig": .string(server.kubeconfig)])
            for await word in ParentLink.commands() where word == "forget" {
                // Whoever watches must list anew.
                server.compact()
                server.dropWatches()
                ParentLink.report(["forgot": true])
            }
            group.cancelAll()
        }
    }
}
