import Foundation
import Glibc
import KubernetesClient
import KubernetesModel
import LocalCluster
import Logging
import Testing

@testable import ProcessRuntime

@Suite("Pods as processes: their end", .timeLimit(.minutes(10)))
struct EndTests {
    private static func shell(_ script: String, in directory: String) -> ContainerCommand {
        ContainerCommand(words: ["sh", "-c", script], variables: ["PATH": "/usr/bin:/bin"], directory: directory)
    }

    @Test("No process outlives what started it")
    func orphans() async throws {
        let directory = try Machine.temporaryDirectory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        var guardian: OrphanGuard? = try OrphanGuard()
        let (ends, end) = AsyncStream.makeStream(of: ProcessEnd.self)
        let command = Self.shell("exec sleep 1000", in: directory)
        let kept = try ChildProcess(command, log: directory + "/log", orphans: guardian) { _, exit in end.yield(exit) }
        let gone = try ChildProcess(command, log: directory + "/log", orphans: guardian) { _, _ in }
        guardian?.ended(gone.pid)
        guardian = nil
        #expect(await ends.first { _ in true } == ProcessEnd(code: 143, signal: 15))
        #expect(kill(kept.pid, 0) != 0 && kill(gone.pid, 0) == 0)
        gone.signal(hard: true)
    }

    @Test("What a shell that ends on SIGTERM has started does not outlive it")
    func orphansOfOrphans() async throws {
        let directory = try Machine.temporaryDirectory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        var guardian: OrphanGuard? = try OrphanGuard()
        // In a session that only the guard knows, as after the end of the runtime.
        let script = "setsid sh -c 'sleep 1000 & echo $$ $! >made; mv made pids; wait' & wait; sleep 1000"
        let outer = try ChildProcess(Self.shell(script, in: directory), log: directory + "/log", orphans: nil) { _, _ in }
        defer { outer.signal(hard: true) }
        var pids: [Int32] = []
        try await Machine.eventually("both run") {
            let text = (try? String(contentsOfFile: directory + "/pids", encoding: .utf8)) ?? ""
            pids = text.split(whereSeparator: \.isWhitespace).compactMap { Int32($0) }
            return pids.count == 2
        }
        guardian?.began(pids[0])
        guardian = nil
        // Who has no parent here may stay as a zombie.
        func runs(_ pid: Int32) -> Bool {
            let status = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ""
            return !status.isEmpty && !status.contains(") Z ")
        }
        for pid in pids { try await Machine.eventually("process \(pid) is gone") { !runs(pid) } }
    }

    @Test("A pod whose removal is refused at first goes all the same, and costs nothing meanwhile")
    func refusedRemoval() async throws {
        try await Machine.run { machine in
            _ = try await machine.pods.create(Machine.shell("stays", "exec sleep 1000"))
            try await machine.pod("stays", "runs") { $0.isReady }
            // The first is the one below.
            let match = RequestMatch(verb: "delete", resource: "pods", name: "stays")
            machine.server.faults.add(Fault(match: match, action: .status(403), times: 3, skipping: 1))
            _ = try await machine.pods.delete("stays")
            try await Machine.eventually("it is gone") { try await machine.pods.getIfPresent("stays") == nil }
        }
    }

    @Test("Processes have their time to end when the runtime is cancelled")
    func cancelled() async throws {
        let directory = try Machine.temporaryDirectory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try await withClusterServer { server in
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let client = try KubernetesClient(kubeconfig: server.kubeconfig, logger: logger)
            let pods = client.resource(CoreV1.Pod.self, namespace: Machine.namespace)
            let configuration = ProcessRuntimeConfiguration(images: try ImageMap(["shell:1=/bin/sh"]), directory: directory)
            let runtime = ProcessRuntime(client: client, configuration: configuration, logger: logger)
            let task = Task { try await runtime.run() }
            defer { task.cancel() }
            let script = "trap 'sleep 0.3; echo in peace; exit 0' TERM; echo up; while :; do sleep 0.05; done"
            let pod = try await pods.create(Machine.shell("slow", script))
            let files = PodFiles(root: directory, namespace: Machine.namespace, name: "slow", uid: pod.metadata.uid ?? "")
            func output() -> String { (try? String(contentsOfFile: files.log("main", restarts: 0), encoding: .utf8)) ?? "" }
            try await Machine.eventually("it runs") { output().contains("up") }
            task.cancel()
            _ = await task.result
            #expect(output().contains("in peace"))
        }
    }

    @Test("A claim's data outlive pods, and not the claim")
    func claims() async throws {
        try await Machine.run { machine in
            let claims = machine.client.resource(CoreV1.PersistentVolumeClaim.self, namespace: Machine.namespace)
            let claim = CoreV1.PersistentVolumeClaim(
                metadata: ObjectMeta(name: "data"),
                spec: .init(accessModes: ["ReadWriteOnce"], resources: .init(requests: ["storage": try Quantity(parsing: "1Gi")]))
            )
            /// What a new pod finds.
            func content(_ name: String) async throws -> String {
                let script = "echo found $(ls $DATA); touch $DATA/\(name); exec sleep 1000"
                _ = try await machine.pods.create(
                    Machine.shell(name, script) { spec in
                        spec.volumes = [.init(name: "data", persistentVolumeClaim: .init(claimName: "data"))]
                        spec.containers?[0].volumeMounts = [.init(name: "data", mountPath: "/data")]
                        spec.containers?[0].env = [.init(name: "DATA", value: "/data")]
                    }
                )
                if try await claims.getIfPresent("data") == nil {
                    let pod = try await machine.pod(name, "waits") { $0.main?.state?.waiting?.reason == "CreateContainerConfigError" }
                    #expect(pod.main?.state?.waiting?.message == "persistentvolumeclaim \"data\" not found")
                    _ = try await claims.create(claim)
                }
                try await Machine.eventually("it has looked") { machine.output(name).contains("found") }
                let output = machine.output(name)
                _ = try await machine.pods.delete(name)
                try await Machine.eventually("it is gone") { try await machine.pods.getIfPresent(name) == nil }
                return output.trimmingCharacters(in: .whitespacesAndNewlines)
            }
            #expect(try await content("one") == "found")
            #expect(try await content("two") == "found one")
            _ = try await claims.delete("data")
            try await Machine.eventually("the claim is gone") { try await claims.getIfPresent("data") == nil }
            #expect(try await content("three") == "found")
        }
    }
}
