import Foundation
import HTTPOperations
import JSONValue
import OpenClawGateway
import Projection

/// Reads and changes the configurations of instances' gateways. What is in them is nobody's business here: it is not logged, and not kept.
struct ConfigurationProxy: Sendable {
    /// The most bytes of a change.
    static let limit = 262_144

    let proxy: InstanceProxy
    let applied: AppliedSettings
    let secrets: InstanceSecrets
    var writer: ConfigurationWriter
    let now: @Sendable () -> Date

    /// The configuration, without its secrets.
    func read(_ target: InstanceProxy.Target) async throws -> GatewayConfiguration {
        try await proxy.call("config.get", of: target.uid) { try await $0.configuration() }
    }

    /// Lays a merge patch over the configuration.
    ///
    /// - Parameters:
    ///   - target: the instance.
    ///   - patch: the patch (RFC 7386), an object.
    ///   - demanded: the tag the configuration must have; nil for any.
    /// - Returns: the configuration afterwards, without its secrets.
    /// - Throws: ``OperationError``: 412, 413, and as ``ProxyFailure`` says.
    func change(_ target: InstanceProxy.Target, _ patch: JSON, ifMatch demanded: String?) async throws -> GatewayConfiguration {
        guard patch.serialized().count <= Self.limit else { throw OperationError.tooLarge(limit: Self.limit) }
        return try await proxy.call("config.patch", of: target.uid) { client in
            try await writer.change(client, note: "opencrane: change of the configuration", ifMatch: demanded) { look in
                ConfigurationPlan.effective(patch, of: look.config, knowsSecrets: look.hasSecrets)
            }.configuration
        }
    }

    /// Brings the stored settings of an instance to its gateway.
    func apply(_ target: InstanceProxy.Target, _ request: ApplyRequest) async throws -> ApplyAnswer {
        let settings = target.row.agentConfig
        let machine = target.tenant.machineName
        let known = try await onDatabase { try await applied.known(target.row.id, machine: machine) }
        let plan = ConfigurationPlan(try secrets.opened(settings, of: target.row.id), applied: known.shape)
        let isKnown = known.digest == AppliedSettings.digest(settings)
        try await announce(plan, known, target.row.id, machine: machine)
        let (isWritten, restart) = try await proxy.call("updates.apply", of: target.uid) { client in
            let written = try await writer.change(client, note: "opencrane: settings of the instance") { look in
                if request.force, !look.hasSecrets { return plan.everything(over: look.config) }
                return plan.patch(of: look.config, knowsSecrets: isKnown || look.hasSecrets)
            }.isWritten
            return (written, request.restart ? try await Self.restart(client) : Restart.notAsked)
        }
        try await onDatabaseWrite(hasActed: isWritten) {
            try await applied.remember(settings, plan.shape, target.row.id, machine: machine, now: now())
        }
        return Self.answer(target.row, isWritten: isWritten, restart)
    }

    /// Brings a model policy to an instance's gateway.
    ///
    /// - Throws: ``OperationError`` when the gateway did not take it.
    func push(models policy: JSON, to row: InstanceRow) async throws {
        guard let tenant = try await proxy.access.tenant(of: row) else { throw OperationError.instanceNotRunning }
        let machine = tenant.machineName
        let known = try await applied.known(row.id, machine: machine)
        let plan = ConfigurationPlan(["model_policy": policy], parts: [.models], applied: known.shape)
        var writer = writer
        writer.limit = .seconds(10)
        try await announce(plan, known, row.id, machine: machine)
        _ = try await proxy.call("model-policy", of: tenant.metadata.uid, connectWithin: .seconds(4)) { [writer] client in
            try await writer.change(client, note: "opencrane: model policy") { plan.patch(of: $0.config, knowsSecrets: true) }.isWritten
        }
        try await applied.announce(known.shape.replacingModels(by: plan.shape), row.id, machine: machine, now: now())
    }

    /// Before anything is written: what a gateway may have been given is known also when its answer is lost.
    private func announce(_ plan: ConfigurationPlan, _ known: AppliedSettings.Known, _ id: UUID, machine: String) async throws {
        let coming = known.shape.union(plan.shape)
        guard coming != known.shape else { return }
        try await onDatabase { try await applied.announce(coming, id, machine: machine, now: now()) }
    }

    /// What became of a restart.
    enum Restart: Sendable {
        case notAsked
        case begun
        case impossible
    }

    private static func restart(_ client: GatewayClient) async throws(GatewayError) -> Restart {
        do throws(GatewayError) {
            try await client.restart(reason: "opencrane: settings of the instance")
            return .begun
        } catch {
            guard error.code == .unsupported else { throw error }
            return .impossible
        }
    }

    private static func answer(_ row: InstanceRow, isWritten: Bool, _ restart: Restart) -> ApplyAnswer {
        let done = isWritten ? "The settings are in the instance's configuration now." : "The instance has all settings already."
        switch restart {
        case .notAsked: return ApplyAnswer(instanceID: row.idText, message: done, status: isWritten ? .applied : .nothingToApply)
        case .begun: return ApplyAnswer(instanceID: row.idText, message: "\(done) Its gateway starts anew.", status: .restarting)
        case .impossible:
            return ApplyAnswer(
                instanceID: row.idText,
                message: "\(done) Its gateway was not restarted: this release cannot be asked to.",
                status: isWritten ? .applied : .nothingToApply
            )
        }
    }
}
