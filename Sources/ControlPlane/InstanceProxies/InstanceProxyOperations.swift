import HTTPOperations
import HTTPTypes
import JSONValue
import OpenClawGateway
import Projection
import Schema

import struct Foundation.Date

/// The operations that reach into instances.
struct InstanceProxyOperations: Sendable {
    let proxy: InstanceProxy
    let relay: ChatRelay
    let configurations: ConfigurationProxy
    let conversations: ConversationProxy
    let runtime: RuntimeReader
    let usage: UsageRepository
    let audit: AuditRepository
    let now: @Sendable () -> Date

    private static let tag = "Instances"
    private static let tagged = ["ETag": "Version of the configuration, for If-Match."]
    private static let consent = ErrorDeclaration(
        .forbidden,
        "CONSENT_REQUIRED",
        "The instance's conversations may not be read; administrators are not exempt."
    )

    /// All of them.
    var operations: [Operation] { [chat] + configuration + reading + [updates] }

    private static func label(
        _ method: HTTPRequest.Method,
        _ path: PathTemplate,
        _ id: String,
        _ summary: String,
        _ description: String,
        access: Access,
        headers: [HeaderDeclaration] = [],
        errors: [ErrorDeclaration] = ProxyFailure.declarations,
        timeout: Duration? = nil
    ) -> OperationLabel {
        OperationLabel(
            method,
            path,
            id: id,
            summary: summary,
            description: description,
            tag: tag,
            access: access,
            headers: InstanceAccess.headers + headers,
            errors: InstanceAccess.refusals + errors,
            timeout: timeout
        )
    }

    private var chat: Operation {
        Operation(
            Self.label(
                .post,
                "/instances/{instance_id}/chat",
                "chatWithInstance",
                "Proxy Chat",
                "Tells the instance's agent something, and hands on what it says as server-sent events: `delta` with {text} for each part, then "
                    + "one `final` with {text}, the whole, or `error` with {code, message}. One chat at a time with an instance. A client that goes "
                    + "away stops the agent; after 300 s it is stopped.",
                access: InstanceAccess.writing,
                errors: ProxyFailure.declarations + [
                    ErrorDeclaration(.conflict, "CHAT_IN_PROGRESS", "A chat with this instance is going on."),
                    ErrorDeclaration(.serviceUnavailable, "TOO_MANY_CHATS", "As many chats as may be are going on."),
                    ErrorDeclaration(.serviceUnavailable, "ENDING", "This control plane is about to end."),
                ],
                timeout: .seconds(60)
            ),
            parameters: InstanceParameters.self,
            body: ChatRequest.self,
            response: ResponseDeclaration(
                status: .ok,
                description:
                    "Events. Codes of `error`: `timeout`, `aborted` (somebody stopped the agent), `interrupted` (the control plane ends), "
                    + "`too_slow` (the answer was not read as fast as it came), `unknown` or another word of the agent, else the code of an error "
                    + "of this operation in lower case.",
                mediaType: "text/event-stream",
                schema: JSONSchema(type: .string)
            )
        ) { parameters, request, context in
            let target = try await proxy.running(try instanceUUID(parameters.instanceID), context)
            // Of the request's id, so that a repetition is recognised; and of the message, so that nothing else is taken for one.
            let name = "\(target.row.idText)\n\(context.requestID)\n\(request.message)"
            let stream = try await relay.begin(
                ChatRelay.Message(
                    instance: target.row.id,
                    tenant: target.uid,
                    text: request.message,
                    key: "opencrane-" + ContentDigest.hexadecimal(of: Array(name.utf8), length: 40),
                    holder: RequestID.random()
                )
            )
            return OperationResponse(
                status: .ok,
                headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
                stream: stream
            )
        }
    }

    private var configuration: [Operation] {
        [
            Operation(
                Self.label(
                    .get,
                    "/instances/{instance_id}/config",
                    "getInstanceConfig",
                    "Proxy Get Config",
                    "The configuration of the instance's gateway, without its secrets.",
                    access: InstanceAccess.reading,
                    timeout: .seconds(45)
                ),
                parameters: InstanceParameters.self,
                answer: .ok(OpaqueObject.self, "The configuration.", headers: Self.tagged)
            ) { parameters, context in
                let target = try await proxy.running(try instanceUUID(parameters.instanceID), context)
                return Self.reply(try await configurations.read(target))
            },
            Operation(
                Self.label(
                    .post,
                    "/instances/{instance_id}/config",
                    "updateInstanceConfig",
                    "Proxy Update Config",
                    "Lays the body over the configuration of the instance's gateway: a merge patch (RFC 7386), at most 256 KiB. Arrays whose elements "
                        + "have an `id` are merged by it. With If-Match it happens only to that version of the configuration.",
                    access: InstanceAccess.writing,
                    headers: [.ifMatch],
                    errors: ProxyFailure.declarations + [
                        ErrorDeclaration(
                            .preconditionFailed,
                            "PRECONDITION_FAILED",
                            "The configuration has another version than If-Match says."
                        ),
                        ErrorDeclaration(.contentTooLarge, "PAYLOAD_TOO_LARGE", "The change is larger than 256 KiB."),
                        Refusals.outcomeUnknown,
                    ],
                    timeout: .seconds(60)
                ),
                parameters: InstanceParameters.self,
                body: OpaqueObject.self,
                answer: .ok(OpaqueObject.self, "The configuration afterwards, without its secrets.", headers: Self.tagged)
            ) { parameters, patch, context in
                let target = try await proxy.running(try instanceUUID(parameters.instanceID), context)
                return Self.reply(
                    try await recorded(
                        target,
                        "InstanceGatewayConfigured",
                        "changed the gateway's configuration of",
                        changes: true,
                        context
                    ) {
                        try await configurations.change(target, patch.json, ifMatch: context.headers[.ifMatch])
                    }
                )
            },
        ]
    }

    /// Does something and records it in the audit trail, without what it is about.
    ///
    /// - Parameters:
    ///   - changes: whether it changes something: when the trail cannot be written then, it is not as if nothing had happened.
    private func recorded<Value: Sendable>(
        _ target: InstanceProxy.Target,
        _ action: String,
        _ what: String,
        changes: Bool,
        _ context: OperationContext,
        _ work: () async throws -> Value
    ) async throws -> Value {
        let draft = target.row.audit(action, "\(what) the instance \(target.row.idText).", context)
        let value: Value
        do {
            value = try await work()
        } catch {
            // Whether it was done is not known in all cases: the trail says that it was tried.
            _ = try? await audit.append(draft, outcome: .failed, now: now())
            throw error
        }
        // Nobody is shown, or told of, what is not in the trail.
        try await onDatabaseWrite(hasActed: changes) { _ = try await audit.append(draft, now: now()) }
        return value
    }

    private static func reply(_ configuration: GatewayConfiguration) -> Reply<OpaqueObject> {
        let value = OpaqueObject(configuration.config)
        return configuration.hash.map { Reply(value, tag: EntityTag($0)) } ?? Reply(value)
    }

    private var reading: [Operation] {
        [
            Operation(
                Self.label(
                    .get,
                    "/instances/{instance_id}/conversations",
                    "listInstanceConversations",
                    "Proxy Conversations",
                    "The conversations of the instance, the newest first, of the newest 1000. Needs its consent.",
                    access: InstanceAccess.reading,
                    errors: ProxyFailure.declarations + [Self.consent],
                    timeout: .seconds(45)
                ),
                parameters: ConversationsParameters.self,
                answer: .page(of: ConversationsAnswer.self, "The conversations.")
            ) { parameters, context in
                let target = try await proxy.readable(try instanceUUID(parameters.instanceID), context)
                // The last message of each is shown.
                let page = try await recorded(
                    target,
                    "InstanceConversationsListed",
                    "listed the conversations of",
                    changes: false,
                    context
                ) { try await conversations.list(target, limit: parameters.limit, cursor: parameters.cursor) }
                return Reply(page.answer, next: page.next, context: context)
            },
            Operation(
                Self.label(
                    .get,
                    "/instances/{instance_id}/conversations/{conversation_id}",
                    "getInstanceConversation",
                    "Proxy Conversation Detail",
                    "The messages of a conversation, the newest first page by page, of the newest 1000. Needs the consent of the instance.",
                    access: InstanceAccess.reading,
                    errors: ProxyFailure.declarations + [
                        Self.consent, ErrorDeclaration(.notFound, "CONVERSATION_NOT_FOUND", "The instance has no such conversation."),
                    ],
                    timeout: .seconds(45)
                ),
                parameters: ConversationParameters.self,
                answer: .page(of: ConversationAnswer.self, "The messages.")
            ) { parameters, context in
                let target = try await proxy.readable(try instanceUUID(parameters.instanceID), context)
                let page = try await recorded(target, "InstanceConversationRead", "read a conversation of", changes: false, context) {
                    try await conversations.detail(
                        target,
                        parameters.conversationID,
                        limit: parameters.limit,
                        cursor: parameters.cursor
                    )
                }
                return Reply(page.answer, next: page.next, context: context)
            },
            Operation(
                Self.label(
                    .get,
                    "/instances/{instance_id}/runtime",
                    "getInstanceRuntime",
                    "Get Runtime Status",
                    "How the instance runs. Answers in every state: what its gateway does not say is null, and error_code says why.",
                    access: InstanceAccess.reading,
                    errors: []
                ),
                parameters: InstanceParameters.self,
                answer: .ok(RuntimeView.self, "What is known.")
            ) { parameters, context in
                Reply(try await runtime.view(try instanceUUID(parameters.instanceID), context))
            },
            Operation(
                Self.label(
                    .get,
                    "/instances/{instance_id}/usage",
                    "getInstanceUsage",
                    "Get Instance Usage",
                    "What the instance used, by day in UTC, as far as it was collected: a few minutes late.",
                    access: InstanceAccess.reading,
                    errors: []
                ),
                parameters: UsageParameters.self,
                answer: .ok(UsageAnswer.self, "What was used.")
            ) { parameters, context in
                let row = try await proxy.access.load(try instanceUUID(parameters.instanceID), context).row
                let today = UsageDay(now())
                let range = today.advanced(by: 1 - parameters.days)...today
                let (days, people) = try await onDatabase { try await usage.samples(row.id, in: range) }
                return Reply(UsageAnswer(row, samples: days, people: people, in: range))
            },
        ]
    }

    private var updates: Operation {
        Operation(
            Self.label(
                .post,
                "/instances/{instance_id}/updates/apply",
                "applyInstanceUpdates",
                "Apply Updates",
                "Brings the stored settings of the instance - model policy, skills, channels, integrations - to its gateway.",
                access: InstanceAccess.writing,
                errors: ProxyFailure.declarations + [Refusals.outcomeUnknown],
                timeout: .seconds(90)
            ),
            parameters: InstanceParameters.self,
            body: ApplyRequest.self,
            answer: .ok(ApplyAnswer.self, "What was done.")
        ) { parameters, request, context in
            let target = try await proxy.running(try instanceUUID(parameters.instanceID), context)
            return Reply(
                try await recorded(target, "InstanceUpdatesApplied", "applied the settings of", changes: true, context) {
                    try await configurations.apply(target, request)
                }
            )
        }
    }
}
