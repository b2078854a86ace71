import KubernetesClient
import Testing

@Suite struct RetryPolicyTests {
    private let policy = RetryPolicy(
        maximumAttempts: 3,
        backoff: Backoff(initial: .milliseconds(100), maximum: .seconds(1)),
        maximumRetryAfter: .seconds(10),
        maximumElapsed: .seconds(30)
    )

    private func delay(_ failure: RetryPolicy.Failure, attempt: Int = 1, repeatable: Bool, elapsed: Duration = .zero) -> Duration? {
        policy.delay(after: failure, attempt: attempt, isRepeatable: repeatable, elapsed: elapsed, random: 0)
    }

    @Test func readsAreRepeatedAndGrowSlower() {
        #expect(delay(.status(503, retryAfter: nil), repeatable: true) == .milliseconds(100))
        #expect(delay(.status(503, retryAfter: nil), attempt: 2, repeatable: true) == .milliseconds(200))
        #expect(delay(.status(503, retryAfter: nil), attempt: 3, repeatable: true) == nil)
        #expect(delay(.connectionLost, repeatable: true) == .milliseconds(100))
    }

    @Test func writesAreRepeatedOnlyWhenNothingWasDone() {
        #expect(delay(.status(503, retryAfter: nil), repeatable: false) == nil)
        #expect(delay(.status(429, retryAfter: nil), repeatable: false) == nil)
        #expect(delay(.status(429, retryAfter: .seconds(2)), repeatable: false) == .seconds(2))
        #expect(delay(.status(503, retryAfter: .seconds(1)), repeatable: false) == .seconds(1))
        #expect(delay(.status(504, retryAfter: .seconds(1)), repeatable: false) == nil)
        #expect(delay(.connectionLost, repeatable: false) == nil)
        #expect(delay(.notSent, repeatable: false) == .milliseconds(100))
    }

    @Test(arguments: [400, 401, 403, 404, 409, 410, 422])
    func otherAnswersAreFinal(code: Int) {
        #expect(delay(.status(code, retryAfter: .seconds(1)), repeatable: true) == nil)
    }

    @Test(arguments: [500, 502])
    func otherFailuresOfTheServerAreFinalUnlessItAsksToComeBack(code: Int) {
        #expect(delay(.status(code, retryAfter: nil), repeatable: true) == nil)
        #expect(delay(.status(code, retryAfter: .seconds(1)), repeatable: true) == .seconds(1))
        #expect(delay(.status(code, retryAfter: .seconds(1)), repeatable: false) == nil)
    }

    @Test func boundsHold() {
        #expect(delay(.status(429, retryAfter: .seconds(11)), repeatable: true) == nil)
        #expect(delay(.status(429, retryAfter: .seconds(9)), repeatable: true, elapsed: .seconds(22)) == nil)
        #expect(delay(.timedOut, repeatable: true) == nil)
        #expect(RetryPolicy.never.delay(after: .notSent, attempt: 1, isRepeatable: true, elapsed: .zero, random: 0) == nil)
    }

    @Test func retryAfterHeader() {
        #expect(RetryPolicy.retryAfter("7") == .seconds(7))
        #expect(RetryPolicy.retryAfter("-1") == nil)
        #expect(RetryPolicy.retryAfter("Wed, 21 Oct 2026 07:28:00 GMT") == nil)
        #expect(RetryPolicy.retryAfter(nil) == nil)
    }

    @Test func backoffIsBoundedAndJittered() {
        let backoff = Backoff.reflector
        #expect(backoff.delay(failures: 0) == .milliseconds(800))
        #expect(backoff.delay(failures: 3) == .seconds(6.4))
        #expect(backoff.delay(failures: 1000) == .seconds(30))
        #expect(backoff.delay(failures: 1000, random: 0.5) == .seconds(45))
        #expect(Backoff.reconcile.delay(failures: 40) == .seconds(1000))
    }
}
