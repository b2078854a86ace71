import ArgumentParser
import Foundation
import KubernetesClient
import Logging
import Observability
import ProcessRuntime
import ServiceLifecycle
import UnixSignals
import WorkloadSimulator

/// `opencrane dev-workloads`: plays the controllers and kubelets of a cluster without nodes.
struct DevWorkloadsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dev-workloads",
        abstract: "Simulates workloads on an API server that has no nodes. For development and tests only.",
        discussion: """
            Deployments, claims, load balancers, Ingresses and Jobs become ready without any container running. Objects annotated
            \(SimulatorMark.ignore)=true are left alone.

            Pods whose image is given a program (--image) run as processes of this machine instead.
            """
    )

    @Option(help: "Path of a kubeconfig. Default: KUBECONFIG, then the pod's own account, then ~/.kube/config.")
    var kubeconfig: String?

    @Option(help: "Context of the kubeconfig. Default: its current one.")
    var context: String?

    @Option(help: "Milliseconds from a pod's creation until it is ready.")
    var startDelay = 0

    @Option(help: "Milliseconds from the request to delete a pod until it is gone.")
    var stopDelay = 0

    @Option(help: "What is simulated, separated by commas: deployments, pods, claims, services, ingresses, jobs. Default: all.")
    var only: String?

    @OptionGroup var processes: ProcessOptions

    @Option(help: "Directory of volumes, credentials and logs of pods that run as processes.")
    var podsDir = ".opencrane/pods"

    func validate() throws {
        _ = try processes.images(default: nil)
        _ = try processes.forwards()
        guard startDelay >= 0, stopDelay >= 0 else { throw ValidationError("Delays cannot be negative.") }
        _ = try parts()
    }

    func run() async throws {
        let logger = Logger(label: "opencrane.dev-workloads") { JSONLogHandler(label: $0) }
        let client = try KubernetesClient(configuration: .load(kubeconfig: kubeconfig, context: context), logger: logger)
        var settings = SimulatorConfiguration()
        settings.parts = try parts()
        settings.startDelay = .milliseconds(startDelay)
        settings.stopDelay = .milliseconds(stopDelay)
        let images = try processes.images(default: nil)
        var services: [any Service] = [
            WorkloadSimulator(client: client, configuration: settings, logger: logger, runsElsewhere: images.runs)
        ]
        if !processes.isEmpty {
            let directory = URL(filePath: podsDir).standardizedFileURL.path(percentEncoded: false)
            var settings = ProcessRuntimeConfiguration(images: images, directory: directory)
            settings.forwards = try processes.forwards()
            services.append(ProcessRuntime(client: client, configuration: settings, logger: logger))
        }
        let group = ServiceGroup(services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        try await group.run()
        await client.shutdown()
    }

    private func parts() throws -> Set<SimulatorConfiguration.Part> {
        guard let only else { return Set(SimulatorConfiguration.Part.allCases) }
        return Set(
            try only.split(separator: ",").map { name in
                guard let part = SimulatorConfiguration.Part(rawValue: String(name)) else {
                    throw ValidationError("'\(name)' is not one of deployments, pods, claims, services, ingresses, jobs.")
                }
                return part
            }
        )
    }
}
