import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue
import Projection

/// The operations on access tokens.
struct AccessTokenOperations: Sendable {
    let tokens: AccessTokenRepository
    let authenticator: AccessTokenAuthenticator
    /// The cookie of sessions; nil where nobody logs in.
    var cookie: SessionCookie?
    let writer: MutationWriter
    /// How long a token is good whose maker names no end, in seconds.
    let lifetime: TimeInterval
    /// When tokens end at the latest.
    let limits: AccessTokenLimits
    let now: @Sendable () -> Date
    let makeToken: @Sendable () -> (id: UUID, token: AccessToken)

    private static let tag = "Access Tokens"
    /// Everybody who is somebody has tokens of their own.
    private static let access: Access = .roles([
        .platformAdmin, .customerAdmin, .viewer, .owner, .organizationAdmin, .organizationMember,
    ])

    /// All of them.
    var operations: [HTTPOperations.Operation] { [list, create, delete] }

    private var list: HTTPOperations.Operation {
        Operation(
            OperationLabel(
                .get,
                "/access-tokens",
                id: "listAccessTokens",
                summary: "List all issued access tokens (hashes only, never plaintext)",
                description:
                    "The caller's own, the newest first, without the tokens themselves; administrators of the platform see everybody's. "
                    + "Tokens that are over are not listed.",
                tag: Self.tag,
                access: Self.access,
                errors: Refusals.reading
            ),
            parameters: AccessTokenSearch.self,
            answer: .page(AccessTokenView.self, "Token list.")
        ) { search, context in
            let rules = AccessTokenRules(caller: context.principal, parent: nil)
            let page = try await onDatabase {
                try await tokens.list(owner: rules.visibleOwner, limit: search.limit, cursor: search.cursor, now: now())
            }
            return Reply(page: page.map(AccessTokenView.init), context: context)
        }
    }

    private var create: HTTPOperations.Operation {
        Operation(
            OperationLabel(
                .post,
                "/access-tokens",
                id: "createAccessToken",
                summary: "Create a new access token. Returns plaintext token once — store it securely.",
                description: "The bearer is the caller, with at most the caller's roles. Only the token's SHA-256 is kept. "
                    + "A token that was made with another ends with it. One for somebody else ends when its maker administers the platform no "
                    + "more. Tokens rest while their owner, or their maker, has not logged in for long.",
                tag: Self.tag,
                access: Self.access,
                headers: [.idempotencyKey],
                errors: Refusals.mutating + [
                    Refusals.answerNotKept,
                    ErrorDeclaration(.conflict, "ACCESS_TOKEN_LIMIT", "The owner has as many tokens as there may be."),
                    ErrorDeclaration(.forbidden, "OTHER_OWNER", "The token would stand for somebody else."),
                    ErrorDeclaration(.forbidden, "ROLE_NOT_HELD", "The token would be more than the caller is."),
                    ErrorDeclaration(.forbidden, "SCOPE_NOT_HELD", "The token would be good for more than the caller's."),
                ]
            ),
            parameters: NoParameters.self,
            optionalBody: AccessTokenOrder.self,
            answer: .created(AccessTokenAnswer.self, "Token created. The plainTextToken field will not be returned again.")
        ) { _, order, context in try await create(order, context) }
    }

    private var delete: HTTPOperations.Operation {
        Operation(
            OperationLabel(
                .delete,
                "/access-tokens/{id}",
                id: "deleteAccessToken",
                summary: "Revoke and delete an access token",
                description: "It ends everywhere at once, and with it those that were made with it.",
                tag: Self.tag,
                access: Self.access,
                headers: [.idempotencyKey],
                errors: Refusals.mutating + [
                    ErrorDeclaration(.notFound, "TOKEN_NOT_FOUND", "There is no such token, or it is somebody else's.")
                ]
            ),
            parameters: AccessTokenPlace.self,
            answer: .noContent("Token deleted.")
        ) { place, context in
            let rules = AccessTokenRules(caller: context.principal, parent: nil)
            return try await writer.write(context) { transaction, _ in
                guard let record = try await AccessTokenRepository.lock(place.id, in: transaction), rules.sees(record) else {
                    throw OperationError(.notFound, code: "TOKEN_NOT_FOUND", message: "There is no such access token.")
                }
                try await AccessTokenRepository.delete(record.id, in: transaction)
                let before = try JSON(encoding: AccessTokenView(record))
                return Mutation(Reply(NoContent()), audit: Self.audit("Deleted", record, before: before, after: nil, context))
            }
        }
    }

    private func create(_ order: AccessTokenOrder, _ context: OperationContext) async throws -> Reply<AccessTokenAnswer> {
        let rules = AccessTokenRules(caller: context.principal, parent: try await authenticator.record(of: context), limits: limits)
        let (id, token) = makeToken()
        return try await writer.write(context) { transaction, now in
            let record = try rules.record(order, token: token, id: id, now: now, lifetime: lifetime)
            // Whoever is being shown out has either what is made here taken away, or nothing to make it with.
            let people: Set<String> = [context.principal.subject, record.owner, record.maker ?? record.createdBy]
            try await DepartureOperations.takeTurn(of: people, in: transaction)
            if context.principal.method == SessionAuthenticator.method {
                guard let secret = cookie?.find(in: context.headers),
                    try await SessionRepository.isThere(OpaqueSecret.hash(secret), in: transaction)
                else { throw OperationError.unauthorized }
            }
            if let parent = record.parentID, try await AccessTokenRepository.lock(parent, in: transaction) == nil {
                throw OperationError.unauthorized
            }
            try await AccessTokenRepository.insert(record, now: now, in: transaction)
            let view = AccessTokenView(record)
            return Mutation(
                Reply(AccessTokenAnswer(id: view.id, plainTextToken: token.text, expiresAt: view.expiresAt)),
                audit: Self.audit("Created", record, before: nil, after: try JSON(encoding: view), context),
                keepsAnswer: false
            )
        }
    }

    /// An entry of the audit trail; a view holds neither a token nor its hash.
    private static func audit(
        _ action: String,
        _ record: AccessTokenRecord,
        before: JSON?,
        after: JSON?,
        _ context: OperationContext
    ) -> AuditDraft {
        let id = record.id.uuidString.lowercased()
        return context.audit(
            action,
            "AccessToken/\(id)",
            message: "\(action.lowercased()) the access token \(record.name) (\(id)) of \(record.owner).",
            before: before,
            after: after
        )
    }
}
