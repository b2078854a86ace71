import Foundation
import KubernetesClient
import KubernetesModel
import Logging
import Observability
import OperatorRuntime
import ServiceLifecycle
import UnixSignals

/// A page to be served. `website-crd.yaml` defines the kind.
struct Website: KubernetesResource {
    struct Spec: Codable, Sendable { var html: String, replicas: Int }
    struct Status: Codable, Sendable { var observedGeneration: Int64?, readyReplicas: Int?, conditions: [Condition]? }

    static let resourceType = ResourceType(group: "example.com", version: "v1", kind: "Website", plural: "websites", isNamespaced: true)
    var metadata: ObjectMeta
    var spec: Spec
    var status: Status?

    // What it is made of: values only.

    var labels: [String: String] { ["app.kubernetes.io/name": "website", "app.kubernetes.io/instance": metadata.name] }
    var child: ObjectMeta {
        ObjectMeta(name: metadata.name, namespace: metadata.namespace, labels: labels, ownerReferences: [ownerReference()])
    }
    var page: CoreV1.ConfigMap { .init(metadata: child, data: ["index.html": spec.html]) }
    var service: CoreV1.Service { .init(metadata: child, spec: .init(selector: labels, ports: [.init(port: 80, protocol: "TCP")])) }
    var deployment: AppsV1.Deployment {
        let mount = CoreV1.VolumeMount(name: "page", mountPath: "/usr/share/nginx/html", readOnly: true)
        let pod = CoreV1.PodSpec(
            containers: [.init(name: "nginx", image: "nginx:1.27", volumeMounts: [mount])],
            volumes: [.init(name: "page", configMap: .init(name: metadata.name))]
        )
        let template = CoreV1.PodTemplateSpec(metadata: ObjectMeta(labels: labels), spec: pod)
        return .init(metadata: child, spec: .init(replicas: spec.replicas, selector: .init(matchLabels: labels), template: template))
    }
}

/// Something outside of the cluster: a file with a line for each website.
actor Directory {
    let path: String
    init(path: String) { self.path = path }

    func set(_ name: String, isListed: Bool) throws {
        var lines = Set(((try? String(contentsOfFile: path, encoding: .utf8)) ?? "").split(separator: "\n").map(String.init))
        guard lines.contains(name) != isListed else { return }
        if isListed { lines.insert(name) } else { lines.remove(name) }
        try lines.sorted().map { $0 + "\n" }.joined().write(toFile: path, atomically: true, encoding: .utf8)
    }
}

@main
struct WebsiteOperator {
    static let name = "website-operator"

    static func main() async throws {
        let environment = ProcessInfo.processInfo.environment
        let logger = Logger(label: name)
        let metrics = PrometheusRegistry(configuration: .init(buckets: OperatorMetrics.buckets))
        var configuration = try ClientConfiguration.load()
        configuration.userAgent = name
        let client = try KubernetesClient(configuration: configuration, logger: logger, metrics: metrics)
        let election = LeaderElectionConfiguration(leaseName: name, namespace: configuration.namespace)
        let health = HealthServer.Address(port: environment["HEALTH_PORT"].flatMap { Int($0) } ?? 8081)
        let manager = Manager(
            configuration: ManagerConfiguration(name: "example.com/\(name)", leaderElection: election, health: health),
            client: client,
            logger: logger,
            metrics: metrics
        )
        let directory = Directory(path: environment["DIRECTORY_FILE"] ?? "websites.txt")
        let applier = Applier(client: client, fieldManager: name)
        func children<Child: KubernetesResource>(_ kind: Child.Type) -> Informer<Child> {
            manager.informer(kind, options: InformerOptions(labelSelector: "app.kubernetes.io/name=website").applied(by: applier))
        }
        let websites = manager.informer(Website.self)
        let pages = children(CoreV1.ConfigMap.self)
        let deployments = children(AppsV1.Deployment.self)
        let services = children(CoreV1.Service.self)

        /// Makes everything as the website wants it, then says in its status how far that is.
        @Sendable func apply(_ website: Website, _ context: ReconcileContext) async throws -> ReconcileResult {
            try await directory.set("\(website.key)", isListed: true)
            try await applier.apply(website.page, live: pages.store[website.key])
            try await applier.apply(website.service, live: services.store[website.key])
            let deployment = try await applier.apply(website.deployment, live: deployments.store[website.key]).object
            let generation = website.metadata.generation
            let isCurrent = deployment.status?.observedGeneration == deployment.metadata.generation
            let ready = isCurrent ? min(deployment.status?.updatedReplicas ?? 0, deployment.status?.readyReplicas ?? 0) : 0
            let isReady = isCurrent && ready >= website.spec.replicas
            var desired = website
            desired.status = .init(observedGeneration: generation, readyReplicas: ready, conditions: website.status?.conditions ?? [])
            let (reason, message) = isReady ? ("Serving", "All servers are ready") : ("Starting", "Not all servers are ready yet")
            let now = context.time.timestamp
            let holds: ConditionStatus = isReady ? .true : .false
            desired.status?.conditions?
                .set("Ready", status: holds, reason: reason, message: message, observedGeneration: generation, now: now)
            let written = try await applier.writeStatus(of: website, to: desired)
            if written.isWrite { manager.events.record(EventNote(regarding: .init(website), reason: reason, note: message)) }
            return .done
        }
        let controller = manager.controller("website") { key, context in
            guard let website = websites.store[key] else { return .done }
            return try await Finalization.run(website, finalizer: "example.com/directory", client: client) { website in
                try await apply(website, context)
            } cleanup: { website in
                try await directory.set("\(website.key)", isListed: false)
                return .finished
            }
        }
        controller.reconciles(websites, predicate: .generationChanged)
        controller.owns(pages, by: Website.self)
        controller.owns(deployments, by: Website.self)
        controller.owns(services, by: Website.self)

        try await ServiceGroup(services: [manager], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger).run()
        await client.shutdown()
    }
}
