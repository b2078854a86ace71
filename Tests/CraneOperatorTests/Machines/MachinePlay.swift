import CraneAPI
import DevelopmentGateway
import FleetTemplates
import Foundation
import JSONValue
import KubernetesClient
import KubernetesModel
import Machines
import NIOConcurrencyHelpers
import ServiceLifecycle
import Testing

@testable import CraneOperator

/// Where machines are that a test plays.
protocol MachineHost: Sendable {
    /// The user data of the machine that is there and runs; `nil` when there is none.
    func userData() async throws -> String?
    /// Where its gateway has to listen; 0 for anywhere.
    var fixedPort: Int { get }
    /// Its gateway listens.
    func gatewayListens(at port: Int)
}

extension ScriptedProvider: MachineHost {
    func userData() async throws -> String? { now.machines.values.first?.userData }
    var fixedPort: Int { 0 }
    func gatewayListens(at port: Int) { set { $0.port = port } }
}

/// Plays a machine and the control plane it reports to: a real gateway with the files of the tenant's Secret, and reports written into the status.
final class MachinePlay: Service {
    struct Script: Sendable {
        var level = "info"
        var stage = BootstrapStage.ready
        var digest: String?
        var startsGateway = true
        var isSilent = false
    }

    let stage: Stage
    let host: any MachineHost
    let directory: String
    private let script: NIOLockedValueBox<Script>
    private let played = NIOLockedValueBox<Set<String>>([])
    private struct Running: Sendable {
        var state: String
        var token: String
        var userData: String
        var port = 0
        var isServing = true
        var stop: AsyncStream<Never>.Continuation
    }

    private let running = NIOLockedValueBox<Running?>(nil)
    private let wanted = NIOLockedValueBox<DevelopmentGateway?>(nil)

    init(_ stage: Stage, _ host: any MachineHost, _ script: Script = Script()) {
        self.stage = stage
        self.host = host
        self.script = NIOLockedValueBox(script)
        directory = FileManager.default.temporaryDirectory.appending(path: "crane-\(UUID().uuidString)").path
    }

    func set(_ change: (inout Script) -> Void) { script.withLockedValue { change(&$0) } }

    /// Ends the gateway's process, so to speak.
    func haltGateway() { running.withLockedValue { $0 }?.stop.finish() }

    /// Starts it again, in the same directory and at the same port.
    func restartGateway() throws {
        guard let last = running.withLockedValue({ $0 }), last.port > 0 else { return }
        let gateway = try makeGateway(state: last.state, token: last.token, port: last.port)
        wanted.withLockedValue { $0 = gateway }
    }

    func run() async throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            while !Task.isCancelled {
                var next: DevelopmentGateway?
                wanted.withLockedValue { swap(&$0, &next) }
                if next == nil { next = try await power() }
                if next == nil { next = try await turn() }
                if let gateway = next {
                    let (stopped, stop) = AsyncStream.makeStream(of: Never.self)
                    _ = running.withLockedValue { $0?.stop = stop }
                    group.addTask { await Self.run(gateway, until: stopped) }
                }
                try? await Task.sleep(for: .milliseconds(20))  // wait: for the operator's next write
            }
            group.cancelAll()
        }
    }

    private static func run(_ gateway: DevelopmentGateway, until stopped: AsyncStream<Never>) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await gateway.run() }
            group.addTask { for await _ in stopped {} }
            await group.next()
            group.cancelAll()
        }
    }

    /// A gateway at a port of its own goes and comes with its machine.
    private func power() async throws -> DevelopmentGateway? {
        guard host.fixedPort > 0, let last = running.withLockedValue({ $0 }), let userData = try? await .some(host.userData()) else {
            return nil
        }
        let isUp = userData == last.userData
        guard isUp != last.isServing else { return nil }
        running.withLockedValue { $0?.isServing = isUp }
        if isUp { return try makeGateway(state: last.state, token: last.token, port: host.fixedPort) }
        last.stop.finish()
        return nil
    }

    /// Does what the machine does next.
    private func turn() async throws -> DevelopmentGateway? {
        let script = script.withLockedValue { $0 }
        guard !script.isSilent, let tenant = try? await stage.tenants.getIfPresent("mia"),
            let hash = tenant.status?.machine?.credentialHash, !played.withLockedValue({ $0.contains(hash) }),
            let userData = try? await host.userData()
        else { return nil }
        let name = TenantNames(tenant: "mia").bootstrapSecret
        guard let secret = try? await stage.client.resource(CoreV1.Secret.self, namespace: "team-a").getIfPresent(name),
            let data = secret.data?[BootstrapSecret.secretsKey].flatMap({ Data(base64Encoded: $0) }),
            let secrets = try? JSON(parsing: Array(data)),
            // A machine reports with what it was born with.
            secret.data?[BootstrapSecret.userDataKey].flatMap({ Data(base64Encoded: $0) }) == Data(userData.utf8)
        else { return nil }
        var gateway: DevelopmentGateway?
        if script.startsGateway, script.level == "info" {
            gateway = try write(secrets, userData, run: BootstrapMaterial.run(of: secret) ?? 0)
        }
        let files = (secrets["files"]?.objectValue ?? [:]).compactMapValues(\.stringValue)
        let report = BootstrapStatus(
            seq: 6,
            stage: script.stage.rawValue,
            level: script.level,
            message: "scripted",
            credentialHash: hash,
            filesDigest: script.digest ?? GatewayFiles.digest(of: files)
        )
        _ = try await stage.tenants.patch(
            ObjectKey(name: "mia"),
            .merge(["status": ["bootstrap": try JSON(encoding: report)]]),
            subresource: "status",
            WriteOptions(fieldManager: "opencrane-control-plane")
        )
        _ = played.withLockedValue { $0.insert(hash) }
        return gateway
    }

    private func write(_ secrets: JSON, _ userData: String, run: Int) throws -> DevelopmentGateway {
        let state = "\(directory)/\(run)"
        let all = (secrets["files"]?.objectValue ?? [:]).merging(secrets["private"]?.objectValue ?? [:]) { $1 }
        for (path, text) in all {
            let url = URL(filePath: state).appending(path: path)
            try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try (text.stringValue ?? "").write(to: url, atomically: true, encoding: .utf8)
        }
        let token = secrets["gatewayToken"]?.stringValue ?? ""
        let stop = AsyncStream.makeStream(of: Never.self).continuation
        running.withLockedValue { $0 = Running(state: state, token: token, userData: userData, stop: stop) }
        return try makeGateway(state: state, token: token, port: host.fixedPort)
    }

    /// A gateway that knows no device but those that were approved beforehand; it tells the provider its port when it listens.
    func makeGateway(state: String, token: String, port: Int = 0) throws -> DevelopmentGateway {
        var configuration = DevelopmentGatewayConfiguration(stateDirectory: state, token: token)
        configuration.port = port
        configuration.approvesLoopback = false
        let gateway = try DevelopmentGateway(configuration, logger: Stage.quiet)
        let (host, running) = (host, running)
        Task {
            guard let port = await gateway.port() else { return }
            running.withLockedValue { $0?.port = port }
            host.gatewayListens(at: port)
        }
        return gateway
    }
}

extension Stage {
    static var machineConfiguration: OperatorConfiguration {
        var configuration = Stage.configuration
        configuration.machines.controlPlane = "http://127.0.0.1:1"
        configuration.machines.gatewayInterval = .milliseconds(200)
        return configuration
    }

    func makeMachineOperator(
        _ provider: any MachineProvider,
        _ configuration: OperatorConfiguration = Stage.machineConfiguration,
        client: KubernetesClient? = nil
    ) throws -> CraneOperator {
        CraneOperator(
            configuration: configuration,
            client: try client ?? Self.client(of: server, agent: Self.operatorAgent),
            logger: Self.quiet,
            machines: MachineRegistry([MachineRegistry.Entry(provider)])
        )
    }

    @discardableResult
    func createMachineTenant(
        _ provider: MachineProviderName = .local,
        _ change: (inout TenantSpec) -> Void = { _ in }
    ) async throws -> Tenant {
        try await createTenant { spec in
            spec.runtime = TenantRuntime(type: .virtualMachine, machine: MachineSpec(provider: provider))
            change(&spec)
        }
    }

    /// Waits until a deletion is known to the operator, and it has looked at the machine since.
    func awaitTerminating() async throws {
        try await awaitPhase(.terminating)
        try await settle()
    }

    /// Waits for a tenant's phase.
    @discardableResult
    func awaitPhase(_ phase: TenantPhase, within limit: Duration = .seconds(30)) async throws -> Tenant {
        var last: Tenant?
        do {
            try await eventually("mia is \(phase.rawValue)", within: limit) {
                last = try await tenants.getIfPresent("mia")
                return last?.status?.phase == phase
            }
        } catch let error as NeverHappened {
            throw NeverHappened(what: "\(error.what); status: \(try JSON(encoding: last?.status).text())")
        }
        return try await tenants.get("mia")
    }
}
