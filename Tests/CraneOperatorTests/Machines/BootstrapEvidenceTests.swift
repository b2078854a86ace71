import CraneAPI
import FleetTemplates
import Testing

@testable import CraneOperator

@Suite("What a machine's reports say")
struct BootstrapEvidenceTests {
    private static func read(_ stage: BootstrapStage?, level: String = "info", digest: String? = nil, hash: String = "h")
        -> BootstrapEvidence
    {
        let status = BootstrapStatus(
            seq: 1,
            stage: stage?.rawValue,
            level: level,
            message: "why",
            credentialHash: hash,
            filesDigest: digest
        )
        return BootstrapEvidence(status, credentialHash: "h", filesDigest: "d")
    }

    @Test("Nothing is known without a report, and of reports of another credential")
    func unknown() {
        for evidence in [
            BootstrapEvidence(nil, credentialHash: "h", filesDigest: "d"), Self.read(.ready, digest: "d", hash: "other"), Self.read(nil),
        ] {
            #expect(!evidence.hasReported && evidence.failure == nil)
            #expect(!evidence.bootstrap.isGood && !evidence.files.isGood)
            guard case .pending = evidence.bootstrap, case .pending = evidence.files else {
                Issue.record("it is waited for")
                return
            }
        }
    }

    @Test("Each stage proves what comes up to it", arguments: BootstrapStage.allCases)
    func stages(_ stage: BootstrapStage) {
        let evidence = Self.read(stage, digest: stage >= .files ? "d" : nil)
        #expect(evidence.hasReported && evidence.failure == nil)
        #expect(evidence.bootstrap.isGood == (stage >= .secrets))
        #expect(evidence.files.isGood == (stage >= .repositories))
    }

    @Test("A stage that failed proves what comes before it, and ends the rest", arguments: BootstrapStage.allCases)
    func failures(_ stage: BootstrapStage) {
        let evidence = Self.read(stage, level: "error", digest: stage > .files ? "d" : nil)
        #expect(evidence.failure == "\(stage.rawValue): why")
        #expect(evidence.bootstrap.isGood == (stage > .secrets))
        #expect(evidence.files.isGood == (stage > .repositories))
        if stage <= .secrets { #expect(evidence.bootstrap == .bad("\(stage.rawValue): why")) }
        if stage <= .repositories { #expect(evidence.files == .bad("\(stage.rawValue): why")) }
    }

    @Test("Other files than the rendered ones are no files", arguments: [BootstrapStage.files, .repositories, .gateway, .ready])
    func digest(_ stage: BootstrapStage) {
        #expect(Self.read(stage, digest: "x").files == .bad("the files on the machine are not those that were rendered"))
        if stage >= .repositories { #expect(Self.read(stage).files == .bad("the machine did not say which files it wrote")) }
    }
}
