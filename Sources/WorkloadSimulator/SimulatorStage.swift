import JSONValue
import KubernetesClient
import KubernetesModel
import Logging
import OperatorRuntime

/// The simulator's informers and controllers.
struct SimulatorStage {
    let client: KubernetesClient
    let configuration: SimulatorConfiguration
    let logger: Logger
    let time: TimeSource
    let random: @Sendable () -> UInt64
    let runsElsewhere: @Sendable (CoreV1.Pod) -> Bool
    let applier: Applier
    private let pods: Informer<CoreV1.Pod>
    private let claims: Informer<CoreV1.PersistentVolumeClaim>

    init(
        client: KubernetesClient,
        manager: Manager,
        configuration: SimulatorConfiguration,
        logger: Logger,
        time: TimeSource,
        random: @escaping @Sendable () -> UInt64,
        runsElsewhere: @escaping @Sendable (CoreV1.Pod) -> Bool
    ) {
        self.client = client
        self.configuration = configuration
        self.logger = logger
        self.time = time
        self.random = random
        self.runsElsewhere = runsElsewhere
        applier = Applier(client: client, fieldManager: "workload-simulator")
        pods = manager.informer(
            CoreV1.Pod.self,
            options: InformerOptions(indexes: [.byOwner, StoreIndex("claim") { $0.claimKeys.map(\.description) }])
        )
        claims = manager.informer(CoreV1.PersistentVolumeClaim.self)
    }

    /// Adds the controllers of all parts that are played. They hold this stage, so it must not hold the manager, which holds them.
    func set(on manager: Manager) {
        if plays(.deployments) { addDeployments(to: manager) }
        if plays(.pods) { addPods(to: manager) }
        if plays(.claims) { addClaims(to: manager) }
        if plays(.jobs) { addJobs(to: manager) }
        if plays(.services) { addServices(to: manager) }
        if plays(.ingresses) { addIngresses(to: manager) }
    }

    private func plays(_ part: SimulatorConfiguration.Part) -> Bool { configuration.parts.contains(part) }

    private func controller(
        _ name: String,
        _ manager: Manager,
        _ reconcile: @escaping @Sendable (ObjectKey) async throws -> ReconcileResult
    ) -> Controller<ObjectKey> {
        let controller = Controller<ObjectKey>(
            "simulator-\(name)",
            configuration: ControllerConfiguration(workers: configuration.workers),
            logger: logger,
            time: time
        ) { key, _ in
            do {
                return try await reconcile(key)
            } catch let error as KubernetesError where error.isNotFound || error.isConflict {
                // The object has changed or gone meanwhile: its event brings the key back.
                return .requeue(after: .milliseconds(100))
            }
        }
        manager.add(controller)
        return controller
    }

    private func addDeployments(to manager: Manager) {
        let deployments = manager.informer(AppsV1.Deployment.self)
        let replicaSets = manager.informer(AppsV1.ReplicaSet.self, options: InformerOptions(indexes: [.byOwner]))
        let deploymentController = controller("deployments", manager) { key in
            guard let deployment = deployments.store[key], !deployment.isIgnored, !deployment.metadata.isBeingDeleted else { return .done }
            try await play(deployment, replicaSets)
            return .done
        }
        deploymentController.reconciles(deployments)
        deploymentController.owns(replicaSets, kind: AppsV1.Deployment.resourceType)
        deploymentController.watches(pods) { [store = replicaSets.store] pod in
            guard let owner = pod.metadata.controller, owner.kind == "ReplicaSet",
                let set = store[ObjectKey(namespace: pod.metadata.namespace, name: owner.name)],
                let deployment = set.metadata.controller
            else { return [] }
            return [ObjectKey(namespace: pod.metadata.namespace, name: deployment.name)]
        }
        let replicaSetController = controller("replicasets", manager) { key in
            guard let replicaSet = replicaSets.store[key], replicaSet.metadata.annotations[SimulatorMark.simulated] == "true",
                !replicaSet.metadata.isBeingDeleted
            else { return .done }
            try await play(replicaSet)
            return .done
        }
        replicaSetController.reconciles(replicaSets)
        replicaSetController.owns(pods, kind: AppsV1.ReplicaSet.resourceType)
    }

    private func play(_ deployment: AppsV1.Deployment, _ replicaSets: Informer<AppsV1.ReplicaSet>) async throws {
        let owned = replicaSets.store.objects(index: StoreIndex<AppsV1.ReplicaSet>.byOwner.name, value: deployment.metadata.uid ?? "")
        let pods = owned.flatMap { self.pods(of: $0.metadata.uid) }
        let simulation = DeploymentSimulation(deployment: deployment, replicaSets: owned, pods: pods)
        guard !simulation.isForeign else { return }
        let api = client.resource(AppsV1.ReplicaSet.self, namespace: deployment.metadata.namespace)
        for action in simulation.actions {
            switch action {
            case .create(let replicaSet): _ = try await api.create(replicaSet)
            case .scale(let replicaSet, let count):
                _ = try await api.mergePatch(replicaSet.metadata.name, ["spec": ["replicas": .integer(Int64(count))]])
            }
        }
        var desired = deployment
        desired.status = simulation.status(now: time.timestamp)
        _ = try await applier.writeStatus(of: deployment, to: desired)
    }

    private func play(_ replicaSet: AppsV1.ReplicaSet) async throws {
        let simulation = ReplicaSetSimulation(replicaSet: replicaSet, pods: pods(of: replicaSet.metadata.uid))
        let api = client.resource(CoreV1.Pod.self, namespace: replicaSet.metadata.namespace)
        for _ in 0..<simulation.missing { _ = try await api.create(simulation.pod(suffix: Suffix.text(random(), length: 5))) }
        for pod in simulation.surplus { _ = try await api.deleteIfPresent(pod.key) }
        var desired = replicaSet
        desired.status = simulation.status
        _ = try await applier.writeStatus(of: replicaSet, to: desired)
    }

    private func pods(of owner: String?) -> [CoreV1.Pod] {
        owner.map { pods.store.objects(index: StoreIndex<CoreV1.Pod>.byOwner.name, value: $0) } ?? []
    }

    private func addPods(to manager: Manager) {
        let podController = controller("pods", manager) { key in
            guard let pod = pods.store[key], !pod.isIgnored, !runsElsewhere(pod) else { return .done }
            return try await play(pod)
        }
        podController.reconciles(pods)
        podController.watches(claims) { [store = pods.store] claim in
            store.objects(index: "claim", value: claim.key.description).map(\.key)
        }
    }

    private func play(_ pod: CoreV1.Pod) async throws -> ReconcileResult {
        let isBound = pod.claimKeys.allSatisfy { claims.store[$0]?.status?.phase == "Bound" }
        switch PodSimulation(pod: pod, hasVolumes: isBound, configuration: configuration).step(now: time.timestamp) {
        case .rest: return .done
        case .wait(let duration): return .requeue(after: duration)
        case .remove:
            let options = DeleteOptions(preconditions: DeleteOptions.Preconditions(uid: pod.metadata.uid), gracePeriodSeconds: 0)
            _ = try await client.resource(CoreV1.Pod.self, namespace: pod.metadata.namespace).deleteIfPresent(pod.key, options)
        case .report(let status):
            var desired = pod
            desired.status = status
            _ = try await applier.writeStatus(of: pod, to: desired)
        }
        return .done
    }

    private func addClaims(to manager: Manager) {
        let claimController = controller("claims", manager) { key in
            guard let claim = claims.store[key], !claim.isIgnored else { return .done }
            if claim.metadata.isBeingDeleted {
                try await release(claim)
                return .done
            }
            let size = claim.spec?.resources?.requests ?? [:]
            var desired = claim
            desired.status = .init(phase: "Bound", accessModes: claim.spec?.accessModes, capacity: size)
            _ = try await applier.writeStatus(of: claim, to: desired)
            return .done
        }
        claimController.reconciles(claims)
        claimController.watches(pods) { $0.claimKeys }
    }

    /// A claim that is being deleted goes once no Pod uses it.
    private func release(_ claim: CoreV1.PersistentVolumeClaim) async throws {
        let protection = "kubernetes.io/pvc-protection"
        guard claim.metadata.finalizers.contains(protection),
            pods.store.objects(index: "claim", value: claim.key.description).allSatisfy(\.hasEnded)
        else { return }
        let rest = claim.metadata.finalizers.filter { $0 != protection }
        var metadata: JSON = ["finalizers": .array(rest.map { .string($0) })]
        metadata["resourceVersion"] = claim.metadata.resourceVersion.map { .string($0) }
        let api = client.resource(CoreV1.PersistentVolumeClaim.self, namespace: claim.metadata.namespace)
        _ = try await api.mergePatch(claim.metadata.name, ["metadata": metadata])
    }

    private func addJobs(to manager: Manager) {
        let jobs = manager.informer(BatchV1.Job.self)
        let jobController = controller("jobs", manager) { key in
            guard let job = jobs.store[key], !job.isIgnored, !job.metadata.isBeingDeleted else { return .done }
            let simulation = JobSimulation(job: job, pods: pods(of: job.metadata.uid))
            let api = client.resource(CoreV1.Pod.self, namespace: job.metadata.namespace)
            for _ in 0..<simulation.missing { _ = try await api.create(simulation.pod(suffix: Suffix.text(random(), length: 5))) }
            var desired = job
            desired.status = simulation.status(now: time.timestamp)
            _ = try await applier.writeStatus(of: job, to: desired)
            return .done
        }
        jobController.reconciles(jobs)
        jobController.owns(pods, kind: BatchV1.Job.resourceType)
    }

    private func addServices(to manager: Manager) {
        let services = manager.informer(CoreV1.Service.self)
        controller("services", manager) { key in
            guard let service = services.store[key], service.spec?.type == "LoadBalancer", !service.isIgnored,
                !service.metadata.isBeingDeleted
            else { return .done }
            var desired = service
            desired.status = .init(loadBalancer: .init(ingress: [.init(ip: configuration.address, ipMode: "VIP")]))
            _ = try await applier.writeStatus(of: service, to: desired)
            return .done
        }.reconciles(services)
    }

    private func addIngresses(to manager: Manager) {
        let ingresses = manager.informer(NetworkingV1.Ingress.self)
        controller("ingresses", manager) { key in
            guard let ingress = ingresses.store[key], !ingress.isIgnored, !ingress.metadata.isBeingDeleted else { return .done }
            var desired = ingress
            desired.status = .init(loadBalancer: .init(ingress: [.init(ip: configuration.address)]))
            _ = try await applier.writeStatus(of: ingress, to: desired)
            return .done
        }.reconciles(ingresses)
    }
}

extension CoreV1.Pod {
    /// Keys of the claims that the Pod mounts.
    var claimKeys: [ObjectKey] {
        (spec?.volumes ?? []).compactMap { $0.persistentVolumeClaim?.claimName }.map {
            ObjectKey(namespace: metadata.namespace, name: $0)
        }
    }
}
