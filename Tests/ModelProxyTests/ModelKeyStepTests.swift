import JSONValue
import ModelProxy
import Testing

/// What is done about a tenant's key.
struct ModelKeyStepTests {
    private let wish = ModelKeyWish(alias: "opencrane-mia", budget: USD(50), team: "opencrane", user: "mia@corp.example")
    private var key: ModelKey {
        ModelKey(
            alias: "opencrane-mia",
            hash: "a",
            budget: USD(50),
            duration: "30d",
            team: "opencrane",
            user: "mia@corp.example",
            spend: USD(3)
        )
    }

    @Test func livesFromWishToEnd() {
        #expect(ModelKeyStep(wanted: nil, known: nil, held: nil) == .nothing)
        #expect(ModelKeyStep(wanted: wish, known: nil, held: nil) == .generate(wish, spend: .zero))
        #expect(ModelKeyStep(wanted: wish, known: key, held: "a") == .nothing)
        #expect(ModelKeyStep(wanted: nil, known: key, held: "a") == .delete(alias: "opencrane-mia"))
    }

    @Test func aCeilingThatChangesKeepsTheValue() {
        var higher = wish
        higher.budget = USD(80)
        #expect(ModelKeyStep(wanted: higher, known: key, held: "a") == .update(higher, hash: "a"))
        var other = wish
        other.user = "leo@corp.example"
        #expect(ModelKeyStep(wanted: other, known: key, held: "a") == .update(other, hash: "a"))
        var endless = key
        endless.duration = nil
        #expect(ModelKeyStep(wanted: wish, known: endless, held: "a") == .update(wish, hash: "a"))
    }

    /// After a crash between the proxy and the Secret nobody has the value; another key is made, and the one there is goes.
    @Test func aValueThatNobodyHasIsReplaced() {
        #expect(ModelKeyStep(wanted: wish, known: key, held: nil) == .rotate(wish, spend: USD(3)))
        #expect(ModelKeyStep(wanted: wish, known: key, held: "b") == .rotate(wish, spend: USD(3)))
    }

    /// What was spent is not forgotten with a key, or whoever has it revoked could spend again.
    @Test func whatWasSpentStaysSpent() {
        #expect(ModelKeyStep(wanted: wish, known: nil, held: "dead", carried: USD(12)) == .generate(wish, spend: USD(12)))
        #expect(ModelKeyStep(wanted: wish, known: key, held: nil, carried: USD(12)) == .rotate(wish, spend: USD(12)))
    }

    @Test func alertsByFifths() {
        #expect(BudgetAlertState(spend: USD(79.999999), limit: USD(100)) == .ok)
        #expect(BudgetAlertState(spend: USD(80), limit: USD(100)) == .warning)
        #expect(BudgetAlertState(spend: USD(99.999999), limit: USD(100)) == .warning)
        #expect(BudgetAlertState(spend: USD(100), limit: USD(100)) == .exceeded)
        #expect(BudgetAlertState(spend: .zero, limit: .zero) == .exceeded)
        #expect(BudgetAlertState(spend: USD(1e9), limit: nil) == .ok)
        #expect(BudgetAlertState(spend: .most, limit: .most) == .exceeded)
    }

    @Test func amountsAreExact() {
        #expect((1...10).reduce(USD.zero) { sum, _ in sum + USD(0.1) } == USD(1))
        #expect(USD(0.0000004) == .zero)
        #expect(USD(1e30) == .most)
        #expect(USD(.nan) == .zero)
        #expect(USD(12.5).json == .number(12.5))
        #expect(USD(12).json == .integer(12))
    }
}
