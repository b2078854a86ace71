import CraneAPI
import KubernetesModel
import Machines
import Testing

@testable import CraneOperator

@Suite("What a machine's state means")
struct MachineFindingTests {
    private static let address = [MachineAddress(.internalIP, "10.0.0.9")]

    private static func judge(_ seen: MachineObservation, reported: Bool = false, made: Bool = false) -> MachineFinding {
        MachineFinding(.seen(seen), hasReported: reported, userDataHash: "u", wasMade: made)
    }

    @Test("It runs when it runs and has an address")
    func running() {
        let good = Self.judge(MachineObservation(state: .running, addresses: Self.address))
        #expect(good.step.isGood && good.status == .true && good.lasting == nil)
        let bare = Self.judge(MachineObservation(state: .running))
        #expect(bare.step == .pending("The machine has no address yet") && bare.status == .false)
    }

    @Test("Until then it is waited for", arguments: MachineState.allCases.filter { $0 != .running && $0 != .failed })
    func pending(_ state: MachineState) {
        let finding = Self.judge(MachineObservation(state: state, addresses: state == .absent ? [] : Self.address))
        guard case .pending = finding.step else {
            Issue.record("\(finding.step)")
            return
        }
        #expect(finding.status == .false && finding.lasting == nil)
    }

    @Test("A machine that has reported does run, whatever its provider waits for")
    func reported() {
        let finding = Self.judge(MachineObservation(state: .creating, addresses: Self.address), reported: true)
        #expect(finding.step.isGood && finding.status == .false)
    }

    @Test("Trouble is told in the provider's words; lasting trouble ends the step")
    func trouble() {
        let passing = Self.judge(MachineObservation(state: .degraded, trouble: MachineTrouble("NoCapacity", "none left")))
        #expect(passing.step == .pending("none left") && passing.reason == "NoCapacity" && passing.lasting == nil)
        let lasting = Self.judge(MachineObservation(state: .failed, trouble: MachineTrouble("Broken", "for good", isPermanent: true)))
        #expect(lasting.step == .bad("for good") && lasting.lasting == "for good")
    }

    @Test("A provider that does not answer says nothing of the machine; one that refuses does")
    func errors() {
        let passing = MachineFinding(MachineError(.unreachable, "no answer"))
        #expect(passing.step == .pending("no answer") && passing.status == .unknown && passing.reason == "Unreachable")
        let lasting = MachineFinding(MachineError(.refused, "no", isPermanent: true))
        #expect(lasting.step == .bad("no") && lasting.status == .false && lasting.lasting == "no")
    }

    @Test("A machine of other user data is not this run's, and one that was made and is gone stays gone")
    func foreign() {
        var seen = MachineObservation(state: .running, addresses: Self.address, userDataHash: "other")
        #expect(Self.judge(seen).reason == "UserDataDiffers" && Self.judge(seen).lasting != nil)
        seen.userDataHash = "u"
        #expect(Self.judge(seen).step.isGood)
        #expect(Self.judge(MachineObservation(state: .absent), made: true).reason == "MachineGone")
    }
}
