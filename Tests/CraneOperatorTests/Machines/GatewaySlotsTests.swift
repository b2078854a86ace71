import KubernetesModel
import Testing

@testable import CraneOperator

@Suite("Slots of gateways")
struct GatewaySlotsTests {
    private func key(_ number: Int) -> ObjectKey { ObjectKey(namespace: "ns", name: "t\(number)") }
    private func target(_ number: Int) -> GatewayTarget { GatewayTarget(host: "h", port: number, token: "t", device: []) }

    private func ask(_ slots: inout GatewaySlots, _ number: Int, _ need: GatewaySlots.Need, at now: Duration = .zero) -> [ObjectKey] {
        slots.ask(key(number), target(number), for: need, now: now).compactMap { action in
            if case .hold(let session) = action { session.key } else { nil }
        }
    }

    @Test("Nobody is refused: whoever has no slot is looked at in turn, and a run has precedence")
    func precedence() {
        var slots = GatewaySlots(.init(held: 2, looks: 2, interval: .seconds(30)))
        #expect(ask(&slots, 1, .verified) == [key(1)])
        #expect(ask(&slots, 2, .verified) == [key(2)])
        // A verified one waits; asked for again, it takes nobody's slot.
        for _ in 0..<2 { #expect(ask(&slots, 3, .verified).isEmpty) }
        #expect(ask(&slots, 1, .verified).isEmpty)
        // The second was asked for least recently.
        #expect(ask(&slots, 4, .provisioning) == [key(4)])
        #expect(slots.held == 2 && slots.waiting == 2)
        // When runs have all slots, further ones are looked at before verified ones are.
        #expect(ask(&slots, 5, .provisioning) == [key(5)])
        #expect(ask(&slots, 6, .provisioning).isEmpty)
        let first = slots.due(now: .zero)
        #expect(first.map(\.key) == [key(6), key(3)])
        let further = slots.due(now: .seconds(100))
        #expect(further.isEmpty, "as many looks as may be go on")
        for session in first { slots.ended(session, now: .zero) }
        let early = slots.due(now: .seconds(29))
        #expect(early.isEmpty)
        // The fourth has come up: whoever waits longest may have its slot.
        #expect(ask(&slots, 4, .verified).isEmpty)
        #expect(ask(&slots, 6, .provisioning) == [key(6)])
        #expect(slots.held == 2 && slots.count == 6)
    }

    @Test("A slot that becomes free goes to whoever a run waits for, and what a former place saw is not news")
    func freed() throws {
        var slots = GatewaySlots(.init(held: 1, looks: 4, interval: .seconds(30)))
        #expect(ask(&slots, 1, .provisioning) == [key(1)])
        #expect(ask(&slots, 2, .verified).isEmpty)
        #expect(ask(&slots, 3, .provisioning).isEmpty)
        let looks = slots.due(now: .zero)
        #expect(Set(looks.map(\.key)) == [key(2), key(3)])
        let third = try #require(looks.first { $0.key == key(3) })
        let isNews = slots.note(GatewayView(gateway: .good("g")), third)
        let isNewsAgain = slots.note(GatewayView(gateway: .good("g")), third)
        #expect(isNews && !isNewsAgain)
        let holds = slots.forget(key(1)).contains { action in if case .hold(let session) = action { session.key == key(3) } else { false } }
        #expect(holds && slots.held == 1 && slots.waiting == 1)
        let isLate = slots.note(GatewayView(gateway: .pending("p")), third)
        #expect(!isLate)
        #expect(slots.view(key(3))?.gateway == .good("g"))
        slots.ended(third, now: .zero)
        let none = slots.due(now: .seconds(60))
        #expect(none.isEmpty, "it is held, and the second one is being looked at")
        // One that moved is another.
        _ = slots.ask(key(3), target(33), for: .verified, now: .zero)
        #expect(slots.view(key(3)) == nil)
    }

    @Test("Gateways that do not answer while they are made leave room for the others")
    func room() {
        var slots = GatewaySlots(.init(held: 0, looks: 4, interval: .seconds(30)))
        for number in 0..<100 { #expect(ask(&slots, number, .provisioning).isEmpty) }
        #expect(ask(&slots, 200, .verified).isEmpty)
        let looks = slots.due(now: .zero)
        #expect(looks.count == 4 && looks.contains { $0.key == key(200) })
    }
}
