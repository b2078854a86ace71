import KubernetesModel
import Testing

@testable import WorkloadSimulator

@Suite("What the simulator decides")
struct SimulationTests {
    static let now = Timestamp(microseconds: 1_700_000_000_000_000)

    private func deployment(replicas: Int = 1, image: String = "a:1", strategy: String = "Recreate") -> AppsV1.Deployment {
        var metadata = ObjectMeta(name: "web", namespace: "x")
        metadata.uid = "d"
        metadata.generation = 3
        return AppsV1.Deployment(
            metadata: metadata,
            spec: .init(
                replicas: replicas,
                selector: LabelSelector(matchLabels: ["app": "web"]),
                template: .init(
                    metadata: ObjectMeta(labels: ["app": "web"]),
                    spec: .init(containers: [.init(name: "one", image: image)])
                ),
                strategy: .init(type: strategy)
            )
        )
    }

    /// The ReplicaSet that the simulation makes of a Deployment.
    private func replicaSet(_ deployment: AppsV1.Deployment, uid: String = "r") throws -> AppsV1.ReplicaSet {
        let simulation = DeploymentSimulation(deployment: deployment, replicaSets: [], pods: [])
        guard case .create(var set) = try #require(simulation.actions.first) else { throw Wrong() }
        set.metadata.uid = uid
        return set
    }

    private struct Wrong: Error {}

    private func pod(of set: AppsV1.ReplicaSet, ready: Bool = true, name: String = "p") -> CoreV1.Pod {
        var pod = ReplicaSetSimulation(replicaSet: set, pods: []).pod(suffix: name)
        pod.metadata.creationTimestamp = Self.now
        pod.status = .init(phase: "Running", conditions: [.init(type: "Ready", status: ready ? "True" : "False")])
        return pod
    }

    @Test("A new Deployment gets a ReplicaSet that it owns and that selects its own pods only")
    func create() throws {
        let set = try replicaSet(deployment(replicas: 2))
        let hash = try #require(set.metadata.labels["pod-template-hash"])
        #expect(set.metadata.name == "web-\(hash)" && set.spec?.replicas == 2)
        #expect(set.spec?.selector?.matchLabels == ["app": "web", "pod-template-hash": hash])
        #expect(set.metadata.controller?.uid == "d")
    }

    @Test("Recreate: the next pod waits until the last of the former template is gone")
    func recreate() throws {
        let old = try replicaSet(deployment(image: "a:1"))
        let next = deployment(image: "a:2")
        func actions(_ sets: [AppsV1.ReplicaSet], _ pods: [CoreV1.Pod]) -> [DeploymentSimulation.Action] {
            DeploymentSimulation(deployment: next, replicaSets: sets, pods: pods).actions
        }
        #expect(actions([old], [pod(of: old)]) == [.scale(old, to: 0)])
        var scaled = old
        scaled.spec?.replicas = 0
        #expect(actions([scaled], [pod(of: old)]).isEmpty)
        #expect(actions([scaled], []).count == 1)
    }

    @Test("Rolling: the former pods stay until the next are ready")
    func rolling() throws {
        let old = try replicaSet(deployment(image: "a:1", strategy: "RollingUpdate"))
        let next = deployment(image: "a:2", strategy: "RollingUpdate")
        var new = try replicaSet(next, uid: "n")
        #expect(DeploymentSimulation(deployment: next, replicaSets: [old, new], pods: []).actions.isEmpty)
        new.status = .init(readyReplicas: 1)
        #expect(DeploymentSimulation(deployment: next, replicaSets: [old, new], pods: []).actions == [.scale(old, to: 0)])
    }

    @Test("Status counts live and ready pods, speaks of the present generation and leaves zeros out")
    func status() throws {
        let deployment = deployment()
        let set = try replicaSet(deployment)
        func status(_ pods: [CoreV1.Pod]) -> AppsV1.DeploymentStatus {
            DeploymentSimulation(deployment: deployment, replicaSets: [set], pods: pods).status(now: Self.now)
        }
        let ready = status([pod(of: set)])
        #expect(ready.observedGeneration == 3 && ready.readyReplicas == 1 && ready.updatedReplicas == 1 && ready.unavailableReplicas == nil)
        let starting = status([pod(of: set, ready: false)])
        #expect(starting.replicas == 1 && starting.readyReplicas == nil && starting.unavailableReplicas == 1)
        #expect(starting.conditions?.first { $0.type == "Available" }?.status == "False")
    }

    @Test("Status does not change with time alone")
    func steady() throws {
        var deployment = deployment()
        let set = try replicaSet(deployment)
        func simulation() -> DeploymentSimulation { DeploymentSimulation(deployment: deployment, replicaSets: [set], pods: [pod(of: set)]) }
        deployment.status = simulation().status(now: Self.now)
        #expect(simulation().status(now: Self.now.advanced(bySeconds: 60)) == deployment.status)
    }

    @Test("A Deployment that a real controller manager plays is left alone")
    func foreign() throws {
        var set = try replicaSet(deployment())
        set.metadata.annotations = [:]
        #expect(DeploymentSimulation(deployment: deployment(), replicaSets: [set], pods: []).isForeign)
    }

    @Test("Missing pods are made; of too many the unready go first")
    func replicas() throws {
        var set = try replicaSet(deployment(replicas: 3))
        #expect(ReplicaSetSimulation(replicaSet: set, pods: []).missing == 3)
        set.spec?.replicas = 1
        let pods = [pod(of: set, name: "a"), pod(of: set, ready: false, name: "b")]
        #expect(ReplicaSetSimulation(replicaSet: set, pods: pods).surplus.map { $0.metadata.name.last } == ["b"])
    }

    @Test("A pod becomes ready after the delay, once its volumes are bound")
    func start() throws {
        var configuration = SimulatorConfiguration()
        configuration.startDelay = .seconds(2)
        var pod = pod(of: try replicaSet(deployment()), ready: false)
        pod.status = nil
        func step(_ after: Double, bound: Bool = true) -> PodSimulation.Step {
            PodSimulation(pod: pod, hasVolumes: bound, configuration: configuration).step(now: Self.now.advanced(bySeconds: after))
        }
        #expect(step(5, bound: false) == .rest)
        #expect(step(0.5) == .wait(.milliseconds(1500)))
        guard case .report(let status) = step(2) else { throw Wrong() }
        #expect(status.phase == "Running" && status.conditions?.contains { $0.type == "Ready" && $0.status == "True" } == true)
        #expect(status.containerStatuses?.map(\.name) == ["one"])
        pod.status = status
        #expect(step(3) == .rest)
    }

    @Test("A pod that is to fail never becomes ready, and says why once")
    func failure() throws {
        var pod = pod(of: try replicaSet(deployment()), ready: false)
        pod.status = nil
        pod.metadata.annotations[SimulatorMark.failure] = "ImagePullBackOff"
        func step() -> PodSimulation.Step {
            PodSimulation(pod: pod, hasVolumes: true, configuration: .init()).step(now: Self.now)
        }
        guard case .report(let status) = step() else { throw Wrong() }
        #expect(status.containerStatuses?.first?.state?.waiting?.reason == "ImagePullBackOff")
        pod.status = status
        #expect(step() == .rest)
    }

    @Test("A deleted pod goes after the delay, counted from the request")
    func stop() throws {
        var configuration = SimulatorConfiguration()
        configuration.stopDelay = .seconds(1)
        var pod = pod(of: try replicaSet(deployment()))
        pod.metadata.deletionTimestamp = Self.now.advanced(bySeconds: 30)
        pod.metadata.deletionGracePeriodSeconds = 30
        func step(_ after: Double) -> PodSimulation.Step {
            PodSimulation(pod: pod, hasVolumes: true, configuration: configuration).step(now: Self.now.advanced(bySeconds: after))
        }
        #expect(step(0.5) == .wait(.milliseconds(500)))
        #expect(step(1) == .remove)
    }

    @Test("A Job runs its pods in parallel up to its completions, and completes once")
    func job() {
        var metadata = ObjectMeta(name: "j", namespace: "x")
        metadata.uid = "j"
        var job = BatchV1.Job(
            metadata: metadata,
            spec: .init(parallelism: 2, completions: 3, template: .init(spec: .init(containers: [.init(name: "c")])))
        )
        func simulation(_ succeeded: Int, active: Int = 0) -> JobSimulation {
            let phases = Array(repeating: "Succeeded", count: succeeded) + Array(repeating: "Running", count: active)
            return JobSimulation(
                job: job,
                pods: phases.enumerated().map { CoreV1.Pod(metadata: ObjectMeta(name: "p\($0.offset)"), status: .init(phase: $0.element)) }
            )
        }
        #expect(simulation(0).missing == 2)
        #expect(simulation(1, active: 1).missing == 1)
        #expect(simulation(2).missing == 1)
        job.status = simulation(3).status(now: Self.now)
        #expect(job.status?.conditions?.first?.type == "Complete")
        #expect(simulation(3).missing == 0)
        #expect(simulation(3).status(now: Self.now.advanced(bySeconds: 9)) == job.status)
    }

    @Test("A Job whose pods fail more often than it allows has failed, and gets no more of them")
    func failedJob() {
        var job = BatchV1.Job(metadata: ObjectMeta(name: "j", namespace: "x"), spec: .init(backoffLimit: 1))
        func simulation(failed: Int) -> JobSimulation {
            JobSimulation(
                job: job,
                pods: (0..<failed).map { CoreV1.Pod(metadata: ObjectMeta(name: "p\($0)"), status: .init(phase: "Failed")) }
            )
        }
        #expect(simulation(failed: 1).missing == 1 && simulation(failed: 1).status(now: Self.now).conditions == nil)
        #expect(simulation(failed: 2).missing == 0)
        job.status = simulation(failed: 2).status(now: Self.now)
        #expect(job.status?.failed == 2 && job.status?.conditions?.map(\.reason) == ["BackoffLimitExceeded"])
        #expect(simulation(failed: 2).status(now: Self.now.advanced(bySeconds: 9)) == job.status)
    }
}
