import Foundation
import KubernetesClient
import LocalCluster
import LocalPostgres
import Logging
import Postgres

/// What a stage is made of.
struct StageOptions: Sendable {
    /// Whether the operator is started.
    var hasOperator = true
    /// Whether the control plane is started.
    var hasControlPlane = true
    /// How many replicas of the control plane there are.
    var controlPlanes = 1
    /// Further variables of the control plane.
    var controlPlaneEnvironment: [String: String] = [:]
    /// Whether the API server keeps its objects when it is stopped.
    var isPersistent = false
    /// Whether the operator makes machines of this host.
    var hasMachines = false
}

/// Everything a test plays on: an API server, a private PostgreSQL and the product's programs as processes of their own, in a namespace of its own.
final class Stage: Sendable {
    let options: StageOptions
    /// Namespace of the test's tenants and policies.
    let namespace: String
    /// What names of cluster-scoped objects begin with.
    let prefix: String
    let scratch: Scratch
    /// The own API server; `nil` when the suite runs against another one.
    let apiServer: LocalAPIServer?
    let kubeconfig: String
    let kubernetes: KubernetesClient
    let postgres: PrivatePostgres
    let operatorProcess: ServerProcess
    /// The first replica of the control plane.
    var controlPlane: ServerProcess { replicas[0].process }
    /// All replicas of the control plane.
    let replicas: [Replica]
    let workloads: ServerProcess
    let api: RESTClient
    /// The machines of this host, where there are any.
    let fleet: LocalFleet?
    private let operatorHealthPort: Int

    /// A replica of the control plane.
    struct Replica: Sendable {
        let process: ServerProcess
        let api: RESTClient
        let healthPort: Int
    }

    /// Builds a stage and lets a test play on it; afterwards everything is taken down, whatever happened.
    static func with(_ options: StageOptions = .init(), _ body: @Sendable (Stage) async throws -> Void) async throws {
        let stage = try await Stage(options)
        do {
            try await stage.open()
            try await body(stage)
        } catch {
            stage.tellWhatHappened(error)
            await stage.close()
            throw error
        }
        await stage.close()
    }

    private init(_ options: StageOptions) async throws {
        self.options = options
        prefix = "e2e-" + UUID().uuidString.prefix(8).lowercased()
        namespace = prefix
        scratch = try Scratch()
        var logger = Logger(label: "e2e")
        logger.logLevel = .error
        if let external = Installation.externalKubeconfig {
            apiServer = nil
            kubeconfig = external
        } else {
            let server = try LocalAPIServer(dataDirectory: options.isPersistent ? scratch.path("cluster") : nil)
            try await server.start()
            apiServer = server
            kubeconfig = scratch.path("kubeconfig")
            try scratch.write(try server.server.kubeconfig, to: "kubeconfig")
        }
        var client = try ClientConfiguration.load(kubeconfig: kubeconfig)
        client.userAgent = "end-to-end-tests"
        kubernetes = try KubernetesClient(configuration: client, logger: logger)
        // Durable: tests crash it and expect that what was committed is there.
        postgres = PrivatePostgres(isDurable: true, logger: logger)
        try await postgres.start()

        let operatorPort = try freePort()
        operatorHealthPort = operatorPort
        let ports = try (0..<options.controlPlanes).map { _ in (api: try freePort(), health: try freePort()) }
        let token = "e2e-" + UUID().uuidString + UUID().uuidString
        api = RESTClient(base: "http://127.0.0.1:\(ports[0].api)", token: token)
        fleet = options.hasMachines ? try LocalFleet(scratch) : nil
        var environment = ProcessInfo.processInfo.environment.filter { ["PATH", "HOME", "LANG", "LD_LIBRARY_PATH"].contains($0.key) }
        environment["DATABASE_URL"] = try await postgres.url
        environment["POD_NAMESPACE"] = namespace
        let common = environment
        let programs = ProgramAccounts.programs
        let program = { [scratch, kubeconfig] (name: String, arguments: [String], variables: [String: String]) in
            let role = arguments[0]
            return ServerProcess(
                name: name,
                executable: Installation.opencrane,
                arguments: arguments,
                // The programs that are shipped with a role run with it; the others are tools of the administrator.
                environment: common.merging(["KUBECONFIG": programs.contains(role) ? scratch.path("\(role).kubeconfig") : kubeconfig]) {
                    $1
                }
                .merging(variables) { $1 },
                log: scratch.path("\(name).log")
            )
        }
        operatorProcess = program(
            "operator",
            ["operator"],
            [
                "WATCH_NAMESPACE": namespace, "TENANT_DEFAULT_IMAGE": Installation.tenantImage, "INGRESS_DOMAIN": "e2e.example.com",
                "LEADER_ELECTION": "false", "HEALTH_HOST": "127.0.0.1", "HEALTH_PORT": "\(operatorPort)",
                "CONTROL_PLANE_TENANTS_ROLE": ProgramAccounts.tenantsRole(prefix),
                "CONTROL_PLANE_SERVICE_ACCOUNT": "opencrane-control-plane",
            ].merging(fleet?.operatorEnvironment(controlPlane: api.base) ?? [:]) { $1 }
        )
        let variables = ["NAMESPACE": namespace, "HOST": "127.0.0.1", "OPENCRANE_API_TOKEN": token]
            .merging(fleet?.controlPlaneEnvironment ?? [:]) { $1 }.merging(options.controlPlaneEnvironment) { $1 }
        replicas = ports.enumerated().map { index, ports in
            Replica(
                process: program(
                    index == 0 ? "control-plane" : "control-plane-\(index + 1)",
                    ["control-plane"],
                    variables.merging(["PORT": "\(ports.api)", "HEALTH_PORT": "\(ports.health)"]) { $1 }
                ),
                api: RESTClient(base: "http://127.0.0.1:\(ports.api)", token: token),
                healthPort: ports.health
            )
        }
        workloads = program("dev-workloads", ["dev-workloads", "--kubeconfig", kubeconfig], [:])
    }

    /// Installs the definitions, makes the namespace, starts the programs and waits until they are ready.
    private func open() async throws {
        try await kubectl(["apply", "--server-side", "--force-conflicts", "-f", Installation.root + "/crds"])
        try await kubectl(["wait", "--for=condition=Established", "--timeout=60s", "-f", Installation.root + "/crds"])
        try await makeAccounts()
        if Installation.simulatesWorkloads { try workloads.start() }
        if options.hasOperator {
            try operatorProcess.start()
            try await waitUntilReady(operatorProcess, port: operatorHealthPort)
        }
        if options.hasControlPlane { for replica in replicas { try await start(replica) } }
    }

    /// Starts the control plane and waits until it is ready.
    func startControlPlane() async throws {
        try await start(replicas[0])
    }

    private func start(_ replica: Replica) async throws {
        try replica.process.start()
        try await waitUntilReady(replica.process, port: replica.healthPort)
    }

    /// Starts the operator and waits until it is ready.
    func startOperator() async throws {
        try operatorProcess.start()
        try await waitUntilReady(operatorProcess, port: operatorHealthPort)
    }

    private func waitUntilReady(_ process: ServerProcess, port: Int) async throws {
        let probe = RESTClient(base: "http://127.0.0.1:\(port)", token: "")
        try await eventually("\(process.name) is ready") {
            guard process.isRunning else {
                throw CommandFailure(command: process.name, result: .init(status: -1, output: "", errors: process.tail()))
            }
            return try await probe.get("/readyz").status == 200
        }
    }

    /// Takes everything down and, on a foreign API server, removes what the test made there.
    private func close() async {
        if !Installation.isLocal { await removeObjects() }
        for process in replicas.map(\.process) + [operatorProcess, workloads] { await process.stop() }
        await fleet?.end()
        await kubernetes.shutdown()
        await apiServer?.stop()
        await postgres.end()
        scratch.remove()
    }

    private func removeObjects() async {
        if !operatorProcess.isRunning { try? await startOperator() }
        let mine =
            (try? await kubectl(["get", "clustertenants", "-o", "name"]).output.split(separator: "\n").filter { $0.contains(prefix) }) ?? []
        _ = try? await kubectl(["delete", "tenants,accesspolicies", "--all", "--timeout=120s"])
        for name in mine { _ = try? await kubectl(["delete", String(name), "--timeout=120s"]) }
        _ = try? await kubectl(["delete", "namespace", namespace, "--timeout=120s"])
        await removeAccounts()
    }

    private func tellWhatHappened(_ error: any Error) {
        var text = "\n---- \(error)\n"
        for process in [operatorProcess] + replicas.map(\.process) + [workloads] { text += "---- \(process.name)\n\(process.tail())\n" }
        FileHandle.standardError.write(Data(text.utf8))
    }
}
