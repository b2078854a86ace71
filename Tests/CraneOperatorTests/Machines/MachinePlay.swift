import CraneAPI
import DevelopmentGateway
import FleetTemplates
import Foundation
import JSONValue
import KubernetesClient
import KubernetesModel
import NIOConcurrencyHelpers
import ServiceLifecycle
import Testing

@testable import CraneOperator

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
    let provider: ScriptedProvider
    let directory: String
    private let script: NIOLockedValueBox<Script>
    private let played = NIOLockedValueBox<Set<String>>([])
    private struct Running: Sendable {
        var state: String
        var token: String
        var stop: AsyncStream<Never>.Continuation
    }

    private let running = NIOLockedValueBox<Running?>(nil)
    private let wanted = NIOLockedValueBox<DevelopmentGateway?>(nil)

    init(_ stage: Stage, _ provider: ScriptedProvider, _ script: Script = Script()) {
        self.stage = stage
        self.provider = provider
        self.script = NIOLockedValueBox(script)
        directory = FileManager.default.temporaryDirectory.appending(path: "crane-\(UUID().uuidString)").path
    }

    func set(_ change: (inout Script) -> Void) { script.withLockedValue { change(&$0) } }

    /// Ends the gateway's process, so to speak.
    func haltGateway() { running.withLockedValue { $0 }?.stop.finish() }

    /// Starts it again, in the same directory and at the same port.
    func restartGateway() throws {
        guard let last = running.withLockedValue({ $0 }), let port = provider.now.port else { return }
        let gateway = try makeGateway(state: last.state, token: last.token, port: port)
        wanted.withLockedValue { $0 = gateway }
    }

    func run() async throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            while !Task.isCancelled {
                var next: DevelopmentGateway?
                wanted.withLockedValue { swap(&$0, &next) }
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

    /// Does what the machine does next.
    private func turn() async throws -> DevelopmentGateway? {
        let script = script.withLockedValue { $0 }
        guard !script.isSilent, let tenant = try? await stage.tenants.getIfPresent("mia"),
            let hash = tenant.status?.machine?.credentialHash,
            let machine = provider.now.machines.values.first, !played.withLockedValue({ $0.contains(hash) })
        else { return nil }
        guard machine.userDataHash == tenant.status?.machine?.userDataHash else { return nil }
        let name = TenantNames(tenant: "mia").bootstrapSecret
        guard let secret = try? await stage.client.resource(CoreV1.Secret.self, namespace: "team-a").getIfPresent(name),
            let data = secret.data?[BootstrapSecret.secretsKey].flatMap({ Data(base64Encoded: $0) }),
            let secrets = try? JSON(parsing: Array(data))
        else { return nil }
        var gateway: DevelopmentGateway?
        if script.startsGateway, script.level == "info" {
            gateway = try write(secrets, run: BootstrapMaterial.run(of: secret) ?? 0)
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

    private func write(_ secrets: JSON, run: Int) throws -> DevelopmentGateway {
        let state = "\(directory)/\(run)"
        let all = (secrets["files"]?.objectValue ?? [:]).merging(secrets["private"]?.objectValue ?? [:]) { $1 }
        for (path, text) in all {
            let url = URL(filePath: state).appending(path: path)
            try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try (text.stringValue ?? "").write(to: url, atomically: true, encoding: .utf8)
        }
        let token = secrets["gatewayToken"]?.stringValue ?? ""
        let stop = AsyncStream.makeStream(of: Never.self).continuation
        running.withLockedValue { $0 = Running(state: state, token: token, stop: stop) }
        return try makeGateway(state: state, token: token)
    }

    /// A gateway that knows no device but those that were approved beforehand; it tells the provider its port when it listens.
    func makeGateway(state: String, token: String, port: Int = 0) throws -> DevelopmentGateway {
        var configuration = DevelopmentGatewayConfiguration(stateDirectory: state, token: token)
        configuration.port = port
        configuration.approvesLoopback = false
        let gateway = try DevelopmentGateway(configuration, logger: Stage.quiet)
        let provider = provider
        Task { if let port = await gateway.port() { provider.set { $0.port = port } } }
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
        _ provider: ScriptedProvider,
        client: KubernetesClient? = nil,
        _ configuration: OperatorConfiguration = Stage.machineConfiguration
    ) throws -> CraneOperator {
        CraneOperator(
            configuration: configuration,
            client: try client ?? Self.client(of: server, agent: Self.operatorAgent),
            logger: Self.quiet,
            machines: MachineRegistry([MachineRegistry.Entry(provider)])
        )
    }

    @discardableResult
    func createMachineTenant(_ change: (inout TenantSpec) -> Void = { _ in }) async throws -> Tenant {
        try await createTenant { spec in
            spec.runtime = TenantRuntime(type: .virtualMachine, machine: MachineSpec(provider: .local))
            change(&spec)
        }
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
