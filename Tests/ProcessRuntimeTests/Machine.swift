import Foundation
import KubernetesClient
import KubernetesModel
import LocalCluster
import Logging
import Testing
import WorkloadSimulator

@testable import ProcessRuntime

/// An API server, what makes pods of Deployments and Jobs, and what runs them here.
struct Machine: Sendable {
    static let namespace = "default"

    let server: ClusterServer
    let client: KubernetesClient
    let runtime: ProcessRuntime
    /// The directory of pods.
    let directory: String

    struct TimedOut: Error, CustomStringConvertible {
        var description: String
    }

    /// Runs a test.
    ///
    /// - Parameters:
    ///   - images: programs by image; `shell:1` is `/bin/sh` anyway.
    static func run(
        images: [String] = [],
        forwards: [ServiceForward] = [],
        _ body: @escaping @Sendable (Machine) async throws -> Void
    ) async throws {
        let directory = try temporaryDirectory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try await withClusterServer { server in
            var logger = Logger(label: "test")
            logger.logLevel = .critical
            let client = try KubernetesClient(kubeconfig: server.kubeconfig, logger: logger)
            let map = try ImageMap(["shell:1=/bin/sh"] + images)
            var configuration = ProcessRuntimeConfiguration(images: map, directory: directory + "/pods")
            configuration.forwards = forwards
            configuration.shutdownBound = .seconds(5)
            let runtime = ProcessRuntime(client: client, configuration: configuration, logger: logger)
            let simulator = WorkloadSimulator(client: client, logger: logger, runsElsewhere: { map.runs($0) })
            let machine = Machine(server: server, client: client, runtime: runtime, directory: configuration.directory)
            try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask {
                    do { try await simulator.run() } catch is CancellationError {}
                    return false
                }
                group.addTask {
                    do { try await runtime.run() } catch is CancellationError {}
                    return false
                }
                group.addTask {
                    try await body(machine)
                    return true
                }
                defer { group.cancelAll() }
                while let isBody = try await group.next(), !isBody {}
            }
        }
    }

    static func temporaryDirectory() throws -> String {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("process-runtime-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    var pods: ResourceAPI<CoreV1.Pod> { client.resource(CoreV1.Pod.self, namespace: Self.namespace) }

    /// A pod of one container that runs a shell script.
    static func shell(_ name: String, _ script: String, policy: String = "Always", _ edit: (inout CoreV1.PodSpec) -> Void = { _ in })
        -> CoreV1.Pod
    {
        var spec = CoreV1.PodSpec(
            containers: [.init(name: "main", image: "shell:1", args: ["-c", script])],
            restartPolicy: policy,
            terminationGracePeriodSeconds: 20
        )
        edit(&spec)
        return CoreV1.Pod(metadata: ObjectMeta(name: name, namespace: namespace), spec: spec)
    }

    /// Waits until a pod is as it should be.
    @discardableResult
    func pod(_ name: String, _ what: String, _ condition: @Sendable (CoreV1.Pod) -> Bool) async throws -> CoreV1.Pod {
        var last: CoreV1.Pod?
        let deadline = ContinuousClock.now + .seconds(90)
        while ContinuousClock.now < deadline {
            last = try await pods.getIfPresent(name)
            if let last, condition(last) { return last }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw TimedOut(description: "\(what): \(String(describing: last?.status))")
    }

    static func eventually(_ what: String, _ condition: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(90)
        while ContinuousClock.now < deadline {
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw TimedOut(description: what)
    }

    /// What a container has printed.
    func output(_ pod: String, previous: Bool = false) -> String {
        let path = runtime.log(pod: pod, namespace: Self.namespace, container: "main", previous: previous)
        return path.flatMap { try? String(contentsOfFile: $0, encoding: .utf8) } ?? ""
    }
}

extension CoreV1.Pod {
    var isReady: Bool { status?.conditions?.contains { $0.type == "Ready" && $0.status == "True" } ?? false }
    var main: CoreV1.ContainerStatus? { status?.containerStatuses?.first { $0.name == "main" } }
    var pid: Int32? { main?.containerID.flatMap { Int32($0.dropFirst("process://".count)) } }
}
