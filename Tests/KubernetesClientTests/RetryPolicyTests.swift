import Foundation
import KubernetesModel
import Testing

@testable import KubernetesClient

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

    @Test func retryAfterHeader() throws {
        let now = try #require(Timestamp(parsing: "1994-11-06T08:49:00Z"))
        func read(_ header: String?) -> Duration? { RetryPolicy.retryAfter(header, now: now) }
        #expect(read("7") == .seconds(7))
        #expect(read("0") == .zero)
        for nonsense in [
            "-1", "+7", "7.5", "", "soon", "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 1994 25:49:37 GMT", "Sun, 06 Nov 1994",
        ] {
            #expect(read(nonsense) == nil, "\(nonsense)")
        }
        #expect(read(nil) == nil)
        // All three forms of RFC 9110 section 5.6.7.
        #expect(read("Sun, 06 Nov 1994 08:49:37 GMT") == .seconds(37))
        #expect(read("Sunday, 06-Nov-94 08:49:37 GMT") == .seconds(37))
        #expect(read("Sun Nov  6 08:49:37 1994") == .seconds(37))
        // What has passed is now.
        #expect(read("Sun, 06 Nov 1994 08:48:59 GMT") == .zero)
    }

    @Test func longRetryAfterIsNotBelieved() throws {
        let now = try #require(Timestamp(parsing: "2026-10-21T07:28:00Z"))
        for header in ["300", "301", "86400", "99999999999999999999999", "Thu, 22 Oct 2026 07:28:00 GMT", "Fri, 01 Jan 2100 00:00:00 GMT"] {
            #expect(RetryPolicy.retryAfter(header, now: now) == .seconds(300), "\(header)")
        }
        let status = Status(code: 429, reason: "TooManyRequests", message: "busy", details: StatusDetails(retryAfterSeconds: 86400))
        #expect(KubernetesError.status(status).retryAfter == .seconds(300))
        #expect(KubernetesError.status(status, retryAfter: .seconds(9999)).retryAfter == .seconds(300))
        #expect(KubernetesError.status(status, retryAfter: .seconds(2)).retryAfter == .seconds(2))
    }

    @Test func datesOfTheCalendar() throws {
        for text in [
            "1970-01-01T00:00:00Z", "2000-02-29T23:59:59Z", "2024-02-29T12:00:00Z", "2026-12-31T00:00:00Z", "2100-03-01T00:00:00Z",
        ] {
            let time = try #require(Timestamp(parsing: text))
            let formatter = DateFormatter()
            formatter.locale = Locale(identifier: "en_US_POSIX")
            formatter.timeZone = TimeZone(identifier: "GMT")
            formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
            let header = formatter.string(from: time.date)
            #expect(HTTPDate.seconds(header, now: 0) == Int(time.microseconds / 1_000_000), "\(header)")
        }
        // Two digits of a year are never more than 50 years ahead.
        let now = Int(try #require(Timestamp(parsing: "2026-01-01T00:00:00Z")).microseconds / 1_000_000)
        let past = Int(try #require(Timestamp(parsing: "1994-11-06T08:49:37Z")).microseconds / 1_000_000)
        #expect(HTTPDate.seconds("Sunday, 06-Nov-94 08:49:37 GMT", now: now) == past)
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
