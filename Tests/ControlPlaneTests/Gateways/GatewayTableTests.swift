import OpenClawGateway
import Testing

@testable import ControlPlane

@Suite struct GatewayTableTests {
    private func access(_ port: Int = 1, token: String = "t") -> GatewayAccess {
        GatewayAccess(endpoint: GatewayEndpoint(host: "h", port: port), token: token, device: [])
    }

    private func table(_ change: (inout GatewayTable.Limits) -> Void = { _ in }) -> GatewayTable {
        var limits = GatewayTable.Limits()
        change(&limits)
        return GatewayTable(limits: limits)
    }

    @Test func aConnectionIsSharedAndBelievedForAWhile() {
        var table = table()
        #expect(table.take("a", at: .zero) == nil)
        #expect(table.place("a", access(), at: .zero) == .open(1, closing: []))
        #expect(table.take("a", at: .seconds(14)) == 1)
        #expect(table.take("a", at: .seconds(15)) == nil)
        #expect(table.place("a", access(), at: .seconds(15)) == .share(1))
        #expect(table.take("a", at: .seconds(29)) == 1)
        #expect(table.count == 1)
    }

    @Test func aGatewayThatMovedGetsANewConnection() {
        var table = table()
        _ = table.place("a", access(1), at: .zero)
        #expect(table.place("a", access(2), at: .seconds(20)) == .open(2, closing: [1]))
        // The one who held the former lets go of it: that does not count for the new one.
        table.release("a", 1, at: .seconds(21))
        #expect(table.sweep(at: .seconds(1000)).isEmpty)
        table.release("a", 2, at: .seconds(1000))
        #expect(table.sweep(at: .seconds(1300)) == [2])
    }

    @Test func whatNobodyUsesIsClosed() {
        var table = table()
        _ = table.place("a", access(), at: .zero)
        _ = table.place("b", access(), at: .zero)
        table.release("a", 1, at: .seconds(10))
        #expect(table.sweep(at: .seconds(309)).isEmpty)
        #expect(table.sweep(at: .seconds(310)) == [1])
        #expect(table.count == 1)
        table.release("b", 2, at: .seconds(400))
        #expect(table.sweep(at: .seconds(700)) == [2])
        #expect(table.count == 0)
    }

    @Test func theLeastRecentlyUsedMakesPlace() {
        var table = table { $0.connections = 2 }
        _ = table.place("a", access(), at: .zero)
        _ = table.place("b", access(), at: .zero)
        #expect(table.place("c", access(), at: .zero) == .full)
        table.release("a", 1, at: .seconds(2))
        table.release("b", 2, at: .seconds(1))
        #expect(table.place("c", access(), at: .seconds(3)) == .open(3, closing: [2]))
        #expect(table.take("a", at: .seconds(3)) == 1)
        #expect(table.place("d", access(), at: .seconds(3)) == .full)
        #expect(table.count == 2)
    }

    @Test func aRefusalIsRememberedForTheSameCredentialsOnly() {
        var table = table()
        let refusal = GatewayError(.refused, "no")
        _ = table.place("a", access(token: "old"), at: .zero)
        table.release("a", 1, at: .zero)
        #expect(table.failed("a", 1, refusal, at: .zero) == 1)
        #expect(table.place("a", access(token: "old"), at: .seconds(9)) == .refused(refusal))
        #expect(table.place("a", access(token: "new"), at: .seconds(9)) == .open(2, closing: []))
        table.release("a", 2, at: .seconds(9))
        _ = table.failed("a", 2, refusal, at: .seconds(9))
        #expect(table.place("a", access(token: "new"), at: .seconds(19)) == .open(3, closing: []))
    }

    @Test func oneWhoGivesUpDoesNotTakeTheConnectionFromOthers() {
        var table = table()
        let error = GatewayError(.unreachable, "no")
        _ = table.place("a", access(), at: .zero)
        #expect(table.take("a", at: .seconds(1)) == 1)
        table.release("a", 1, at: .seconds(2))
        #expect(table.failed("a", 1, error, at: .seconds(2)) == nil)
        // Whoever comes next looks where it is.
        #expect(table.take("a", at: .seconds(2)) == nil)
        #expect(table.place("a", access(), at: .seconds(2)) == .share(1))
        table.release("a", 1, at: .seconds(3))
        table.release("a", 1, at: .seconds(3))
        #expect(table.failed("a", 1, error, at: .seconds(3)) == 1)
        #expect(table.failed("a", 1, error, at: .seconds(3)) == nil)
        #expect(table.count == 0)
    }

    @Test func secretsAreNotWritten() {
        let access = access(token: "very-secret")
        #expect(!"\(access)".contains("very-secret"))
        #expect(!String(reflecting: access).contains("very-secret"))
    }
}
