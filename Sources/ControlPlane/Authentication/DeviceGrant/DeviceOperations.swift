import HTTPOperations
import HTTPTypes
import Schema

/// The operations of the device grant.
struct DeviceOperations: Sendable {
    /// nil when no identity provider is configured, so that nobody could approve.
    let flow: DeviceFlow?

    private static let notFound = ErrorDeclaration(.notFound, "DEVICE_GRANT_NOT_FOUND", "Nobody waits with this code.")
    private static let off = [LoginOperations.off[0], LoginOperations.off[2]]

    /// All of them.
    var operations: [Operation] { [begin, ask, decide, poll] }

    private var begin: Operation {
        Operation(
            OperationLabel(
                .post,
                "/auth/device",
                id: "requestDeviceCode",
                summary: "Initiate a CLI device authorization grant",
                description: "Returns a device code and short user code. The CLI prints the verificationUri for the operator to open in a "
                    + "browser. No credentials required.",
                tag: LoginOperations.tag,
                access: .open,
                errors: Self.off + [LoginOperations.tooMany]
            ),
            answer: .ok(DeviceGrantAnswer.self, "Device grant created.")
        ) { context in
            guard let flow else { throw OperationError.loginIsOff }
            return Reply(try await flow.begin(context))
        }
    }

    private var ask: Operation {
        Operation(
            raw: OperationLabel(
                .get,
                "/auth/device/activate",
                id: "activateDeviceCode",
                summary: "Activate a device grant in the browser (requires OIDC session)",
                description:
                    "The operator opens this URL after a CLI login prompt. If no OIDC session is present the user is redirected (302) to "
                    + "log in first. The page asks; only its form approves.",
                tag: LoginOperations.tag,
                access: .open,
                errors: Self.off + [Self.notFound, LoginOperations.tooMany]
            ),
            parameters: DeviceActivation.self,
            response: ResponseDeclaration(
                status: .ok,
                description: "A page that asks for consent.",
                mediaType: "text/html",
                schema: JSONSchema(type: .string)
            ),
            alternatives: [
                ResponseDeclaration(
                    status: .found,
                    description: "To the login first.",
                    schema: nil,
                    headers: ["Location": "Where the login begins."]
                )
            ]
        ) { activation, context in try await paging(activation.userCode, context) { try await $0.ask(activation.userCode, context) } }
    }

    private var decide: Operation {
        Operation(
            raw: OperationLabel(
                .post,
                "/auth/device/activate",
                id: "decideDeviceCode",
                summary: "Approve or deny a device grant",
                description: "What the consent page's form sends. It is final.",
                tag: LoginOperations.tag,
                access: .open,
                errors: Self.off + [
                    Self.notFound, LoginOperations.csrf, LoginOperations.tooMany,
                    ErrorDeclaration(.unauthorized, "UNAUTHORIZED", "No session."),
                ]
            ),
            form: DeviceDecision.self,
            response: ResponseDeclaration(
                status: .ok,
                description: "A page that says what was decided.",
                mediaType: "text/html",
                schema: JSONSchema(type: .string)
            )
        ) { decision, context in try await paging(decision.userCode, context) { try await $0.decide(decision, context) } }
    }

    private var poll: Operation {
        Operation(
            OperationLabel(
                .get,
                "/auth/device/token",
                id: "pollDeviceToken",
                summary: "Poll for the access token after browser activation",
                description:
                    "Returns 202 while pending, 200 with token when authorized, 410 when the grant has expired. The token is delivered "
                    + "exactly once. Who asks before the interval is over is told slow_down, and has to wait longer.",
                tag: LoginOperations.tag,
                access: .open,
                errors: Self.off
            ),
            parameters: DevicePoll.self,
            answer: Answer(
                .ok,
                DeviceTokenAnswer.self,
                "Grant authorized — token ready.",
                alternatives: [.accepted: "Nobody has decided yet.", .gone: "The grant is over, was denied, or is none."]
            )
        ) { poll, context in
            guard let flow else { throw OperationError.loginIsOff }
            return try await flow.poll(poll.deviceCode, context)
        }
    }

    /// Answers a browser with pages, refusals too.
    ///
    /// - Parameter code: the code that the request is about.
    private func paging(
        _ code: String,
        _ context: OperationContext,
        _ step: @Sendable (DeviceFlow) async throws -> OperationResponse
    ) async throws -> OperationResponse {
        do {
            guard let flow else { throw OperationError.loginIsOff }
            return try await step(flow)
        } catch let error as OperationError where HTMLPage.isWanted(context.headers) {
            return HTMLPage.refusal(error, hint: flow?.hint(error, code) ?? "")
        }
    }
}
