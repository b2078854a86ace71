import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue
import NIOConcurrencyHelpers
import Postgres
import Projection

/// The operations on the keys of programs.
struct APIKeyOperations: Sendable {
    /// Most keys of an organisation that can be used at a time.
    static let limit = 200

    let keys: APIKeyRepository
    let authenticator: APIKeyAuthenticator
    let writer: MutationWriter
    let now: @Sendable () -> Date
    let makeKey: @Sendable (UUID?) -> APIKey

    private static let tag = "API keys"
    static let reading: Access = .scoped(APIKeyScope.readKeys.rawValue, [.platformAdmin, .organizationAdmin])
    static let writing: Access = .scoped(APIKeyScope.writeKeys.rawValue, [.platformAdmin, .organizationAdmin])
    private static let notFound = ErrorDeclaration(.notFound, "API_KEY_NOT_FOUND", "No such key in the caller's organisation.")
    private static let otherCustomer = ErrorDeclaration(.forbidden, "OTHER_CUSTOMER", "The key is for another customer.")
    private static let notHeld = ErrorDeclaration(
        .forbidden,
        "SCOPE_NOT_HELD",
        "The key may be used for more than the caller's credential."
    )

    private static let otherKey = ErrorDeclaration(
        .forbidden,
        "OTHER_API_KEY",
        "The caller presents a key that neither is this one nor was it made with."
    )

    /// All of them.
    var operations: [HTTPOperations.Operation] { [create, list, revoke, rotate] }

    private var create: HTTPOperations.Operation {
        Operation(
            OperationLabel(
                .post,
                "/",
                id: "createApiKey",
                summary: "Make an API key",
                description:
                    "The key is shown in this answer and never again; only its SHA-256 is kept. A key that is made with another ends with it. "
                    + "Administrators of the platform name the organisation by a header.",
                tag: Self.tag,
                access: Self.writing,
                headers: [.idempotencyKey, ActingFor.organization],
                errors: Refusals.mutating + [
                    Refusals.answerNotKept, Self.otherCustomer, Self.notHeld,
                    ErrorDeclaration(.conflict, "API_KEY_LIMIT", "The organisation has as many keys as it may."),
                ]
            ),
            body: APIKeyOrder.self,
            answer: .created(APIKeyAnswer.self, "The key, with its secret.")
        ) { order, context in try await create(order, context) }
    }

    private var list: HTTPOperations.Operation {
        Operation(
            OperationLabel(
                .get,
                "/",
                id: "listApiKeys",
                summary: "List API keys",
                description: "The newest first, without secrets.",
                tag: Self.tag,
                access: Self.reading,
                headers: [ActingFor.organization],
                errors: Refusals.reading
            ),
            parameters: APIKeySearch.self,
            answer: .page(APIKeyView.self, "Keys.")
        ) { search, context in
            let manager = try APIKeyManager(context)
            let filter = APIKeyFilter(
                organization: manager.organization,
                customerID: manager.customerID,
                includesEnded: search.includeEnded
            )
            let page = try await onDatabase {
                try await keys.list(filter, limit: search.limit, cursor: search.cursor, now: now())
            }
            return Reply(page: page.map(APIKeyView.init), context: context)
        }
    }

    private var revoke: HTTPOperations.Operation {
        Operation(
            OperationLabel(
                .delete,
                "/{id}",
                id: "revokeApiKey",
                summary: "Revoke an API key",
                description: "The key ends at once here, and within 10 seconds on every replica, and so do all that were made with it. "
                    + "Revoking it again changes nothing. A key may revoke itself and those that were made with it.",
                tag: Self.tag,
                access: Self.writing,
                headers: [.idempotencyKey, ActingFor.organization],
                errors: Refusals.mutating + [Self.notFound, Self.otherCustomer, Self.otherKey]
            ),
            parameters: APIKeyPlace.self,
            answer: .noContent("It is revoked.")
        ) { place, context in
            let manager = try APIKeyManager(context)
            let ended = NIOLockedValueBox<[UUID]>([])
            let reply: Reply<NoContent> = try await writer.write(context, headers: [ActingFor.organization]) { transaction, now in
                let record = try manager.requireOwn(try await APIKeyRepository.lockInTurn(place.id, in: transaction))
                try manager.requireOwnLine(try await APIKeyRepository.line(of: record.id, in: transaction))
                // Also of a key that was revoked before: nothing that was made with it may be left.
                let children = try await APIKeyRepository.lockChildren(of: record.id, in: transaction)
                for child in children {
                    let (after, draft) = try revoked(child, now, context)
                    try await APIKeyRepository.update(after, in: transaction)
                    try await AuditRepository.append(draft, outcome: .succeeded, now: now, in: transaction)
                }
                ended.withLockedValue { $0 = children.map(\.id) }
                guard record.revokedAt == nil else { return Mutation(Reply(NoContent())) }
                let (after, draft) = try revoked(record, now, context)
                try await APIKeyRepository.update(after, in: transaction)
                return Mutation(Reply(NoContent()), audit: draft)
            }
            for id in ended.withLockedValue({ $0 }) + [place.id] { authenticator.forget(id) }
            return reply
        }
    }

    private func revoked(_ record: APIKeyRecord, _ now: Date, _ context: OperationContext) throws -> (APIKeyRecord, AuditDraft) {
        var after = record
        after.revokedAt = now
        after.previous = nil
        return (after, try audit("Revoked", after, before: try JSON(encoding: APIKeyView(record)), context))
    }

    private var rotate: HTTPOperations.Operation {
        Operation(
            OperationLabel(
                .post,
                "/{id}/rotate",
                id: "rotateApiKey",
                summary: "Give an API key a new secret",
                description: "The new key is shown in this answer and never again. The one before ends at once, or after grace_seconds; "
                    + "one from a rotation before that ends at once in any case. A key may rotate itself and those that were made with it.",
                tag: Self.tag,
                access: Self.writing,
                headers: [.idempotencyKey, ActingFor.organization],
                errors: Refusals.mutating + [
                    Refusals.answerNotKept, Self.notFound, Self.otherCustomer, Self.otherKey, Self.notHeld,
                    ErrorDeclaration(.conflict, "API_KEY_ENDED", "The key was revoked or has expired."),
                ]
            ),
            parameters: APIKeyPlace.self,
            optionalBody: APIKeyRotation.self,
            answer: .ok(APIKeyAnswer.self, "The key, with its new secret.")
        ) { place, rotation, context in
            let manager = try APIKeyManager(context)
            let key = makeKey(place.id)
            let reply = try await writer.write(context, headers: [ActingFor.organization]) { transaction, now in
                let before = try manager.requireOwn(try await APIKeyRepository.lockInTurn(place.id, in: transaction))
                try manager.requireOwnLine(try await APIKeyRepository.line(of: before.id, in: transaction))
                let after = try manager.rotated(before, to: key, grace: rotation.graceSeconds, now: now)
                try await APIKeyRepository.update(after, in: transaction)
                return Mutation(
                    Reply(APIKeyAnswer(key: key.text, apiKey: APIKeyView(after))),
                    audit: try audit("Rotated", after, before: JSON(encoding: APIKeyView(before)), context),
                    keepsAnswer: false
                )
            }
            authenticator.forget(place.id)
            return reply
        }
    }

    private func create(_ order: APIKeyOrder, _ context: OperationContext) async throws -> Reply<APIKeyAnswer> {
        let manager = try APIKeyManager(context)
        let key = makeKey(nil)
        return try await writer.write(context, headers: [ActingFor.organization]) { transaction, now in
            if let organization = manager.organization {
                try await APIKeyRepository.takeTurn(of: organization, in: transaction)
            }
            var parent: APIKeyRecord?
            if let id = APIKeyRecord.id(of: context.principal) {
                parent = try await APIKeyRepository.lock(id, in: transaction)
                guard parent?.isLive(now) == true else { throw OperationError.unauthorized(APIKeyAuthenticator.credentials) }
            }
            let record = try manager.record(order, key: key, parent: parent, createdBy: context.principal.subject, now: now)
            guard try await APIKeyRepository.count(organization: record.organization, now: now, in: transaction) < Self.limit else {
                throw OperationError(
                    .conflict,
                    code: "API_KEY_LIMIT",
                    message: "The organisation has \(Self.limit) keys, as many as it may; revoke some that are not used."
                )
            }
            try await APIKeyRepository.insert(record, in: transaction)
            return Mutation(
                Reply(APIKeyAnswer(key: key.text, apiKey: APIKeyView(record))),
                audit: try audit("Created", record, before: nil, context),
                keepsAnswer: false
            )
        }
    }

    /// An entry of the audit trail; a view holds neither a secret nor its hash.
    private func audit(_ action: String, _ record: APIKeyRecord, before: JSON?, _ context: OperationContext) throws -> AuditDraft {
        let id = record.id.uuidString.lowercased()
        return context.audit(
            action,
            "APIKey/\(id)",
            message: "\(action.lowercased()) the API key \(record.name) (\(id)) of \(record.organization).",
            before: before,
            after: try JSON(encoding: APIKeyView(record))
        )
    }
}
