import FleetTemplates
import Foundation
import HTTPOperations
import JSONValue
import KubernetesClient
import OpenClawGateway
import Projection

/// One run of an agent's steps over a connection to its gateway.
struct ProvisionRun: Sendable {
    let provisioner: AgentProvisioner
    let client: GatewayClient
    let holder: UUID

    private typealias Step = AgentProvisioning.Step
    private var settings: AgentSettings { provisioner.settings }

    /// Does what is not done yet.
    ///
    /// - Parameter row: the agent.
    /// - Returns: whether the agent was told to call.
    /// - Throws: ``ProvisionTrouble``; ``AgentLost``; ``OperationError`` 503.
    func carryOut(_ row: AgentRow) async throws -> Bool {
        var row = row
        let options = ProvisionOptions(row.options)
        let isWoken = options.wakes && !row.isPaused && !row.isRetired
        var machine = AgentProvisioning(after: row.step.flatMap(Step.init), skipping: isWoken ? [] : [.wake])
        var action = machine.first
        while true {
            let step: Step
            switch action {
            case .perform(let next): step = next
            case .wait(let pause, let next):
                try await provisioner.time.sleep(for: pause)
                step = next
            case .finish: return isWoken
            case .giveUp(let trouble): throw trouble
            }
            let outcome: AgentProvisioning.Outcome
            do {
                let change = try await perform(step, row, options)
                row = try await save(row) { row in
                    change(&row)
                    row.step = step.rawValue
                    var left = ProvisionOptions(row.options)
                    left.settle(step)
                    row.options = left.json
                }
                outcome = .done
            } catch let error as GatewayError {
                if error.code == .cancelled { throw CancellationError() }
                outcome = .init(error)
            } catch let trouble as ProvisionTrouble {
                outcome = .failed(trouble)
            }
            action = machine.ended(outcome)
        }
    }

    private func save(_ row: AgentRow, _ change: @escaping @Sendable (inout AgentRow) -> Void) async throws -> AgentRow {
        try await provisioner.save(row.id, holder) { row in
            if row.isEnding { throw AgentLost() }
            change(&row)
            row.take(holder, until: provisioner.leaseEnd())
        }
    }

    // MARK: Steps

    /// Does a step.
    ///
    /// - Returns: what the row says of it afterwards.
    private func perform(_ step: Step, _ row: AgentRow, _ options: ProvisionOptions) async throws -> @Sendable (inout AgentRow) -> Void {
        switch step {
        case .locate:
            let path = WorkspacePath.of(row.key, in: try await root())
            return { $0.workspacePath = path }
        case .create:
            let made = try await client.ensureAgent(row.key, workspace: try workspace(row))
            return { $0.gatewayAgentID = made.id }
        case .register:
            try await client.updateAgent(id(row), name: row.name, workspace: try workspace(row))
        case .configure:
            let (id, workspace, heartbeat) = (id(row), try workspace(row), row.heartbeat)
            _ = try await client.patchConfiguration(note: "opencrane: agent \(id)", timeout: settings.callTimeout * 2) { config in
                GatewayAgentSettings.patch(config, agent: id, workspace: workspace, heartbeat: heartbeat)
            }
        case .files: try await writeFiles(row, options)
        case .token:
            let hash = try await writeToken(row, options)
            return { row in
                row.tokenHash = hash
                row.nextTokenHash = nil
            }
        case .session:
            if options.resetsSession { try await client.resetSession(row.sessionID) }
            try await client.ensureSession(row.sessionID, label: row.name)
        case .wake:
            // The same wake-up is given once, however often it is sent.
            let key = "opencrane-wake-\(row.id.text)-\(row.generation)-\(row.wakeAttempts)"
            try await client.send(Self.greeting, to: row.sessionID, idempotencyKey: key)
        }
        return { _ in }
    }

    private static let greeting =
        "OpenCrane has set up this workspace. Read TOOLS.md and AGENTS.md, then call POST /api/v1/agent/heartbeat once to say that you are there."

    private func id(_ row: AgentRow) -> String { row.gatewayAgentID ?? GatewayAgentID.normal(row.key) }

    private func workspace(_ row: AgentRow) throws -> String {
        guard let path = row.workspacePath else { throw ProvisionTrouble(message: "The gateway's directory of workspaces is not known.") }
        return path
    }

    /// The directory beside the gateway's configuration, where it keeps workspaces.
    private func root() async throws -> String {
        let answer = try await client.read("config.get", timeout: settings.callTimeout)
        guard let root = answer["path"]?.stringValue.flatMap(WorkspacePath.parent) else {
            throw ProvisionTrouble(message: "The gateway does not say where its configuration is.")
        }
        return root
    }

    private func files(_ row: AgentRow) async throws -> AgentFiles {
        let tenant = try await onDatabase { try await provisioner.tenants.get(uid: row.gatewayID) }
        return AgentFiles(team: tenant?.displayName ?? row.tenant, owner: tenant?.email ?? "", baseURL: settings.baseURL)
    }

    private func writeFiles(_ row: AgentRow, _ options: ProvisionOptions) async throws {
        let there = Set(try await client.files(of: id(row)).filter { !$0.isMissing }.map(\.name))
        let texts: [String: String]
        do {
            texts = try await files(row).render(row, isFirst: options.forcesBootstrap || (row.isBoardLead && row.readyAt == nil))
        } catch let error as ToolsFileError {
            throw ProvisionTrouble(message: "\(error.name.rawValue) cannot be written into TOOLS.md.", isTransient: false)
        }
        for name in AgentWorkspace.fileNames {
            guard let text = texts[name] else { continue }
            // What an agent has written down since it was made is its own.
            if row.readyAt != nil, !options.overwrites, AgentFiles.notes.contains(name), there.contains(name) { continue }
            try await client.setFile(name, of: id(row), to: text)
        }
    }

    /// Gives the agent a token, and makes sure that it has it.
    ///
    /// Until its file is read back, both the token before and the new one are good.
    /// - Returns: the hash of the token it has.
    private func writeToken(_ row: AgentRow, _ options: ProvisionOptions) async throws -> String {
        let written = try await client.file(AgentFiles.tools, of: id(row))
        let found = written.flatMap { ToolsFile(parsing: $0).settings[.authToken] }.flatMap { AgentToken($0) }
        let token: AgentToken
        if let found, found.opens(row), !options.rotatesToken || isNew(found, in: row) {
            token = found
        } else {
            let new = AgentToken(agent: row.id, secret: provisioner.makeSecret())
            _ = try await save(row) { row in
                row.keep(found)
                row.nextTokenHash = new.hash
                row.tokenGeneration = row.generation
            }
            token = new
        }
        let text: String?
        do { text = try await files(row).render(row, token: token)[AgentFiles.tools] } catch let error as ToolsFileError {
            throw ProvisionTrouble(message: "\(error.name.rawValue) cannot be written into TOOLS.md.", isTransient: false)
        }
        guard let text else { throw ProvisionTrouble(message: "There is no TOOLS.md.", isTransient: false) }
        if text != written {
            try await client.setFile(AgentFiles.tools, of: id(row), to: text)
            guard try await client.file(AgentFiles.tools, of: id(row)) == text else {
                throw ProvisionTrouble(message: "The gateway did not keep TOOLS.md as it was written.", mayRepeat: true)
            }
        }
        return token.hash
    }

    /// Whether a token was made in this run.
    private func isNew(_ token: AgentToken, in row: AgentRow) -> Bool {
        row.nextTokenHash == token.hash && row.tokenGeneration == row.generation
    }
}
