import Foundation
import KubernetesClient
import KubernetesModel
import LocalCluster
import OperatorRuntime
import Testing

/// The tables of defaults on the library pages say what the code does.
@Suite("Documented defaults")
struct DefaultsTests {
    private static let client = ClientConfiguration(server: "https://localhost")
    private static let election = LeaderElectionConfiguration(leaseName: "a", namespace: "b")

    @Test(
        "Each row of a page's table is the code's value",
        arguments: [
            (
                "kubernetes-client",
                [
                    "ClientConfiguration.requestTimeout": text(client.requestTimeout),
                    "ClientConfiguration.callTimeout": text(client.callTimeout),
                    "ClientConfiguration.watchOpenTimeout": text(client.watchOpenTimeout),
                    "ClientConfiguration.connectTimeout": text(client.connectTimeout),
                    "ClientConfiguration.watchTimeout": text(client.watchTimeout),
                    "ClientConfiguration.watchIdleMargin": text(client.watchIdleMargin),
                    "ClientConfiguration.maximumConnections": "\(client.maximumConnections)",
                    "ClientConfiguration.maximumResponseBytes": "\(client.maximumResponseBytes)",
                    "RetryPolicy.maximumAttempts": "\(RetryPolicy.default.maximumAttempts)",
                    "RetryPolicy.maximumRetryAfter": text(RetryPolicy.default.maximumRetryAfter),
                    "RetryPolicy.maximumElapsed": text(RetryPolicy.default.maximumElapsed),
                    "RetryPolicy.backoff.initial": text(RetryPolicy.default.backoff.initial),
                    "RetryPolicy.backoff.maximum": text(RetryPolicy.default.backoff.maximum),
                ]
            ),
            (
                "operator-runtime",
                [
                    "ControllerConfiguration.workers": "\(ControllerConfiguration().workers)",
                    "ControllerConfiguration.reconcileTimeout": text(ControllerConfiguration().reconcileTimeout ?? .zero),
                    "ControllerConfiguration.cacheSyncTimeout": text(ControllerConfiguration().cacheSyncTimeout),
                    "ControllerConfiguration.ownWriteTimeout": text(ControllerConfiguration().ownWriteTimeout),
                    "ControllerConfiguration.shutdownBound": text(ControllerConfiguration().shutdownBound),
                    "ManagerConfiguration.shutdownBound": text(ManagerConfiguration(name: "a").shutdownBound),
                    "LeaderElectionConfiguration.leaseDuration": text(election.leaseDuration),
                    "LeaderElectionConfiguration.renewDeadline": text(election.renewDeadline),
                    "LeaderElectionConfiguration.retryPeriod": text(election.retryPeriod),
                    "LeaderElectionConfiguration.shards": "\(election.shards)",
                    "Backoff.reconcile.initial": text(Backoff.reconcile.initial),
                    "Backoff.reconcile.maximum": text(Backoff.reconcile.maximum),
                    "Backoff.reflector.initial": text(Backoff.reflector.initial),
                    "Backoff.reflector.maximum": text(Backoff.reflector.maximum),
                    "ReflectorMachine.Configuration.pageSize": "\(ReflectorMachine.Configuration().pageSize)",
                    "HealthServer.Address.port": "\(HealthServer.Address().port)",
                ]
            ),
            (
                "local-cluster",
                [
                    "ClusterServer.Configuration.host": ClusterServer.Configuration().host,
                    "ClusterServer.Configuration.port": "\(ClusterServer.Configuration().port)",
                    "ClusterServer.Configuration.watchHistoryLimit": "\(ClusterServer.Configuration().watchHistoryLimit)",
                    "ClusterServer.Configuration.requestLogLimit": "\(ClusterServer.Configuration().requestLogLimit)",
                    "ClusterServer.Configuration.shutdownTimeout": text(ClusterServer.Configuration().shutdownTimeout),
                    "ClusterServer.Configuration.authorization": ClusterServer.Configuration().authorization.rawValue,
                ]
            ),
        ]
    )
    func table(_ page: String, _ defaults: [String: String]) throws {
        let lines = try String(contentsOfFile: "\(SampleStage.root)/docs/libraries/\(page).md", encoding: .utf8)
            .split(separator: "\n").map(String.init)
        let heading = try #require(lines.firstIndex(of: "| Setting | Default | Notes |"))
        var documented: [String: String] = [:]
        for line in lines[(heading + 2)...].prefix(while: { $0.hasPrefix("|") }) {
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            documented[cells[0].trimmingCharacters(in: ["`"])] = cells[1]
        }
        #expect(documented == defaults)
    }

    private static func text(_ duration: Duration) -> String {
        duration < .seconds(1) ? "\(Int((duration.inSeconds * 1000).rounded())) ms" : "\(Int(duration.inSeconds)) s"
    }
}
