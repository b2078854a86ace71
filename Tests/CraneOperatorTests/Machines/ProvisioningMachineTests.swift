import CraneAPI
import KubernetesModel
import Testing

@testable import CraneOperator

@Suite("The steps of provisioning")
struct ProvisioningMachineTests {
    typealias Finding = ProvisioningEvidence.Finding
    private static let start = Samples.now
    private static let names = ProvisioningStepName.allCases
    /// The last step needs no evidence.
    private static let judged = Array(names.dropLast())

    private static func evidence(_ findings: [ProvisioningStepName: Finding]) -> ProvisioningEvidence {
        var evidence = ProvisioningEvidence()
        evidence.machine = findings[.machine]
        evidence.bootstrap = findings[.bootstrap]
        evidence.files = findings[.files]
        evidence.gateway = findings[.gateway]
        evidence.connectivity = findings[.connectivity]
        return evidence
    }

    private static func later(_ duration: Duration) -> Timestamp {
        Timestamp(microseconds: start.microseconds + duration.components.seconds * 1_000_000)
    }

    /// A run in which everything before a step is done, and the step has begun.
    private static func run(upTo name: ProvisioningStepName) -> ProvisioningStatus {
        let index = names.firstIndex(of: name) ?? 0
        let good = Dictionary(uniqueKeysWithValues: judged.prefix(index).map { ($0, Finding.good("seen")) })
        return ProvisioningMachine(nil, run: 1, evidence: evidence(good), now: start).status
    }

    private static func step(_ name: ProvisioningStepName, in status: ProvisioningStatus) -> ProvisioningStep? {
        status.steps?.first { $0.name == name.rawValue }
    }

    @Test("Each step waits while nothing is seen or nothing is there yet, within its time", arguments: judged)
    func waits(_ name: ProvisioningStepName) throws {
        for finding in [nil, Finding.pending("not yet")] {
            let before = Self.run(upTo: name)
            let almost = Self.later(name.limit - .seconds(1))
            let machine = ProvisioningMachine(before, run: 1, evidence: Self.evidence(finding.map { [name: $0] } ?? [:]), now: almost)
            #expect(machine.stand == .underway(name))
            #expect(machine.deadline == Self.later(name.limit))
            let step = try #require(Self.step(name, in: machine.status))
            #expect(step.status == .running && step.startedAt == Self.start && step.finishedAt == nil && step.attempt == 1)
            #expect(step.message == (finding == nil ? nil : "not yet"))
            let next = Self.names.drop { $0 != name }.dropFirst()
            #expect(next.allSatisfy { Self.step($0, in: machine.status)?.status == .pending })
        }
    }

    @Test("Each step is done with its evidence, also when the time is over, and the next begins", arguments: judged)
    func succeeds(_ name: ProvisioningStepName) throws {
        for now in [Self.start, Self.later(name.limit + .seconds(60))] {
            let machine = ProvisioningMachine(Self.run(upTo: name), run: 1, evidence: Self.evidence([name: .good("seen")]), now: now)
            let step = try #require(Self.step(name, in: machine.status))
            #expect(step.status == .succeeded && step.message == "seen" && step.finishedAt == now)
            let index = try #require(Self.names.firstIndex(of: name))
            let next = Self.names[index + 1]
            if next == .complete {
                #expect(machine.stand == .complete && machine.deadline == nil)
            } else {
                #expect(machine.stand == .underway(next))
                #expect(Self.step(next, in: machine.status)?.startedAt == now)
            }
        }
    }

    @Test("Each step fails with what cannot become good, and nothing repeats it", arguments: judged)
    func fails(_ name: ProvisioningStepName) throws {
        let failed = ProvisioningMachine(Self.run(upTo: name), run: 1, evidence: Self.evidence([name: .bad("broken")]), now: Self.start)
        #expect(failed.stand == .failed(name, "broken") && failed.deadline == nil)
        let all = Self.evidence(Dictionary(uniqueKeysWithValues: Self.judged.map { ($0, Finding.good("seen")) }))
        let after = ProvisioningMachine(failed.status, run: 1, evidence: all, now: Self.later(.seconds(5)))
        #expect(after.stand == .failed(name, "broken"))
        #expect(after.status == failed.status)
        #expect(ProvisioningMachine.hasFailed(after.status))
    }

    @Test("Each step fails when its time is over, and says what it waited for", arguments: judged)
    func expires(_ name: ProvisioningStepName) throws {
        let minutes = name.limit.components.seconds / 60
        for (finding, text) in [(nil, ""), (Finding.pending("not yet"), ": not yet")] {
            let evidence = Self.evidence(finding.map { [name: $0] } ?? [:])
            let machine = ProvisioningMachine(Self.run(upTo: name), run: 1, evidence: evidence, now: Self.later(name.limit))
            #expect(machine.stand == .failed(name, "took longer than \(minutes) minutes\(text)"))
            #expect(Self.step(name, in: machine.status)?.finishedAt == Self.later(name.limit))
        }
    }

    @Test("The evidence of later steps counts only when those before are done", arguments: judged)
    func order(_ name: ProvisioningStepName) {
        let rest = Self.judged.filter { $0 != name }
        let others = Dictionary(uniqueKeysWithValues: rest.map { ($0, Finding.good("seen")) })
        let machine = ProvisioningMachine(nil, run: 1, evidence: Self.evidence(others), now: Self.start)
        #expect(machine.stand == .underway(name))
        #expect(ProvisioningMachine.isDone(name, in: machine.status) == false)
    }

    @Test("With all evidence at once a run is complete at once, and what disappears afterwards does not undo it")
    func complete() {
        let good = Dictionary(uniqueKeysWithValues: Self.judged.map { ($0, Finding.good("seen")) })
        let machine = ProvisioningMachine(nil, run: 1, evidence: Self.evidence(good), now: Self.start)
        #expect(machine.stand == .complete && machine.status.run == 1)
        for finding in [nil, Finding.pending("gone"), .bad("broken")] {
            let bad = finding.map { finding in Dictionary(uniqueKeysWithValues: Self.judged.map { ($0, finding) }) } ?? [:]
            let later = ProvisioningMachine(machine.status, run: 1, evidence: Self.evidence(bad), now: Self.later(.seconds(100_000)))
            #expect(later.stand == .complete)
            #expect(later.status == machine.status)
        }
    }

    @Test("A higher number begins anew, after a failure as after success; a lower one changes nothing", arguments: judged)
    func rerun(_ name: ProvisioningStepName) {
        let failed = ProvisioningMachine(Self.run(upTo: name), run: 1, evidence: Self.evidence([name: .bad("broken")]), now: Self.start)
        let again = ProvisioningMachine(failed.status, run: 2, evidence: .init(), now: Self.later(.seconds(9)))
        #expect(again.status.run == 2 && again.stand == .underway(.machine))
        #expect(Self.step(.machine, in: again.status)?.startedAt == Self.later(.seconds(9)))
        #expect(again.status.steps?.dropFirst().allSatisfy { $0.status == .pending && $0.message == nil } == true)
        let lower = ProvisioningMachine(again.status, run: 1, evidence: .init(), now: Self.later(.seconds(9)))
        #expect(lower.status == again.status)
    }

    @Test("A run that was paused goes on where it was, with its time begun anew", arguments: judged)
    func pause(_ name: ProvisioningStepName) throws {
        let before = Self.run(upTo: name)
        let paused = try #require(ProvisioningMachine.paused(before))
        #expect(Self.step(name, in: paused)?.status == .pending)
        let resumed = Self.later(name.limit * 3)
        let machine = ProvisioningMachine(paused, run: 1, evidence: .init(), now: resumed)
        #expect(machine.stand == .underway(name))
        let step = try #require(Self.step(name, in: machine.status))
        #expect(step.startedAt == resumed && step.attempt == 2)
    }

    @Test("Looking again without news changes nothing", arguments: judged)
    func idempotent(_ name: ProvisioningStepName) {
        let evidence = Self.evidence([name: .pending("not yet")])
        let first = ProvisioningMachine(Self.run(upTo: name), run: 1, evidence: evidence, now: Self.later(.seconds(1)))
        let second = ProvisioningMachine(first.status, run: 1, evidence: evidence, now: Self.later(.seconds(2)))
        #expect(first == second)
    }
}
