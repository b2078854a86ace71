import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue
import Observability
import Postgres
import Schema
import SealedSecrets

/// The provider in the path.
struct ProviderPlace: Decodable, Sendable, SchemaDescribing {
    var provider: String

    static let schemaNotes: [String: SchemaNote] = [
        "provider": SchemaNote(
            "The provider: openai, claude, or another as LiteLLM calls it. Upper and lower case mean the same.",
            pattern: "^[A-Za-z][A-Za-z0-9_-]*$",
            minLength: 1,
            maxLength: 63
        )
    ]
}

/// Which page of providers is asked for.
struct ProviderKeySearch: Decodable, Sendable, SchemaDescribing {
    var limit: Int
    var cursor: String?

    static let schemaNotes: [String: SchemaNote] = ["limit": .pageLimit(default: 1000, maximum: 1000), "cursor": .pageCursor]
}

/// A provider's key that is to be used from now on.
struct ProviderKeyOrder: Decodable, Sendable, SchemaDescribing {
    var apiKey: String

    static var schemaName: String? { "ProviderKeyOrder" }
    static let schemaNotes: [String: SchemaNote] = [
        "apiKey": SchemaNote(
            "The key. It is sealed, given to the model proxy, and never shown.",
            pattern: "\\S",
            minLength: 1,
            maxLength: 4096
        )
    ]
}

/// Whether a provider has a key; nothing of the key itself.
struct ProviderKeyView: Codable, Sendable, Hashable, SchemaDescribing {
    var provider: String
    var configured: Bool
    var updatedAt: Nullable<String>
    var toldAt: Nullable<String>
    var lastError: Nullable<String>

    static var schemaName: String? { "ProviderKey" }
    static let schemaNotes: [String: SchemaNote] = [
        "provider": "The provider.", "configured": "Whether it has a key.", "updatedAt": "When its key was last set; null without one.",
        "toldAt": "When the model proxy took this key; null while it has not: then the one before it is still in use.",
        "lastError": "Why the model proxy has not taken it, as the last try went; null without a failure.",
    ]

    init(_ status: ProviderKeyStatus) {
        provider = status.provider
        configured = status.updatedAt != nil
        updatedAt = Nullable(status.updatedAt.map(RESTTimestamp.text))
        toldAt = Nullable(status.toldAt.map(RESTTimestamp.text))
        lastError = Nullable(status.failure)
    }
}

/// The operations on the keys of providers.
struct ProviderKeyOperations: Sendable {
    /// Most providers that have keys.
    static let limit = 200

    let settings: ModelProxySettings
    let keys: ProviderKeyRepository
    let writer: MutationWriter

    private static let tag = "Providers"
    private static let description = "It is given to the model proxy as the credential opencrane-{provider}, until the proxy has it."
    private static let notFound = ErrorDeclaration(.notFound, "PROVIDER_KEY_NOT_FOUND", "The provider has no key.")
    private static let unsealed = ErrorDeclaration(
        .serviceUnavailable,
        "SEALING_NOT_CONFIGURED",
        "The control plane was started without keys to seal with; nothing was kept."
    )

    /// All of them.
    var operations: [HTTPOperations.Operation] { [list, write, remove] }

    private var list: HTTPOperations.Operation {
        Operation(
            OperationLabel(
                .get,
                "/providers/keys",
                id: "listProviderKeys",
                summary: "List configured provider API keys (configured status only, never the key value)",
                description: "openai and claude in any case, and every other provider with a key; by name.",
                tag: Self.tag,
                access: .administering,
                errors: Refusals.reading
            ),
            parameters: ProviderKeySearch.self,
            answer: .page(ProviderKeyView.self, "Provider key status list.")
        ) { search, context in
            let page = try await onDatabase { try await keys.list(limit: search.limit, cursor: search.cursor) }
            return Reply(page: page.map(ProviderKeyView.init), context: context)
        }
    }

    private var write: HTTPOperations.Operation {
        Operation(
            OperationLabel(
                .put,
                "/providers/keys/{provider}",
                id: "upsertProviderKey",
                summary: "Create or update a provider API key",
                description: Self.description,
                tag: Self.tag,
                access: .administering,
                headers: [.idempotencyKey, .ifMatch],
                errors: Refusals.changingCatalogue + [
                    ModelProxyRefusals.notConfigured, Self.unsealed,
                    ErrorDeclaration(.conflict, "PROVIDER_KEY_LIMIT", "As many providers have keys as may."),
                ]
            ),
            parameters: ProviderPlace.self,
            body: ProviderKeyOrder.self,
            answer: .ok(ProviderKeyView.self, "Key updated.", headers: Refusals.tagged)
        ) { place, order, context in
            let provider = try Self.provider(place)
            guard settings.client != nil else { throw ModelProxyRefusals.unconfigured }
            guard let sealer = settings.sealer else {
                throw OperationError(
                    .serviceUnavailable,
                    code: "SEALING_NOT_CONFIGURED",
                    message: "Keys of providers are kept sealed only; set OPENCRANE_SEALING_KEYS or OPENCRANE_SEALING_KEYS_FILE."
                )
            }
            let key = SensitiveString(order.apiKey.trimmingCharacters(in: .whitespacesAndNewlines))
            let sealed = try sealer.seal(key, at: ProviderKeyRepository.place(provider))
            return try await writer.write(context) { transaction, now in
                let before = try await ProviderKeyRepository.lock(provider, in: transaction)
                if context.header(.ifMatch) != nil {
                    guard let before else { throw OperationError.preconditionFailed }
                    try context.requireMatch(before.tag)
                }
                if before == nil, try await ProviderKeyRepository.count(in: transaction) >= Self.limit {
                    throw OperationError(.conflict, code: "PROVIDER_KEY_LIMIT", message: "\(Self.limit) providers have keys; remove some.")
                }
                try await ProviderKeyRepository.set(provider, sealed, now: now, in: transaction)
                let after = ProviderKeyStatus(provider: provider, revision: (before?.revision ?? 0) + 1, updatedAt: now)
                return Mutation(
                    Reply(ProviderKeyView(after), tag: after.tag),
                    audit: context.audit(
                        before == nil ? "ProviderKeyCreated" : "ProviderKeyUpdated",
                        "ProviderKey/\(provider)",
                        message: "set the key of the provider \(provider).",
                        before: try before.map { try JSON(encoding: ProviderKeyView($0)) },
                        after: try JSON(encoding: ProviderKeyView(after))
                    )
                )
            }
        }
    }

    private var remove: HTTPOperations.Operation {
        Operation(
            OperationLabel(
                .delete,
                "/providers/keys/{provider}",
                id: "deleteProviderKey",
                summary: "Delete a configured provider API key",
                tag: Self.tag,
                access: .administering,
                headers: [.idempotencyKey, .ifMatch],
                errors: Refusals.changingCatalogue + [ModelProxyRefusals.notConfigured, Self.notFound]
            ),
            parameters: ProviderPlace.self,
            answer: .noContent("Key deleted.")
        ) { place, context in
            let provider = try Self.provider(place)
            guard settings.client != nil else { throw ModelProxyRefusals.unconfigured }
            return try await writer.write(context) { transaction, _ in
                guard let before = try await ProviderKeyRepository.lock(provider, in: transaction) else {
                    throw OperationError(.notFound, code: "PROVIDER_KEY_NOT_FOUND", message: "The provider \(provider) has no key.")
                }
                try context.requireMatch(before.tag)
                try await ProviderKeyRepository.remove(provider, in: transaction)
                return Mutation(
                    Reply(NoContent()),
                    audit: context.audit(
                        "ProviderKeyDeleted",
                        "ProviderKey/\(provider)",
                        message: "removed the key of the provider \(provider).",
                        before: try JSON(encoding: ProviderKeyView(before))
                    )
                )
            }
        }
    }

    private static func provider(_ place: ProviderPlace) throws(OperationError) -> String {
        guard let name = ProviderName(place.provider) else {
            throw .invalid("provider", "must begin with a letter and hold letters, digits, - and _ alone", in: .path)
        }
        return name.text
    }
}

extension ProviderKeyStatus {
    /// The version that `If-Match` names.
    var tag: EntityTag { EntityTag("\(provider).\(revision)") }
}
