import JSONValue
import KubernetesModel

/// Decides when a command line asks for the token of a device grant, and when it gives up (RFC 8628 section 3.5). Pure: it is told the time
/// and what came back.
struct DevicePolling: Sendable, Hashable {
    /// What came back.
    enum Answer: Sendable, Hashable {
        /// An answer of the server.
        case response(RESTResponse)
        /// None.
        case lost(OCError)
    }

    /// What to do next.
    enum Step: Sendable, Hashable {
        /// Ask, after some seconds.
        case ask(afterSeconds: Int)
        /// The person said yes.
        case loggedIn(DeviceToken)
        /// It ends without a token.
        case failed(OCError)
    }

    /// How much longer the interval gets when the server asks for patience, in seconds.
    static let penalty = 5
    /// The longest wait between two questions while the server does not answer, in seconds.
    static let longestPause = 60

    /// When the grant is over.
    private let end: Timestamp
    /// Seconds between two questions.
    private var interval: Int
    /// How often in a row the server did not answer.
    private var losses = 0

    /// Begins.
    ///
    /// - Parameters:
    ///   - grant: the grant.
    ///   - now: when it was given.
    init(_ grant: DeviceGrant, now: Timestamp) {
        end = now.advanced(bySeconds: Double(grant.lifetime))
        interval = grant.interval
    }

    /// What is done first.
    var first: Step { .ask(afterSeconds: interval) }

    /// What follows from an answer.
    mutating func heard(_ answer: Answer, now: Timestamp) -> Step {
        switch answer {
        case .lost(let error): return again(error, now: now, notBefore: 0)
        case .response(let response):
            let body = (try? JSON(parsing: response.body)) ?? .null
            switch response.status {
            case 200: return accept(body)
            case 202:
                losses = 0
                let asked = body["interval"]?.integerValue.map { Int(min(max($0, 1), 3600)) } ?? 0
                // The interval never gets shorter.
                interval = max(asked, body["code"] == "slow_down" && asked <= interval ? interval + Self.penalty : interval)
                return now < end ? .ask(afterSeconds: interval) : .failed(.loginExpired)
            case 410: return .failed(body["code"] == "access_denied" ? .loginDenied : .loginExpired)
            case 429, 500...599:
                return again(APIClient.error(response), now: now, notBefore: response.headers["retry-after"].flatMap { Int($0) } ?? 0)
            default: return .failed(APIClient.error(response))
            }
        }
    }

    private func accept(_ body: JSON) -> Step {
        do throws(OCError) {
            return .loggedIn(try DeviceToken(body))
        } catch {
            return .failed(error)
        }
    }

    /// Asks again, less and less often: who waits for a person does not give up because a server restarts.
    private mutating func again(_ error: OCError, now: Timestamp, notBefore seconds: Int) -> Step {
        losses = min(losses + 1, 6)
        let pause = max(min(interval << losses, max(interval, Self.longestPause)), min(seconds, 3600))
        return now.advanced(bySeconds: Double(pause)) < end ? .ask(afterSeconds: pause) : .failed(error)
    }
}

extension OCError {
    /// Somebody said no.
    static let loginDenied = OCError(.unauthorised, code: "LOGIN_DENIED", "The login was denied in the browser")

    /// Nobody said anything in time.
    static let loginExpired = OCError(
        .unauthorised,
        code: "LOGIN_EXPIRED",
        "Nobody approved the login in time",
        details: ["Run `oc login` again; the code of the last time is of no use any more."]
    )
}
