import Foundation
import KubernetesClient
import LocalCluster
import LocalPostgres
import Logging
import NIOConcurrencyHelpers
import ProcessRuntime
import ServiceLifecycle
import WorkloadSimulator

/// What `opencrane dev --manifests` runs on top of PostgreSQL and the Kubernetes API: what makes pods, and what runs them.
struct ManifestStack: Service {
    /// The image that `manifests/install` names, in each version.
    static let image = "registry.example.com/opencrane:*"
    /// The port that leads to the control plane when nobody says.
    static let port = 18_080

    let directory: DevDirectory
    let postgres: PrivatePostgres
    let server: ClusterServer
    let images: ImageMap
    /// Forwardings besides the one to the control plane.
    let forwards: [ServiceForward]
    /// The port that leads to the control plane.
    let apiPort: Int
    /// Shows `kubectl logs` what runs.
    let output: PodOutput
    let logger: Logger

    func run() async throws {
        _ = try await server.waitUntilReady()
        try directory.writePrivately(server.kubeconfig, to: directory.kubeconfig)
        let clients = try (0..<2).map { _ in try KubernetesClient(kubeconfig: server.kubeconfig, logger: logger) }
        let port = try apiPort == 0 ? FreePort.find() : apiPort
        var settings = ProcessRuntimeConfiguration(images: images, directory: directory.path + "/pods")
        let plane = ServiceForward(namespace: "opencrane", service: "opencrane-control-plane", port: 8080, localPort: port)
        settings.forwards = [plane] + forwards
        let runtime = ProcessRuntime(client: clients[0], configuration: settings, logger: logger)
        output.serve(runtime)
        var simulation = SimulatorConfiguration()
        simulation.startDelay = .milliseconds(200)
        let simulator = WorkloadSimulator(client: clients[1], configuration: simulation, logger: logger, runsElsewhere: images.runs)
        let greeter = ManifestGreeter(stack: self, port: port)
        var group = ServiceGroupConfiguration(
            services: [.init(service: simulator), .init(service: runtime), .init(service: greeter, successTerminationBehavior: .ignore)],
            logger: logger
        )
        group.maximumGracefulShutdownDuration = .seconds(25)
        try await ServiceGroup(configuration: group).run()
        for client in clients { await client.shutdown() }
    }
}

/// Finds the output of containers once something runs them: the API server is there before.
final class PodOutput: Sendable {
    private let runtime = NIOLockedValueBox<ProcessRuntime?>(nil)

    /// Says who runs containers.
    func serve(_ runtime: ProcessRuntime) { self.runtime.withLockedValue { $0 = runtime } }

    /// The file with the output of a container.
    func path(_ query: ClusterServer.PodLogQuery) -> String? {
        runtime.withLockedValue { $0 }?.log(
            pod: query.pod,
            namespace: query.namespace,
            container: query.container,
            previous: query.isPrevious
        )
    }
}

/// Says what to do next.
struct ManifestGreeter: Service {
    let stack: ManifestStack
    let port: Int

    func run() async throws {
        let directory = stack.directory
        _ = try directory.apiToken()
        let database = try await stack.postgres.url
        let binaries = URL(filePath: LocalGateway.executable).deletingLastPathComponent().path(percentEncoded: false)
        let environment = """
            export KUBECONFIG='\(directory.kubeconfig)'
            export DATABASE_URL='\(database)'
            export OPENCRANE_URL='http://127.0.0.1:\(port)'
            export OPENCRANE_TOKEN="$(cat '\(directory.token)')"
            case ":$PATH:" in *":\(binaries):"*) ;; *) export PATH='\(binaries)':"$PATH" ;; esac

            """
        try directory.writePrivately(environment, to: directory.environment)
        let images = stack.images.all.map { "  \($0.image) is \($0.program)" }.joined(separator: "\n")
        print(
            """

            A Kubernetes API and PostgreSQL are ready, for development only; Ctrl-C stops them and all pods.

              Kubernetes API   export KUBECONFIG=\(directory.kubeconfig)
              Pods             volumes, credentials and logs are in \(directory.path)/pods
              Control plane    http://127.0.0.1:\(port) once it is installed

            Pods with these images run as processes, all others are simulated:

            \(images)

            Install OpenCrane in another shell:

              . \(directory.environment)
              kubectl apply --server-side -f crds/
              kubectl apply -k manifests/overlays/local
              kubectl -n opencrane create secret generic opencrane \\
                  --from-literal=DATABASE_URL="$DATABASE_URL" --from-literal=OPENCRANE_API_TOKEN="$OPENCRANE_TOKEN"
              kubectl -n opencrane rollout status deployment/opencrane
              curl -H "Authorization: Bearer $OPENCRANE_TOKEN" $OPENCRANE_URL/api/v1/tenants

            """
        )
        // Standard output may be a pipe, which is written in blocks otherwise.
        fflush(nil)
    }
}
