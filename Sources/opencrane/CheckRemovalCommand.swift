import ArgumentParser
import CraneOperator
import Foundation
import KubernetesClient
import Logging
import Observability

/// `opencrane check-removal`: tells whether the definitions may be removed.
struct CheckRemovalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-removal",
        abstract: "Fails while there are Tenants, AccessPolicies or ClusterTenants.",
        discussion: """
            For what removes the operator together with the definitions: their objects would wait for ever for somebody to clean up. It ends with \
            1 and says what is there.
            """
    )

    @Option(help: "Path of a kubeconfig. Default: KUBECONFIG, then the pod's own account, then ~/.kube/config.")
    var kubeconfig: String?

    @Option(help: "Context of the kubeconfig. Default: its current one.")
    var context: String?

    func run() async throws {
        let logger = Logger(label: "opencrane.check-removal") { JSONLogHandler(label: $0) }
        let environment = ProcessInfo.processInfo.environment
        let client = try KubernetesClient(
            configuration: .load(environment: environment, kubeconfig: kubeconfig, context: context),
            logger: logger
        )
        let remaining: [String]
        do {
            remaining = try await RemovalCheck(client: client).remaining()
            await client.shutdown()
        } catch {
            await client.shutdown()
            throw error
        }
        guard !remaining.isEmpty else { return print("nothing is left: the definitions may be removed") }
        print("The definitions must stay while there are resources. Delete these first, while the operator runs:")
        for line in remaining { print("  \(line)") }
        throw ExitCode.failure
    }
}
