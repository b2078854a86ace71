import Entitlements
import Foundation
import HTTPOperations
import HTTPTypes
import KubernetesClient
import Logging
import OCIRegistry
import Projection
import Schema

/// Delivers the content of skills to the pods of tenants that may use them.
///
/// Content that does not exist, that is not published, and that the tenant may not use are told apart by nothing.
struct SkillDelivery: Sendable {
    let skills: SkillRepository
    let grants: GrantRepository
    let groups: GroupRepository
    let tenants: TenantRepository
    /// Namespace of the tenants.
    let namespace: String
    let registry: RegistryClient?
    let pullLimit: Duration
    /// Whether the registry is left alone.
    var rest = RegistryRest()

    private static let notFound = ErrorDeclaration(
        .notFound,
        "SKILL_BUNDLE_NOT_FOUND",
        "There is no such content, it is not published, or the tenant may not use it."
    )

    /// The operation among the others that pods call.
    var operation: HTTPOperations.Operation {
        operation(
            "/bundles/{digest}/content",
            id: "getSkillContent",
            summary: "Deliver the content of a skill to a tenant that may use it"
        )
    }

    /// The same where pods look for a registry of skills: at the address, and with the token, that the operator gives them.
    var registryOperation: HTTPOperations.Operation {
        operation("/{digest}", id: "fetchSkillBundle", summary: "Deliver the content of a skill, as the registry that pods are told of")
    }

    private func operation(_ path: PathTemplate, id: String, summary: String) -> HTTPOperations.Operation {
        HTTPOperations.Operation(
            raw: OperationLabel(
                .get,
                path,
                id: id,
                summary: summary,
                description: "The tenant is the one whose pod calls. Content comes from the registry, or else from the database.",
                tag: "Skills",
                access: .working,
                errors: Refusals.reading + [Self.notFound]
            ),
            parameters: SkillContentPlace.self,
            response: ResponseDeclaration(
                status: .ok,
                description: "The content.",
                mediaType: "text/markdown",
                schema: JSONSchema(type: .string),
                headers: [
                    "X-Skill-Name": "Name of the skill, percent-encoded where it is not plain ASCII.",
                    "X-Skill-Digest": "Digest of the content.", "ETag": "The same, quoted.",
                ]
            )
        ) { place, context in try await deliver(place.digest, context) }
    }

    /// Delivers content.
    func deliver(_ digest: String, _ context: OperationContext) async throws -> OperationResponse {
        let tenant = try context.requireWorkloadTenant()
        guard let blob = try? BlobDigest(parsing: digest), let skill = try await entitled(to: digest, tenant: tenant),
            let content = try await content(blob, context.logger)
        else {
            throw OperationError(.notFound, code: "SKILL_BUNDLE_NOT_FOUND", message: "There is no skill with the digest \(digest).")
        }
        var headers: HTTPFields = [.contentType: "text/markdown; charset=utf-8", .eTag: EntityTag(digest).description]
        headers[.skillName] = Self.headerText(skill.name)
        headers[.skillDigest] = digest
        headers[.cacheControl] = "private, no-cache"
        return OperationResponse(status: .ok, headers: headers, body: content)
    }

    /// The first skill with some content that a tenant may use.
    private func entitled(to digest: String, tenant: String) async throws -> SkillRecord? {
        try await onDatabase {
            let candidates = try await skills.delivered(digest: digest)
            guard !candidates.isEmpty, let row = try await tenants.get(namespace: namespace, name: tenant) else { return nil }
            let standing = try await groups.standing(tenant: tenant, department: row.team)
            let allowlist = SkillAllowlist(row.metadata.spec)
            for skill in candidates where allowlist.allows(name: skill.name, id: skill.id.text) {
                let known = try await grants.grants(of: .skillBundle, reaching: standing, payloadID: skill.id.text)
                if Entitlement.compile(.skillBundle, from: known, for: standing).contains(where: \.isAllowed) { return skill }
            }
            return nil
        }
    }

    /// Content from the registry, or from the database when the registry does not have it, is down, gives something else, or has just done so.
    private func content(_ digest: BlobDigest, _ logger: Logger) async throws -> [UInt8]? {
        if let registry, !rest.isOn {
            do {
                if let content = try await TimeSource.system.withTimeout(pullLimit, { try await registry.pullBlob(digest) }) {
                    return content
                }
            } catch let error as CancellationError {
                throw error
            } catch {
                rest.begin()
                logger.warning("the registry gave no content", metadata: ["digest": .string("\(digest)"), "error": .string("\(error)")])
            }
        }
        guard let content = try await onDatabase({ try await skills.content(digest.description) }) else { return nil }
        guard BlobDigest(of: content) == digest else {
            throw OperationError.internalError(RegistryError(.digestMismatch, "The content in the database is not the one of \(digest)."))
        }
        return content
    }

    /// A text as a header carries it.
    static func headerText(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            if (0x20...0x7E).contains(byte), byte != UInt8(ascii: "%") {
                result.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                result += "%" + String(byte >> 4, radix: 16, uppercase: true) + String(byte & 15, radix: 16, uppercase: true)
            }
        }
        return result
    }
}

/// Which content is asked for.
struct SkillContentPlace: Decodable, Sendable, SchemaDescribing {
    var digest: String

    static let schemaNotes: [String: SchemaNote] = [
        "digest": SchemaNote("Digest of the content: sha256: and 64 hexadecimal digits.", minLength: 1, maxLength: 253)
    ]
}

extension HTTPField.Name {
    /// `X-Skill-Name`.
    static var skillName: Self { known("X-Skill-Name") }
    /// `X-Skill-Digest`.
    static var skillDigest: Self { known("X-Skill-Digest") }

    private static func known(_ name: String) -> Self {
        guard let name = Self(name) else { preconditionFailure("\(name) is no header name") }
        return name
    }
}
