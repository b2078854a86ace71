import ArgumentParser
import Foundation
import LocalCluster
import Logging
import Observability
import ServiceLifecycle
import UnixSignals

/// `opencrane dev-cluster`: the local Kubernetes API server alone, for benchmarks and for controllers of other projects.
struct DevClusterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dev-cluster",
        abstract: "Serves a Kubernetes API on this machine, without nodes and without OpenCrane. For development and tests only."
    )

    @Option(help: "Address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "Port to listen on; 0 takes a free one.")
    var port = 0

    @Option(help: "Directory that keeps the objects. Default: they are kept in memory and gone at the end.")
    var dataDir: String?

    @Flag(help: "Go by the Roles and bindings that are stored. Default: whoever is known may do everything.")
    var rbac = false

    @Option(help: "Where the kubeconfig of the administrator is written when requests are answered.")
    var kubeconfig: String

    func run() async throws {
        let logger = Logger(label: "opencrane.dev-cluster") { JSONLogHandler(label: $0) }
        var settings = ClusterServer.Configuration()
        settings.host = host
        settings.port = port
        settings.dataDirectory = dataDir
        settings.authorization = rbac ? .rbac : .alwaysAllow
        let server = try ClusterServer(configuration: settings, logger: logger)
        let group = ServiceGroup(services: [server], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let endpoint = try await server.waitUntilReady()
            try writeKubeconfig(server.kubeconfig)
            print("The API is served at \(endpoint.url); export KUBECONFIG=\(kubeconfig)")
            try await tasks.waitForAll()
        }
    }

    /// Writes the kubeconfig beside its place and moves it there, readable by its owner only: whoever waits for the file sees all of it.
    private func writeKubeconfig(_ text: String) throws {
        let temporary = kubeconfig + ".new"
        guard
            FileManager.default.createFile(atPath: temporary, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600]),
            rename(temporary, kubeconfig) == 0
        else { throw ValidationError("The file \(kubeconfig) cannot be written.") }
    }
}
