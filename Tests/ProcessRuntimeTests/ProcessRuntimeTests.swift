import Foundation
import Glibc
import KubernetesClient
import KubernetesModel
import LocalCluster
import Logging
import Testing

@testable import ProcessRuntime

@Suite("Pods as processes", .timeLimit(.minutes(10)))
struct ProcessRuntimeTests {
    @Test("A container is told its variables, its address and its account; its volumes are directories; its account's token is good")
    func surroundings() async throws {
        try await Machine.run { machine in
            _ = try await machine.client.resource(CoreV1.Secret.self, namespace: Machine.namespace).create(
                CoreV1.Secret(metadata: ObjectMeta(name: "keys"), stringData: ["TOKEN": "s3cret"])
            )
            let script = "env; echo file=$(cat $KEYS/TOKEN); echo hello > /data/x || echo hello > $DATA/x; exec sleep 1000"
            _ = try await machine.pods.create(
                Machine.shell("web", script) { spec in
                    spec.volumes = [.init(name: "keys", secret: .init(secretName: "keys")), .init(name: "data", emptyDir: .init())]
                    spec.containers?[0].volumeMounts = [.init(name: "keys", mountPath: "/keys"), .init(name: "data", mountPath: "/data")]
                    spec.containers?[0].env = [.init(name: "KEYS", value: "/keys"), .init(name: "DATA", value: "/data")]
                    spec.containers?[0].envFrom = [.init(prefix: "K_", secretRef: .init(name: "keys"))]
                }
            )
            let pod = try await machine.pod("web", "runs") { $0.isReady }
            try await Machine.eventually("it has told all") { machine.output("web").contains("file=") }
            let output = machine.output("web")
            let variables = Dictionary(
                output.split(separator: "\n").compactMap { line in
                    line.firstIndex(of: "=").map { (String(line[..<$0]), String(line[line.index(after: $0)...])) }
                },
                uniquingKeysWith: { _, new in new }
            )
            #expect(variables["HOST"] == pod.status?.podIP && variables["HEALTH_HOST"] == pod.status?.podIP)
            #expect(pod.status?.podIP?.hasPrefix("127.") == true && pod.status?.podIP != "127.0.0.1")
            #expect(variables["K_TOKEN"] == "s3cret" && variables["file"] == "s3cret" && variables["HOSTNAME"] == "web")
            #expect(variables["KUBERNETES_SERVICE_PORT"].flatMap { Int($0) } != nil)
            #expect(ProcessInfo.processInfo.environment["PWD"] == nil || variables["PWD"]?.hasSuffix("/home") == true)

            let own = try ClientConfiguration.inCluster(environment: variables)
            #expect(own.namespace == Machine.namespace)
            let client = try KubernetesClient(configuration: own, logger: Logger(label: "test"))
            #expect(try await client.resource(CoreV1.Pod.self, namespace: Machine.namespace).get("web").metadata.uid == pod.metadata.uid)

            // Nobody else may read the credentials. Programs that know nothing of the directory may have a kubeconfig.
            let account = try #require(variables["KUBERNETES_SERVICE_ACCOUNT_DIRECTORY"])
            let other = try KubernetesClient(configuration: .load(kubeconfig: account + "/kubeconfig"), logger: Logger(label: "test"))
            #expect(try await other.resource(CoreV1.Pod.self, namespace: Machine.namespace).get("web").metadata.uid == pod.metadata.uid)
            let mode = try FileManager.default.attributesOfItem(atPath: account + "/token")[.posixPermissions] as? Int
            #expect(mode == 0o600)

            let pid = try #require(pod.pid)
            _ = try await machine.pods.delete("web")
            try await Machine.eventually("it is gone") { try await machine.pods.getIfPresent("web") == nil }
            #expect(kill(pid, 0) != 0)
            #expect(!FileManager.default.fileExists(atPath: account))
            // The token ends with the pod.
            await #expect(throws: KubernetesError.self) {
                _ = try await client.resource(CoreV1.Pod.self, namespace: Machine.namespace).list()
            }
        }
    }

    @Test("A container that ends is started again, and one that ends again has to wait; both lives have their output")
    func crash() async throws {
        try await Machine.run { machine in
            _ = try await machine.pods.create(Machine.shell("bad", "echo life of $(date +%N); exit 3"))
            let pod = try await machine.pod("bad", "waits") {
                $0.main?.state?.waiting?.reason == "CrashLoopBackOff" && $0.main?.restartCount == 2
            }
            #expect(pod.main?.lastState?.terminated?.exitCode == 3 && !pod.isReady && pod.status?.phase == "Running")
            #expect(machine.output("bad").hasPrefix("life of"))
            #expect(machine.output("bad", previous: true).hasPrefix("life of"))
            #expect(machine.output("bad") != machine.output("bad", previous: true))
        }
    }

    @Test("A pod waits for the Secret it names, and says so; an image without a program is not pulled")
    func missing() async throws {
        try await Machine.run { machine in
            _ = try await machine.pods.create(
                Machine.shell("early", "exec sleep 1000") { spec in
                    spec.containers?[0].envFrom = [.init(secretRef: .init(name: "later"))]
                }
            )
            _ = try await machine.pods.create(Machine.shell("typo", "true") { $0.containers?[0].image = "shell:2" })
            let early = try await machine.pod("early", "waits") { $0.main?.state?.waiting?.reason == "CreateContainerConfigError" }
            #expect(early.main?.state?.waiting?.message == "secret \"later\" not found" && early.status?.phase == "Pending")
            let typo = try await machine.pod("typo", "waits") { $0.main?.state?.waiting?.reason == "ImagePullBackOff" }
            #expect(typo.main?.state?.waiting?.message?.contains("shell:2") == true)
            _ = try await machine.client.resource(CoreV1.Secret.self, namespace: Machine.namespace).create(
                CoreV1.Secret(metadata: ObjectMeta(name: "later"), stringData: ["A": "b"])
            )
            try await machine.pod("early", "runs") { $0.isReady }
            // One that never ran goes at once.
            _ = try await machine.pods.delete("typo")
            try await Machine.eventually("it is gone") { try await machine.pods.getIfPresent("typo") == nil }
        }
    }

    @Test("Init containers, probes by command, and what does not listen to SIGTERM is killed after its time")
    func lifeCycle() async throws {
        try await Machine.run { machine in
            _ = try await machine.pods.create(
                Machine.shell("slow", "trap '' TERM; while :; do sleep 0.05; done") { spec in
                    spec.initContainers = [.init(name: "first", image: "shell:1", args: ["-c", "echo made > $DATA/made"])]
                    spec.initContainers?[0].env = [.init(name: "DATA", value: "/data")]
                    spec.initContainers?[0].volumeMounts = [.init(name: "data", mountPath: "/data")]
                    spec.volumes = [.init(name: "data", emptyDir: .init())]
                    spec.containers?[0].volumeMounts = [.init(name: "data", mountPath: "/data")]
                    spec.containers?[0].env = [.init(name: "DATA", value: "/data")]
                    spec.containers?[0].readinessProbe = .init(
                        exec: .init(command: ["sh", "-c", "test -e $DATA/open"]),
                        periodSeconds: 1,
                        timeoutSeconds: 30
                    )
                }
            )
            let pod = try await machine.pod("slow", "runs") { $0.main?.state?.running != nil }
            #expect(pod.status?.initContainerStatuses?.first?.state?.terminated?.exitCode == 0 && !pod.isReady)
            let uid = try #require(pod.metadata.uid)
            let files = PodFiles(root: machine.directory, namespace: Machine.namespace, name: "slow", uid: uid)
            #expect(FileManager.default.fileExists(atPath: files.path + "/volumes/data/made"))
            try Data().write(to: URL(fileURLWithPath: files.path + "/volumes/data/open"))
            try await machine.pod("slow", "is ready") { $0.isReady }
            let pid = try #require(pod.pid)
            let begin = ContinuousClock.now
            _ = try await machine.pods.delete("slow", DeleteOptions(gracePeriodSeconds: 2))
            try await Machine.eventually("it is gone") { try await machine.pods.getIfPresent("slow") == nil }
            #expect(ContinuousClock.now - begin >= .seconds(2) && kill(pid, 0) != 0)
        }
    }

    @Test("A Job ends as its process does")
    func jobs() async throws {
        try await Machine.run { machine in
            let jobs = machine.client.resource(BatchV1.Job.self, namespace: Machine.namespace)
            for (name, script) in [("good", "exit 0"), ("wrong", "exit 4")] {
                let pod = Machine.shell(name, script, policy: "Never")
                _ = try await jobs.create(
                    BatchV1.Job(metadata: ObjectMeta(name: name), spec: .init(backoffLimit: 1, template: .init(spec: pod.spec)))
                )
            }
            func condition(_ name: String) async throws -> String? {
                try await jobs.get(name).status?.conditions?.first { $0.status == "True" }?.type
            }
            try await Machine.eventually("one is complete") { try await condition("good") == "Complete" }
            try await Machine.eventually("the other has failed") { try await condition("wrong") == "Failed" }
            #expect(try await jobs.get("wrong").status?.failed == 2)
        }
    }

    @Test("At rest nothing is written, and what the simulator plays is left to it")
    func rest() async throws {
        try await Machine.run { machine in
            _ = try await machine.pods.create(
                Machine.shell("calm", "exec sleep 1000") {
                    $0.containers?[0].livenessProbe = .init(exec: .init(command: ["true"]), periodSeconds: 1)
                }
            )
            _ = try await machine.pods.create(Machine.shell("played", "") { $0.containers?[0].image = "elsewhere:1" })
            try await machine.pod("calm", "runs") { $0.isReady }
            let played = try await machine.pod("played", "is played") { $0.isReady }
            #expect(played.main?.containerID == nil)
            let before = try await machine.pods.get("calm").metadata.resourceVersion
            // wait: whether something is written while probes go on is the subject.
            try await Task.sleep(for: .seconds(3))
            #expect(try await machine.pods.get("calm").metadata.resourceVersion == before)
        }
    }

    @Test(
        "A runtime ends its processes with itself; the next one starts its pods again, counts on, and sweeps up after those that are gone"
    )
    func nextLife() async throws {
        let directory = try Machine.temporaryDirectory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try await withClusterServer { server in
            let client = try KubernetesClient(kubeconfig: server.kubeconfig, logger: Logger(label: "test"))
            let pods = client.resource(CoreV1.Pod.self, namespace: Machine.namespace)
            let configuration = ProcessRuntimeConfiguration(images: try ImageMap(["shell:1=/bin/sh"]), directory: directory)
            func live(_ body: () async throws -> Void) async throws {
                let runtime = ProcessRuntime(
                    client: client,
                    configuration: configuration,
                    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
                )
                let task = Task { try await runtime.run() }
                defer { task.cancel() }
                try await body()
                task.cancel()
                _ = await task.result
            }
            func ready(_ name: String, restarts: Int) async throws -> Int32? {
                var pid: Int32?
                try await Machine.eventually("\(name) runs, restarted \(restarts) times") {
                    let pod = try await pods.getIfPresent(name)
                    pid = pod?.pid
                    return pod?.isReady == true && pod?.main?.restartCount == restarts
                }
                return pid
            }
            for name in ["stays", "goes"] { _ = try await pods.create(Machine.shell(name, "exec sleep 1000")) }
            var first: [Int32?] = []
            try await live { first = [try await ready("stays", restarts: 0), try await ready("goes", restarts: 0)] }
            for pid in first {
                let pid = try #require(pid)
                try await Machine.eventually("process \(pid) is gone") { kill(pid, 0) != 0 }
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory).count == 2)
            _ = try await pods.delete("goes", DeleteOptions(gracePeriodSeconds: 0))
            try await live {
                #expect(try await ready("stays", restarts: 1) != first[0])
                try await Machine.eventually("what is left of the other is swept up") {
                    try FileManager.default.contentsOfDirectory(atPath: directory).count == 1
                }
            }
        }
    }
}
