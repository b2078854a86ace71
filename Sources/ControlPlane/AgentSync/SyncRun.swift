import FleetTemplates
import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue
import KubernetesClient
import NIOConcurrencyHelpers
import OpenClawGateway
import Projection

/// One sync over a connection to its gateway.
struct SyncRun: Sendable {
    let sync: TemplateSync
    let client: GatewayClient
    let request: SyncParameters
    let gateway: FleetGateway
    let actor: AgentActor
    /// When it has to end.
    let end: Duration
    /// Why nothing else can be asked of the gateway.
    private let obstacle = NIOLockedValueBox<SyncFailure?>(nil)

    init(sync: TemplateSync, client: GatewayClient, request: SyncParameters, gateway: FleetGateway, actor: AgentActor, end: Duration) {
        self.sync = sync
        self.client = client
        self.request = request
        self.gateway = gateway
        self.actor = actor
        self.end = end
    }

    /// Whom a failure is about.
    private enum Subject: Sendable {
        case agent(AgentRow)
        case member(FleetTemplate.Agent)
    }

    /// Does it.
    ///
    /// - Parameters:
    ///   - rows: the agents.
    ///   - plan: the tenant's own agents; nil when they are not wanted.
    /// - Throws: ``OperationError`` 502 when nothing at all could be asked; `CancellationError`.
    func carryOut(_ rows: [AgentRow], _ plan: FleetPlan?) async throws -> SyncAnswer {
        let known: Set<String>
        do {
            known = Set(try await persistently { () async throws(GatewayError) in try await client.agents() }.map(\.id))
        } catch let failure as SyncFailure {
            throw OperationError(.badGateway, code: "GATEWAY_SYNC_FAILED", message: "Gateway template sync failed: \(failure.message)")
        }
        var failures: [(Subject, SyncFailure)] = []
        var updated = 0
        do {
            let (held, refused) = try await configure(rows, known)
            failures += refused.map { (.agent($0), $1) }
            for (row, failure) in try await all(held, { try await agent($0) }) {
                if let failure { failures.append((.agent(row), failure)) } else { updated += 1 }
            }
        } catch let failure as SyncFailure {
            note(failure)
            failures += rows.map { (.agent($0), failure) }
        }
        let skipped = failures.count
        if let plan {
            let members = request.leadOnly ? Array(plan.agents.prefix(1)) : plan.agents
            for (member, failure) in try await all(members, { try await self.member($0, of: plan, known) }) {
                if let failure { failures.append((.member(member), failure)) }
            }
        }
        return SyncAnswer(
            gatewayID: gateway.id.text,
            includeMain: request.includeMain,
            resetSessions: request.resetSessions,
            agentsUpdated: updated,
            agentsSkipped: skipped,
            mainUpdated: plan != nil && failures.count == skipped,
            errors: failures.map(Self.view)
        )
    }

    private static func view(_ entry: (subject: Subject, failure: SyncFailure)) -> SyncFailureView {
        switch entry.subject {
        case .agent(let row):
            SyncFailureView(
                agentID: Nullable(row.id.text),
                agentName: row.name,
                boardID: Nullable(row.boardID.text),
                message: entry.failure.message
            )
        case .member(let member):
            SyncFailureView(agentID: Nullable(nil), agentName: member.name, boardID: Nullable(nil), message: entry.failure.message)
        }
    }

    // MARK: Many

    /// Does some work for each item, a few at a time, in the order of the items.
    private func all<Item: Sendable>(
        _ items: [Item],
        _ work: @escaping @Sendable (Item) async throws -> Void
    ) async throws -> [(Item, SyncFailure?)] {
        try await withThrowingTaskGroup(of: (Int, SyncFailure?).self) { group in
            var next = 0
            func start() {
                guard next < items.count else { return }
                let index = next
                next += 1
                group.addTask { (index, try await attempt { try await work(items[index]) }) }
            }
            for _ in 0..<sync.limits.width { start() }
            var results = [SyncFailure?](repeating: nil, count: items.count)
            for try await (index, failure) in group {
                results[index] = failure
                start()
            }
            return Array(zip(items, results))
        }
    }

    /// When the gateway is away, nobody else has to find out.
    private func note(_ failure: SyncFailure) {
        if failure.isGatewayAway { obstacle.withLockedValue { $0 = $0 ?? failure } }
    }

    private func attempt(_ work: @escaping @Sendable () async throws -> Void) async throws -> SyncFailure? {
        if let obstacle = obstacle.withLockedValue({ $0 }) { return obstacle }
        let left = min(sync.limits.agent, end - sync.time.now)
        guard left > .zero else { return SyncFailure(message: "There was no time left for the agent; repeat the request.") }
        do {
            try await sync.time.withTimeout(left, work)
            return nil
        } catch let failure as SyncFailure {
            note(failure)
            return failure
        } catch is TimeLimitExceeded {
            return SyncFailure(message: "The agent took too long; repeat the request.")
        } catch let error as OperationError {
            return SyncFailure(message: error.message)
        }
    }

    /// One change for all of them: gateways may restart on each. They are held for it and read again, so that it brings back nothing that
    /// somebody has changed or taken away meanwhile.
    ///
    /// - Returns: the agents that can be synced, as they are then, and the others with why they cannot.
    private func configure(
        _ rows: [AgentRow],
        _ known: Set<String>
    ) async throws -> (agents: [AgentRow], refused: [(AgentRow, SyncFailure)]) {
        let holder = sync.makeHolder()
        let held = NIOLockedValueBox<[UUID: AgentRow]>([:])
        do {
            let refused = try await all(rows) { row in
                try requireMade(row, known)
                let fresh = try await hold(row.id, holder)
                held.withLockedValue { $0[fresh.id] = fresh }
            }
            let agents = held.withLockedValue { held in rows.compactMap { held[$0.id] } }
            try await patchConfiguration(agents)
            await releaseAll(agents, holder)
            return (agents, refused.compactMap { row, failure in failure.map { (row, $0) } })
        } catch {
            await releaseAll(held.withLockedValue { Array($0.values) }, holder)
            throw error
        }
    }

    private func releaseAll(_ rows: [AgentRow], _ holder: UUID) async {
        for row in rows { await release(row, holder, isDone: false) }
    }

    private func patchConfiguration(_ rows: [AgentRow]) async throws {
        let parts = rows.compactMap { row -> BulkPatch.Part? in
            guard let id = row.gatewayAgentID, let path = row.workspacePath else { return nil }
            return BulkPatch.Part(id: id, workspace: path, heartbeat: row.heartbeat)
        }
        guard !parts.isEmpty else { return }
        do throws(GatewayError) {
            _ = try await client.patchConfiguration(
                note: "opencrane: \(parts.count) agents",
                timeout: max(.seconds(1), min(.seconds(30), end - sync.time.now))
            ) { BulkPatch.merged($0, parts) }
        } catch {
            if error.code == .cancelled { throw CancellationError() }
            throw SyncFailure(error)
        }
    }

    // MARK: One

    private func requireMade(_ row: AgentRow, _ known: Set<String>) throws {
        guard row.readyAt != nil, let id = row.gatewayAgentID else {
            throw SyncFailure(message: "The agent is not provisioned yet; the platform goes on by itself.")
        }
        guard known.contains(id) else { throw SyncFailure.absent }
    }

    private func agent(_ row: AgentRow) async throws {
        let holder = sync.makeHolder()
        let held = try await hold(row.id, holder)
        do {
            guard let id = held.gatewayAgentID else { throw SyncFailure.absent }
            try await bringUpToDate(held, id, holder)
            await release(held, holder, isDone: true)
        } catch {
            await release(held, holder, isDone: false)
            throw error
        }
    }

    private func bringUpToDate(_ row: AgentRow, _ id: String, _ holder: UUID) async throws {
        let there = try await files(of: id)
        let written = there.contains(AgentFiles.tools) ? try await text(AgentFiles.tools, of: id) : nil
        let token: AgentToken
        switch TokenDecision(written: written, row: row, rotates: request.rotateTokens) {
        case .fail(let failure): throw failure
        case .keep(let present): token = present
        case .replace:
            token = AgentToken(agent: row.id, secret: sync.makeSecret())
            // Until the file is known to be written, the former token is as good as the new one.
            let found = written.flatMap { ToolsFile(parsing: $0).settings[.authToken] }.flatMap { AgentToken($0) }
            try await save(row.id, holder) { row in
                row.keep(found)
                row.nextTokenHash = token.hash
                row.tokenGeneration = row.generation
            }
        }
        let tenant = gateway.tenant
        let files = AgentFiles(team: tenant.displayName, owner: tenant.email, baseURL: sync.settings.baseURL)
        let texts: [String: String]
        do throws(ToolsFileError) { texts = try files.render(row, token: token, isFirst: request.forceBootstrap) } catch {
            throw SyncFailure(message: "\(error.name.rawValue) cannot be written into TOOLS.md.")
        }
        try await write(texts, to: id, there: there, knownText: written.map { [AgentFiles.tools: $0] } ?? [:])
        let tools = texts[AgentFiles.tools]
        if written != tools, try await text(AgentFiles.tools, of: id) != tools {
            throw SyncFailure(message: "The gateway did not keep TOOLS.md as it was written.")
        }
        try await save(row.id, holder) { row in
            row.tokenHash = token.hash
            row.nextTokenHash = nil
        }
        try await resetSession(of: id)
    }

    /// One of the tenant's own agents.
    private func member(_ member: FleetTemplate.Agent, of plan: FleetPlan, _ known: Set<String>) async throws {
        let id = GatewayAgentID.normal(member.name)
        guard known.contains(id) else {
            throw SyncFailure(message: "The gateway does not have the agent; a new run of the tenant makes it.")
        }
        let tenant = gateway.tenant
        var texts = AgentWorkspace(agent: member, of: plan.agents, tenant: tenant.displayName, owner: tenant.email).files
        if !request.forceBootstrap { texts["BOOTSTRAP.md"] = nil }
        try await write(texts, to: id, there: try await files(of: id), knownText: [:])
        try await resetSession(of: id)
    }

    // MARK: Files

    private func files(of id: String) async throws -> Set<String> {
        Set(try await persistently { () async throws(GatewayError) in try await client.files(of: id) }.filter { !$0.isMissing }.map(\.name))
    }

    private func text(_ name: String, of id: String) async throws -> String? {
        try await persistently { () async throws(GatewayError) in try await client.file(name, of: id) }
    }

    private func write(_ texts: [String: String], to id: String, there: Set<String>, knownText: [String: String]) async throws {
        var present = knownText
        for name in AgentWorkspace.fileNames where there.contains(name) && texts[name] != nil && present[name] == nil {
            // Of notes that are kept it is enough to know that they are there.
            let isKept = !request.overwrite && AgentFiles.notes.contains(name)
            present[name] = isKept ? "" : try await text(name, of: id)
        }
        var refused: [String] = []
        for (name, content) in FilePlan.writes(texts, over: present, overwrites: request.overwrite) {
            do {
                try await persistently { () async throws(GatewayError) in try await client.setFile(name, of: id, to: content) }
            } catch let failure as SyncFailure where failure.isUnsupportedFile {
                refused.append(name)
            }
        }
        guard refused.isEmpty else {
            throw SyncFailure(message: "The gateway does not take \(refused.joined(separator: ", ")); the other files are up to date.")
        }
    }

    private func resetSession(of id: String) async throws {
        guard request.resetSessions else { return }
        let session = GatewayClient.mainSession(of: id)
        try await persistently { () async throws(GatewayError) in
            do throws(GatewayError) { try await client.resetSession(session) } catch {
                // One that is not there is empty.
                guard error.kind == .notFound else { throw error }
            }
        }
    }
}
