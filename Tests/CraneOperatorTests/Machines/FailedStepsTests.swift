import KubernetesModel
import Machines
import Testing

@testable import CraneOperator

@Suite("Steps that a provider could not take")
struct FailedStepsTests {
    private static let insert = MachineOperation(kind: .insert, requestID: "r")
    private let steps = FailedSteps()

    private func ask(
        _ seen: MachineObservation,
        asked: MachineOperation? = nil,
        _ goal: MachineGoal = .power(.on),
        key: String = "u 1",
        at seconds: Int64
    ) -> MachineObservation? {
        let now = Timestamp(microseconds: seconds * 1_000_000)
        return steps.verdict(seen, asked: asked, goal: goal, key: key, now: now, pause: .seconds(10))
    }

    private static func failed(_ state: MachineState, retryAfter: Duration?, isPermanent: Bool = false) -> MachineObservation {
        MachineObservation(
            state: state,
            trouble: MachineTrouble("NoCapacity", "no room", isPermanent: isPermanent),
            retryAfter: retryAfter
        )
    }

    @Test("What failed is shown until its time has come, also to those who see nothing of it any more")
    func pause() {
        #expect(ask(Self.failed(.absent, retryAfter: .seconds(300)), asked: Self.insert, at: 0)?.trouble?.reason == "NoCapacity")
        let later = ask(MachineObservation(state: .absent), at: 100)
        #expect(later?.trouble?.reason == "NoCapacity" && later?.retryAfter == .seconds(200))
        #expect(ask(MachineObservation(state: .absent), at: 300) == nil)
        #expect(ask(MachineObservation(state: .absent), at: 301) == nil, "its time does not come again")
    }

    @Test("Without a word of the provider the pause is the operator's; what lasts is asked for rarely")
    func defaults() {
        _ = ask(Self.failed(.absent, retryAfter: nil), asked: Self.insert, key: "a", at: 0)
        #expect(ask(MachineObservation(state: .absent), key: "a", at: 9) != nil)
        #expect(ask(MachineObservation(state: .absent), key: "a", at: 10) == nil)
        _ = ask(Self.failed(.stopped, retryAfter: nil, isPermanent: true), asked: Self.insert, key: "b", at: 0)
        #expect(ask(MachineObservation(state: .stopped), key: "b", at: 299) != nil)
        #expect(ask(MachineObservation(state: .stopped), key: "b", at: 300) == nil)
    }

    @Test("Another goal, another run, another state, an operation under way and a goal that is reached are free")
    func free() {
        _ = ask(Self.failed(.absent, retryAfter: .seconds(300)), asked: Self.insert, at: 0)
        #expect(ask(MachineObservation(state: .absent), key: "u 2", at: 1) == nil)
        #expect(ask(MachineObservation(state: .running), .power(.off), at: 1) == nil)
        #expect(ask(MachineObservation(state: .absent), at: 1) != nil)
        #expect(ask(MachineObservation(state: .stopped), at: 1) == nil)
        _ = ask(Self.failed(.absent, retryAfter: .seconds(300)), asked: Self.insert, at: 2)
        #expect(ask(MachineObservation(state: .absent, operation: Self.insert), at: 3) == nil)
        #expect(ask(Self.failed(.running, retryAfter: .seconds(300)), asked: Self.insert, at: 4) == nil)
        #expect(ask(Self.failed(.absent, retryAfter: .seconds(300)), asked: Self.insert, .gone, at: 5) == nil)
    }

    @Test("Trouble that nothing was asked before holds nobody up")
    func unrelated() {
        #expect(ask(Self.failed(.absent, retryAfter: .seconds(300)), at: 0) == nil)
        #expect(ask(MachineObservation(state: .absent), at: 1) == nil)
    }
}
