import CraneAPI
import Foundation
import JSONValue
import KubernetesModel
import Testing

@testable import ControlPlane

/// An instance for pure tests.
func plainInstance(_ change: (inout InstanceRow) -> Void = { _ in }) -> InstanceRow {
    var row = InstanceRow(
        id: UUID(uuidString: "497f6eca-6276-4993-bfeb-53cbbbba6f08") ?? UUID(),
        taskID: UUID(),
        organization: "org_a",
        agentName: "Mia",
        idempotencyKey: "k",
        requestHash: "h",
        regionID: "local",
        tierID: "small",
        tierName: "Small",
        presetID: "personal_assistant",
        hostname: "mia",
        namespace: "crane",
        tenantSpec: [:],
        agentConfig: [:],
        consentsToDebugAccess: false,
        actor: "a",
        requestID: "r",
        snapshot: [:],
        createdAt: Date(timeIntervalSince1970: 1000),
        updatedAt: Date(timeIntervalSince1970: 1000),
        attempts: 0
    )
    change(&row)
    return row
}

/// A tenant for pure tests.
func plainTenant(_ phase: TenantPhase, _ change: (inout InstanceTenant) -> Void = { _ in }) -> InstanceTenant {
    var tenant = InstanceTenant(
        phase: phase,
        generation: 1,
        observedAt: Date(timeIntervalSince1970: 2000),
        status: TenantStatus()
    )
    change(&tenant)
    return tenant
}

@Suite struct InstanceStateTests {
    private static let names = ["vm_create", "workspace_bootstrap", "agent_config", "gateway_start", "connectivity_check", "complete"]

    /// A run of which some steps are done and the next is in a state.
    private func run(_ done: Int, next: StepStatus, run: Int = 1) -> ProvisioningStatus {
        let steps = Self.names.enumerated().map { index, name in
            ProvisioningStep(name: name, status: index < done ? .succeeded : index == done ? next : .pending)
        }
        return ProvisioningStatus(run: run, steps: steps)
    }

    @Test func anInstanceSaysWhenItIsTriedAgain() {
        let due = Date(timeIntervalSince1970: 1_800_000_000)
        let waiting = plainInstance { row in
            (row.attempts, row.lastErrorCode, row.dueAt) = (3, "KUBERNETES_UNAVAILABLE", due)
        }
        let view = InstanceViews(waiting, nil).detail
        #expect(view.attempts == 3 && view.nextAttemptAt == "2027-01-15T08:00:00.000Z")
        let runtime = RuntimeView(waiting, nil, report: nil, error: nil, failures: 0, lines: [])
        #expect(runtime.attempts == 3 && runtime.nextAttemptAt == view.nextAttemptAt)
        // Somebody is at it; or all is well; or nobody looks at it any more.
        var taken = waiting
        taken.leaseHolder = "one"
        #expect(InstanceViews(taken, nil).detail.nextAttemptAt == nil)
        var well = waiting
        (well.lastErrorCode, well.dueAt) = (nil, nil)
        #expect(InstanceViews(well, nil).detail.attempts == nil && InstanceViews(well, nil).detail.nextAttemptAt == nil)
    }

    private func condition(_ type: String, _ status: ConditionStatus) -> Condition {
        Condition(
            type: type,
            status: status,
            lastTransitionTime: Timestamp(Date(timeIntervalSince1970: 0)),
            reason: "R",
            message: "m"
        )
    }

    /// Every combination of a row and a tenant that can be told apart.
    private func everything(_ body: (InstanceRow, InstanceTenant?, InstanceState) -> Void) -> Int {
        var count = 0
        let moment = Date(timeIntervalSince1970: 3000)
        let failures: [InstanceRow.Failure?] = [
            nil, .init(code: "c", message: "m"), .init(code: "c", message: "m", run: 1), .init(code: "tenant_missing", message: "m"),
        ]
        var tenants: [InstanceTenant?] = [nil]
        for phase in TenantPhase.allCases {
            for done in 0...6 {
                for next in StepStatus.allCases where done < 6 || next == .pending {
                    for machine in [MachineStatus?.none, MachineStatus(id: "m"), MachineStatus(id: "m", address: "a")] {
                        for stalled in [false, true] {
                            tenants.append(
                                plainTenant(phase) {
                                    $0.status.provisioning = run(done, next: next)
                                    $0.status.machine = machine
                                    $0.status.conditions = stalled ? [condition("Stalled", .true)] : [condition("GatewayReady", .false)]
                                }
                            )
                        }
                    }
                }
            }
            tenants.append(plainTenant(phase))
        }
        for asked in [nil, moment] as [Date?] {
            for deleted in [nil, moment] as [Date?] where deleted == nil || asked != nil {
                for failure in failures {
                    for uid in [nil, "u"] as [String?] {
                        for seen in [nil, .queued, .waitingForBootstrap, .complete] as [InstanceStage?] {
                            for tenant in tenants where uid != nil || tenant == nil {
                                let row = plainInstance {
                                    $0.deleteRequestedAt = asked
                                    $0.deletedAt = deleted
                                    $0.failure = failure
                                    $0.tenantUID = uid
                                    if let seen { $0.snapshot = ["stage": .string(seen.rawValue)] }
                                }
                                count += 1
                                body(row, tenant, InstanceState(row, tenant))
                            }
                        }
                    }
                }
            }
        }
        return count
    }

    @Test func noStateContradictsItself() {
        var problems: Set<String> = []
        var statuses: Set<InstanceStatus> = []
        let count = everything { row, tenant, state in
            statuses.insert(state.status)
            func check(_ holds: Bool, _ what: String) {
                if !holds { problems.insert("\(what): \(state.status) \(state.stage) \(state.health)") }
            }
            check((state.status == .deleted) == (row.deletedAt != nil), "deleted is what is deleted")
            check(row.deleteRequestedAt == nil || [.deleting, .deleted].contains(state.status), "deleting is what was asked for")
            check((state.trouble != nil) == [.failed, .error].contains(state.status), "trouble is of what failed or broke")
            if [.running, .updating, .error].contains(state.status) { check(state.stage == .complete, "what runs came up") }
            if [.pending].contains(state.status) { check(state.stage <= .validating, "what has not begun made nothing") }
            if [.provisioning, .failed].contains(state.status) { check(state.stage < .complete, "what did not come up is not complete") }
            if ![.running, .updating, .error].contains(state.status) {
                check(state.health == .unknown, "nothing is known of what does not run")
            }
            if state.health == .healthy { check(state.isServing, "healthy is what runs") }
            if state.status == .error { check(state.health != .healthy, "what broke is not healthy") }
            check(state.isServing == [.running, .updating].contains(state.status), "what serves runs")
            let capabilities = state.capabilities(consents: false)
            check(capabilities["conversations"] == false && capabilities["chat"] == state.isServing, "capabilities follow")
            if state.status == .running { check(tenant?.isComplete == true, "running is what came up") }
        }
        #expect(problems.isEmpty)
        #expect(statuses == Set(InstanceStatus.allCases).subtracting([]), "each status is reached: \(count) states")
    }

    @Test func stagesOnlyGoForwardWithinARun() {
        for phase in [TenantPhase.provisioning, .running] {
            var last = InstanceStage.queued
            var seen: [InstanceStage] = []
            var tenants: [InstanceTenant] = [plainTenant(.pending)]
            for done in 0...6 {
                for next in [StepStatus.pending, .running] {
                    for machine in [MachineStatus?.none, MachineStatus(id: "m"), MachineStatus(id: "m", address: "a")]
                    where done > 0 || next == .running || machine == nil {
                        guard done == 0 || machine?.address != nil else { continue }
                        tenants.append(
                            plainTenant(phase) {
                                $0.status.provisioning = run(done, next: next)
                                $0.status.machine = machine
                            }
                        )
                    }
                }
            }
            for tenant in tenants {
                let stage = InstanceState(plainInstance { $0.tenantUID = "u" }, tenant).stage
                #expect(stage >= last, "\(stage) after \(last)")
                last = stage
                seen.append(stage)
            }
            #expect(Set(seen) == Set(InstanceStage.allCases).subtracting([.queued]))
            #expect(InstanceState(plainInstance(), nil).stage == .queued)
        }
    }

    @Test func healthFollowsTheConditions() {
        func health(_ phase: TenantPhase, _ conditions: [(String, ConditionStatus)]) -> InstanceHealth {
            InstanceState(
                plainInstance { $0.tenantUID = "u" },
                plainTenant(phase) {
                    $0.status.provisioning = run(6, next: .pending)
                    $0.status.conditions = conditions.map { condition($0, $1) }
                }
            ).health
        }
        #expect(health(.running, [("GatewayReady", .true), ("MachineReady", .true)]) == .healthy)
        #expect(health(.degraded, [("GatewayReady", .true), ("ChannelsConnected", .false)]) == .degraded)
        #expect(health(.degraded, [("GatewayReady", .false), ("MachineReady", .true)]) == .unreachable)
        #expect(health(.degraded, [("GatewayReady", .false), ("MachineReady", .false)]) == .unhealthy)
        #expect(health(.error, []) == .unhealthy)
        #expect(health(.suspended, [("GatewayReady", .false)]) == .unknown)
    }

    @Test func aChangeOnItsWayIsAnUpdate() {
        func status(_ observed: Int64?, _ generation: Int64?) -> InstanceStatus {
            InstanceState(
                plainInstance { $0.tenantUID = "u" },
                plainTenant(.running) {
                    $0.generation = generation
                    $0.status.observedGeneration = observed
                    $0.status.provisioning = run(6, next: .pending)
                }
            ).status
        }
        #expect(status(1, 2) == .updating && status(2, 2) == .running && status(nil, 2) == .running && status(1, nil) == .running)
    }

    @Test func aFailureIsOfItsRun() {
        let row = plainInstance {
            $0.tenantUID = "u"
            $0.failure = .init(code: "bootstrap_timeout", message: "silent", run: 1)
        }
        func status(_ number: Int) -> InstanceStatus {
            InstanceState(row, plainTenant(.provisioning) { $0.status.provisioning = run(1, next: .running, run: number) }).status
        }
        #expect(status(1) == .failed && status(2) == .provisioning)
        let complete = plainTenant(.running) { $0.status.provisioning = run(6, next: .pending) }
        #expect(InstanceState(row, complete).status == .running, "it came up all the same")
    }

    @Test func whatFailedIsNamed() {
        func code(_ done: Int, level: String? = nil) -> String? {
            let tenant = plainTenant(.error) {
                $0.status.provisioning = run(done, next: .failed)
                if let level { $0.status.bootstrap = BootstrapStatus(seq: 1, stage: "files", level: level) }
            }
            return InstanceState(plainInstance { $0.tenantUID = "u" }, tenant).trouble?.code
        }
        #expect(code(0) == "provisioning_failed" && code(1) == "bootstrap_timeout" && code(2, level: "error") == "bootstrap_failed")
        #expect(code(3) == "provisioning_failed")
        let blocked = InstanceState(plainInstance { $0.tenantUID = "u" }, plainTenant(.error) { $0.message = "no such policy" })
        #expect(blocked.trouble == .init(.notProvisionable, "no such policy") && blocked.stage == .validating)
    }

    @Test func aTenantThatSomebodyDeletedIsMissed() {
        // A tenant that is only not shown is not missed.
        var gone = plainInstance { $0.tenantUID = "u" }
        #expect(InstanceState(gone, nil).trouble == nil && InstanceState(gone, nil).status == .provisioning)
        var ran = gone
        ran.snapshot = ["stage": "complete", "address": "10.0.0.7"]
        #expect(InstanceState(ran, nil).status == .provisioning && InstanceState(ran, nil).trouble == nil)
        ran.failure = .init(code: "bootstrap_timeout", message: "late", run: 1)
        #expect(InstanceState(ran, nil).status == .provisioning, "it came up all the same")
        gone.failure = .init(code: "tenant_missing", message: "deleted")
        ran.failure = gone.failure
        #expect(InstanceState(gone, nil).trouble?.code == "tenant_missing" && InstanceState(gone, nil).status == .failed)
        #expect(InstanceState(ran, nil).status == .error && InstanceState(ran, nil).stage == .complete)
        #expect(InstanceState(ran, nil).address == "10.0.0.7")
        #expect(InstanceState(gone, plainTenant(.terminating)).status == .deleting)
    }

    @Test func reportsOfAFormerMachineCountOnlyAsCallbacks() {
        let tenant = plainTenant(.provisioning) {
            $0.status.machine = MachineStatus(credentialHash: "new")
            $0.status.bootstrap = BootstrapStatus(seq: 6, stage: "ready", credentialHash: "old")
        }
        let state = InstanceState(plainInstance { $0.tenantUID = "u" }, tenant)
        #expect(state.bootstrapSeq == 0 && state.bootstrapStage == nil && state.callbackSeq == 6 && state.callbackStage == "ready")
    }

    @Test func aMachineMayBeSilentOnlyForSoLong() throws {
        let start = Date(timeIntervalSince1970: 10_000)
        func failure(_ seconds: Double, reported: Double? = nil, done: Int = 1) -> InstanceRow.Failure? {
            let tenant = plainTenant(.provisioning) {
                var status = run(done, next: .running)
                status.steps?[0].finishedAt = Timestamp(start)
                $0.status.provisioning = status
                if let reported { $0.status.bootstrap = BootstrapStatus(seq: 1, stage: "started", reportedAt: Timestamp(start + reported)) }
            }
            let state = InstanceState(plainInstance { $0.tenantUID = "u" }, tenant)
            return state.silence(of: tenant, limit: .seconds(900), now: start + seconds)
        }
        #expect(failure(900) == nil)
        let failed = try #require(failure(901))
        #expect(failed.code == "bootstrap_timeout" && failed.run == 1 && failed.message.contains("15 minutes"))
        #expect(failure(1000, reported: 200) == nil && failure(1101, reported: 200)?.message.contains("started") == true)
        #expect(failure(100_000, done: 3) == nil && failure(100_000, done: 0) == nil, "only while the machine sets itself up")
    }
}
