import KubernetesClient
import KubernetesModel
import LocalCluster
import Logging
import NIOConcurrencyHelpers
import OperatorRuntime
import ServiceLifecycle
import Testing

/// What is added to a manager that runs already is not ignored.
@Suite struct LateAdditionTests {
    private struct Telling: ServiceLifecycle.Service {
        var started: Recorded<String>
        var ended: Recorded<String>

        func run() async throws {
            started.add("service")
            try? await gracefulShutdown()
            ended.add("service")
        }
    }

    private static func manager(_ cluster: ClusterServer, logger: Logger = quietLogger) throws -> Manager {
        Manager(configuration: ManagerConfiguration(name: "test.example/op"), client: try testClient(cluster), logger: logger)
    }

    @Test func aServiceStartsAtOnceAndShutsDownWithTheRest() async throws {
        try await withClusterServer { cluster in
            let manager = try Self.manager(cluster)
            let first = Telling(started: Recorded(), ended: Recorded())
            let late = Telling(started: Recorded(), ended: Recorded())
            manager.add(first)
            let group = ServiceGroup(services: [manager], logger: quietLogger)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                try await eventually("the manager runs") { !first.started.all.isEmpty }
                manager.add(late)
                try await eventually("the late service runs") { !late.started.all.isEmpty }
                await group.triggerGracefulShutdown()
                try await tasks.next()
            }
            #expect(first.ended.all == ["service"] && late.ended.all == ["service"])
        }
    }

    @Test func aControllerEndsTheManagerWithAnErrorThatNamesIt() async throws {
        try await withClusterServer { cluster in
            let lines = Recorded<LogRecorder.Line>()
            let manager = try Self.manager(cluster, logger: LogRecorder.logger(lines))
            let first = Telling(started: Recorded(), ended: Recorded())
            manager.add(first)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await manager.run() }
                try await eventually("the manager runs") { !first.started.all.isEmpty }
                _ = manager.controller("late") { _, _ in .done }
                let error = await #expect(throws: AddedTooLate.self) { try await tasks.next() }
                #expect(error?.code == "added-too-late" && error?.service == "the controller late")
            }
            #expect(first.ended.all == ["service"])
            #expect(lines.all.contains { $0.level == .critical && "\($0.metadata["cause"] ?? "")".contains("the controller late") })
        }
    }
}
