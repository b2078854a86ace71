import CraneAPI
import FleetTemplates
import Foundation
import HTTPOperations
import JSONValue
import KubernetesClient
import KubernetesModel
import NIOConcurrencyHelpers
import NIOHTTP1
import OpenClawGateway
import Postgres
import Projection
import Testing

@testable import ControlPlane

@Suite struct AgentTenantTests {
    private static func token(_ play: AgentStage, _ row: AgentRow) throws -> String {
        try #require(ToolsFile(parsing: try play.tools(row)).settings[.authToken])
    }

    @Test(.timeLimit(.minutes(15))) func agentsEndWithTheirTenantAndNotBefore() async throws {
        try await withAgentStage { play in
            try await play.withGateway { gateway in
                let row = try await play.row(try #require(try await play.send(.POST, "/agents", play.body()).agent))
                let token = try Self.token(play, row)
                @Sendable func beat() async throws -> Int { try await play.send(.POST, "/agent/heartbeat", token: token).status }
                #expect(try await beat() == 200)
                try await withTenantGateways(locate: { _ in gateway.access }) { gateways in
                    let reconciler = AgentReconciler(provisioner: play.replica(gateways))
                    #expect(try await reconciler.endStrays() == 0)
                    // The row is lost, the tenant is there.
                    try await play.stage.pool.execute("update tenants set uid = 'lost-' || uid")
                    #expect(try await reconciler.endStrays() == 0)
                    #expect(try await play.row(row.id).status != .deleted)
                    try await play.stage.pool.execute("update tenants set uid = replace(uid, 'lost-', '')")
                    #expect(try await beat() == 200)
                    // The tenant is gone: its agents do not come in any more, and end as soon as Kubernetes says so.
                    try await play.stage.pool.execute("update tenants set deleted_at = now()")
                    #expect(try await beat() == 401)
                    #expect(try await reconciler.endStrays() == 0, "a mark alone is not the end")
                    #expect(try await play.row(row.id).tokenHash != nil)
                    try await play.stage.client.dynamic(Tenant.resourceType, namespace: Stage.namespace).delete("acme")
                    #expect(try await reconciler.endStrays() == 1)
                    #expect(try await reconciler.endStrays() == 0)
                }
                let ended = try await play.row(row.id)
                #expect(ended.status == .deleted && ended.tokenHash == nil && ended.nextTokenHash == nil && ended.leaseHolder == nil)
                let audit = try await play.stage.rows("select actor from audit_entries where action = 'AgentDeleted'")
                #expect(audit == ["control-plane"])
            }
        }
    }

    @Test(.timeLimit(.minutes(15))) func aRowThatIsMissingDeletesNothing() async throws {
        try await withAgentStage { play in
            try await play.withGateway { _ in
                let id = try #require(try await play.send(.POST, "/agents", play.body()).agent)
                let key = try await play.row(id).key
                try await withTenantGateways(locate: { _ in throw GatewayAccessError(.unknown, "There is no such tenant.") }) { gateways in
                    let remover = AgentRemover(provisioner: play.replica(gateways))
                    let refusal = await #expect(throws: OperationError.self) {
                        try await remover.remove(id, in: .all, by: AgentActor(subject: "test", requestID: "r"))
                    }
                    #expect(refusal?.code == "GATEWAY_CLEANUP_FAILED")
                }
                #expect(try await play.row(id).status == .deleting)
                #expect(try play.gatewayAgents() == [key])
                #expect(try await play.send(.DELETE, "/agents/\(id.text)").status == 200)
                #expect(try play.gatewayAgents().isEmpty)
            }
        }
    }

    @Test(.timeLimit(.minutes(15))) func aSlowGatewayHoldsUpOnlyItself() async throws {
        try await withAgentStage { play in
            try await play.withGateway { gateway in
                var slow: [UUID] = []
                for number in 0..<30 { slow.append(try await play.record("slow \(number)").id) }
                try await play.stage.pool.execute("update agents set gateway_id = 'slow'")
                let good = try await play.record("good")
                let asked = NIOLockedValueBox(0)
                try await withTenantGateways(
                    locate: { uid in
                        guard uid == "slow" else { return gateway.access }
                        asked.withLockedValue { $0 += 1 }
                        try await Task.sleep(for: .seconds(60))  // wait: a gateway that does not answer
                        return gateway.access
                    }
                ) { gateways in
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        group.addTask { try await AgentReconciler(provisioner: play.replica(gateways, ahead: 1)).run() }
                        try await eventually("the good one is made", within: .seconds(15)) {
                            try await play.row(good.id).status == .ready
                        }
                        #expect(asked.withLockedValue { $0 } == 1)
                        let held = try await play.stage.rows(
                            "select count(*)::text from agents where gateway_id = 'slow' and lease_holder is not null"
                        )
                        #expect(held == ["1"], "one at a time")
                        group.cancelAll()
                    }
                }
            }
        }
    }

    @Test(.timeLimit(.minutes(15))) func aTokenThatWasToBeReplacedIsReplacedAfterAChange() async throws {
        try await withAgentStage { play in
            let (id, port, before) = try await play.withGateway { gateway in
                let id = try #require(try await play.send(.POST, "/agents", play.body()).agent)
                return (id, gateway.port, try Self.token(play, try await play.row(id)))
            }
            #expect(try await play.send(.POST, "/agents/\(id.text)/token/rotate").status == 502)
            #expect(try await play.send(.PATCH, "/agents/\(id.text)", ["soul_template": "Be kind."]).status == 502)
            let repeated = try await play.send(.PATCH, "/agents/\(id.text)", ["soul_template": "Be kind."])
            #expect(repeated.status == 502, "the gateway was never asked: that is not up to date")
            try await play.withGateway(port: port) { _ in
                let done = try await play.send(.PATCH, "/agents/\(id.text)", ["soul_template": "Be kind."])
                #expect(done.status == 200 && done.body["status"] == "ready", "\(done.body.text())")
                let row = try await play.row(id)
                let after = try Self.token(play, row)
                #expect(after != before && row.nextTokenHash == nil)
                #expect(try await play.send(.POST, "/agent/heartbeat", token: after).status == 200)
                #expect(try await play.send(.POST, "/agent/heartbeat", token: before).status == 401)
                let soul = try String(contentsOfFile: try #require(row.workspacePath) + "/SOUL.md", encoding: .utf8)
                #expect(soul.contains("Be kind."))
                let same = try await play.send(.PATCH, "/agents/\(id.text)", ["soul_template": "Be kind."])
                #expect(same.status == 200)
                #expect(try await play.row(id).generation == row.generation, "nothing is left to do")
            }
        }
    }

    @Test(.timeLimit(.minutes(15))) func aSyncBringsBackNothingThatChangedMeanwhile() async throws {
        try await withAgentStage { play in
            try await play.withGateway { gateway in
                var stale: [AgentRow] = []
                for name in ["changed", "gone"] {
                    let body = play.body(name) { $0["heartbeat_config"] = ["interval_seconds": 30] }
                    stale.append(try await play.row(try #require(try await play.send(.POST, "/agents", body).agent)))
                }
                // Between the list of agents and the change of the configuration.
                let patch = try await play.send(.PATCH, "/agents/\(stale[0].id.text)", ["heartbeat_config": ["interval_seconds": 60]])
                #expect(patch.status == 200)
                #expect(try await play.send(.DELETE, "/agents/\(stale[1].id.text)").status == 200)
                try await withTenantGateways(locate: { _ in gateway.access }) { [stale] gateways in
                    let provisioner = play.replica(gateways)
                    let row = try await GatewayRepository(pool: play.stage.pool, namespace: Stage.namespace).tenant(uid: play.uid, in: .all)
                    let shown = try #require(row.flatMap { FleetGateway($0) })
                    let sync = TemplateSync(
                        agents: play.agents,
                        gateways: gateways,
                        templates: TemplateSource(
                            client: play.stage.client,
                            configMap: nil,
                            limit: .seconds(5),
                            logger: provisioner.logger
                        ),
                        settings: provisioner.settings,
                        logger: provisioner.logger,
                        now: provisioner.now,
                        random: { 0 }
                    )
                    try await gateways.withGateway(of: play.uid) { client in
                        let run = SyncRun(
                            sync: sync,
                            client: client,
                            request: SyncParameters(
                                id: shown.id,
                                includeMain: false,
                                leadOnly: false,
                                resetSessions: false,
                                rotateTokens: false,
                                forceBootstrap: false,
                                overwrite: false
                            ),
                            gateway: shown,
                            actor: AgentActor(subject: "test", requestID: "r"),
                            end: sync.time.now + .seconds(30)
                        )
                        let answer = try await run.carryOut(stale, nil)
                        #expect(answer.agentsUpdated == 1 && answer.agentsSkipped == 1)
                    }
                }
                let config = try JSON(parsing: Data(contentsOf: play.directory.appending(path: "openclaw.json")))
                let entries = (config[at: ["agents", "list"]]?.arrayValue ?? []).filter { $0["id"]?.stringValue?.hasPrefix("mc-") == true }
                #expect(entries.map { $0["id"] } == [.string(stale[0].key)], "what was taken away stays away")
                #expect(entries.first?["heartbeat"]?["every"] == "60s")
                for row in stale { #expect(try await play.row(row.id).leaseHolder == nil) }
            }
        }
    }

    @Test(.timeLimit(.minutes(15))) func anAgentIsWrittenForWatchersOnceAChange() async throws {
        try await withAgentStage { play in
            let row = try await play.record("watched")
            let watcher = AgentWatcher(repository: AgentWatchRepository(pool: play.stage.pool), now: { Date() })
            let scopes: Set<TenantScope> = [.all, .owner(.organization("org_a")), .owner(.organization("org_b"))]
            for _ in 0..<5 {
                let seen = try await watcher.agents(of: scopes)
                #expect(
                    seen.mapValues { $0.map(\.id) } == [
                        .all: [row.id], .owner(.organization("org_a")): [row.id], .owner(.organization("org_b")): [],
                    ]
                )
            }
            #expect(await watcher.encoded == 1)
            _ = try await play.agents.update(row.id, now: Date()) { row in
                row.soulTemplate = "x"
                return []
            }
            for _ in 0..<5 { _ = try await watcher.agents(of: scopes) }
            #expect(await watcher.encoded == 2)
        }
    }
}
