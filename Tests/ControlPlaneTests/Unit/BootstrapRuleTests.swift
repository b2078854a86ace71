import CraneAPI
import FleetTemplates
import HTTPOperations
import HTTPTypes
import KubernetesModel
import Testing

@testable import ControlPlane

@Suite struct BootstrapRuleTests {
    private static let now = Timestamp(microseconds: 1_795_000_000_000_000)
    private static let digest = String(repeating: "0af9", count: 16)

    private func report(_ seq: Int64, _ stage: BootstrapStage, _ level: BootstrapLevel = .info, _ message: String = "m") -> BootstrapReport
    {
        BootstrapReport(seq: seq, stage: stage, level: level, message: message, ts: "2026-11-21T13:00:00Z")
    }

    private func judge(_ report: BootstrapReport, after stored: BootstrapStatus?, hash: String = "one") throws -> BootstrapVerdict {
        try BootstrapVerdict(report, credentialHash: hash, stored: stored, now: Self.now)
    }

    @Test func theFirstReportIsTaken() throws {
        let status = BootstrapStatus(seq: 1, stage: "started", level: "info", message: "m", credentialHash: "one", reportedAt: Self.now)
        #expect(try judge(report(1, .started), after: nil) == .accepted(status))
        #expect(try judge(report(1, .started), after: BootstrapStatus()) == .accepted(status))
    }

    @Test func numbersRiseAndStagesGoForward() throws {
        let stored = BootstrapStatus(seq: 3, stage: "files", level: "info", credentialHash: "one", filesDigest: Self.digest)
        for seq in 1...3 as ClosedRange<Int64> { #expect(try judge(report(seq, .started), after: stored) == .duplicate(stored)) }
        guard case .accepted(let next) = try judge(report(9, .gateway), after: stored) else {
            return #expect(Bool(false), "a gap is accepted")
        }
        #expect(next.seq == 9 && next.stage == "gateway" && next.filesDigest == Self.digest)
        guard case .accepted(let same) = try judge(report(4, .files, .error), after: stored) else { return #expect(Bool(false)) }
        #expect(same.level == "error" && same.filesDigest == Self.digest)
        for stage in [BootstrapStage.started, .secrets] {
            let error = #expect(throws: OperationError.self) { try judge(report(4, stage), after: stored) }
            #expect(error?.status == .conflict && error?.code == "BOOTSTRAP_STAGE_PASSED")
        }
    }

    @Test func anotherCredentialBeginsAnew() throws {
        let stored = BootstrapStatus(seq: 6, stage: "ready", level: "info", credentialHash: "one", filesDigest: Self.digest)
        guard case .accepted(let fresh) = try judge(report(1, .started), after: stored, hash: "two") else { return #expect(Bool(false)) }
        #expect(fresh.seq == 1 && fresh.credentialHash == "two" && fresh.filesDigest == nil)
    }

    @Test func filesCarryAFingerprint() throws {
        guard case .accepted(let status) = try judge(report(1, .files, .info, Self.digest), after: nil) else { return #expect(Bool(false)) }
        #expect(status.filesDigest == Self.digest)
        for wrong in ["", "abc", Self.digest.uppercased(), Self.digest + "0"] {
            let error = #expect(throws: OperationError.self) { try judge(report(1, .files, .info, wrong), after: nil) }
            #expect(error?.status == .unprocessableContent)
        }
        guard case .accepted(let failed) = try judge(report(1, .files, .error, "disk full"), after: nil) else {
            return #expect(Bool(false))
        }
        #expect(failed.filesDigest == nil && failed.message == "disk full")
    }

    @Test func messagesAreCut() throws {
        let long = String(repeating: "é", count: 4096)
        guard case .accepted(let status) = try judge(report(1, .started, .info, long), after: nil) else { return #expect(Bool(false)) }
        #expect(status.message?.unicodeScalars.count == 1000)
    }

    @Test func credentialsAreReadWithCare() {
        let random = "Ab-_" + String(repeating: "x", count: 39)
        let credential = BootstrapCredential("ocb_0b1c-9_\(random)")
        #expect(credential?.uid == "0b1c-9")
        #expect(credential?.matches("ocb_0b1c-9_\(random)") == true)
        #expect(credential?.matches("ocb_0b1c-9_\(random)x") == false)
        #expect(credential?.hash.count == 64)
        for wrong in [
            "", "ocb_", "ocb_uid", "ocb_uid_short", "ocb__\(random)", "xyz_uid_\(random)", "ocb_u/d_\(random)", "ocb_uid_\(random) ",
            "ocb_uid_\(random)\u{0}", "ocb_uid_" + String(repeating: "x", count: 300),
        ] {
            #expect(BootstrapCredential(wrong) == nil, "\(wrong)")
        }
    }

    @Test func budgetsAreSpentAndFilledAgain() {
        let start = ContinuousClock.now
        var budget = RequestBudget(capacity: 3, rate: 0.5, callers: 2)
        for _ in 0..<3 { #expect(budget.take("a", now: start) == nil) }
        #expect(budget.take("a", now: start) == 2)
        #expect(budget.take("b", now: start) == nil, "another caller has its own")
        #expect(budget.take("a", now: start + .seconds(2)) == nil)
        #expect(budget.take("a", now: start + .seconds(2)) != nil)
        // A third caller takes the place of the one who was silent longest.
        #expect(budget.take("c", now: start + .seconds(3)) == nil)
        #expect(budget.left("c", now: start + .seconds(3)) == 2)
        #expect(budget.left("a", now: start + .seconds(3)) < 1)
    }
}
