import HTTPOperations
import HTTPTypes
import JSONValue
import OpenClawGateway
import Testing

@testable import ControlPlane

@Suite struct ProxyFailureTests {
    @Test(
        arguments: [
            (GatewayAccessError.Code.unknown, 409), (.notReady, 409), (.unreachable, 502), (.timeout, 504), (.refused, 502), (.busy, 503),
        ]
    )
    func noConnection(_ code: GatewayAccessError.Code, _ status: Int) throws {
        let failure = try #require(ProxyFailure(GatewayAccessError(code, "secret reason")))
        #expect(failure.operationError.status.code == status)
        #expect(!failure.message.contains("secret reason"))
    }

    @Test func everyCodeHasARule() {
        #expect(Set(ProxyFailure.connecting.keys) == Set(GatewayAccessError.Code.allCases))
    }

    @Test(
        arguments: [
            (GatewayError.Code.unreachable, 502), (.closed, 502), (.refused, 502), (.timeout, 504), (.invalidAnswer, 502),
            (.unsupported, 501), (.tooLarge, 413), (.busy, 503),
        ]
    )
    func noAnswer(_ code: GatewayError.Code, _ status: Int) throws {
        #expect(try #require(ProxyFailure(GatewayError(code, "x"))).operationError.status.code == status)
    }

    @Test func whoGivesUpIsAnsweredNothing() { #expect(ProxyFailure(GatewayError(.cancelled, "x")) == nil) }

    @Test(
        arguments: [
            ("INVALID_REQUEST", "invalid config: x", 400), ("INVALID_REQUEST", "agent \"x\" not found", 404),
            ("INVALID_REQUEST", "unknown agent id", 404), ("INVALID_REQUEST", "agent \"x\" already exists", 409),
            ("INVALID_REQUEST", "config changed since last load; re-run config.get and retry", 409),
            ("INVALID_REQUEST", "missing scope: operator.admin", 403), ("FORBIDDEN", "missing scope: operator.admin", 403),
            ("NOT_LINKED", "x", 409), ("NOT_PAIRED", "x", 409), ("UNAVAILABLE", "x", 502), ("AGENT_TIMEOUT", "x", 504),
            ("AGENT_RESULT_NOT_FOUND", "x", 404), ("APPROVAL_NOT_FOUND", "x", 404), ("SOMETHING_NEW", "x", 502),
        ]
    )
    func theGatewaysWord(_ code: String, _ message: String, _ status: Int) throws {
        let word = GatewayFailure(code: code, message: message)
        let failure = try #require(ProxyFailure(GatewayError(.failed, "The gateway refused x.", failure: word)))
        #expect(failure.operationError.status.code == status)
        // A refusal is told in the gateway's own words, trouble is not; neither reaches the log.
        let isRefusal = (400..<500).contains(status) && failure.rule.message == nil
        #expect((failure.message == message) == isRefusal)
        #expect(failure.operationError.cause == nil)
        #expect(failure.operationError.headers[.retryAfter] == nil)
    }

    @Test func howLongToWaitIsHandedOn() throws {
        let word = GatewayFailure(
            code: "UNAVAILABLE",
            message: "rate limit exceeded for config.patch; retry after 42s",
            isRetryable: true,
            retryAfter: .milliseconds(41_500)
        )
        let error = try #require(ProxyFailure(GatewayError(.failed, "x", failure: word))).operationError
        #expect(error.status == .badGateway && error.headers[.retryAfter] == "42")
        let starting = GatewayFailure(code: "UNAVAILABLE", message: "x", details: ["reason": "startup-sidecars"], retryAfter: .zero)
        let cause = GatewayError(.unreachable, "x", failure: starting)
        let other = try #require(ProxyFailure(GatewayAccessError(.unreachable, "x", cause: cause))).operationError
        #expect(other.status == .badGateway && other.headers[.retryAfter] == "1")
    }
}
