import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue
import Logging
import NIOConcurrencyHelpers
import Postgres
import Projection

/// The operations on the issuer of the platform's certificates.
struct PlatformDNSOperations: Sendable {
    let service: PlatformDNSService
    let writer: MutationWriter
    /// How many may be written at a time: each holds a connection to the database while Kubernetes is asked.
    var room = WaitingRoom(capacity: 2)

    private static let tag = "Platform DNS"
    private static let upstream = ErrorDeclaration(
        .badGateway,
        "UPSTREAM_ERROR",
        "Kubernetes does not let the control plane do this."
    )
    private static let kubernetes = ErrorDeclaration(
        .serviceUnavailable,
        "KUBERNETES_UNAVAILABLE",
        "Kubernetes cannot be reached; nothing was changed."
    )

    /// Both of them.
    var operations: [HTTPOperations.Operation] { [read, write] }

    private var read: HTTPOperations.Operation {
        Operation(
            OperationLabel(
                .get,
                "/platform/dns",
                id: "getPlatformDns",
                summary: "Show the configured platform DNS-01 issuer (ClusterIssuer or namespaced Issuer)",
                description:
                    "With what cert-manager says of it and of the certificates for domains of customers; nothing of the credential.",
                tag: Self.tag,
                access: .administering,
                errors: [Self.upstream, Self.kubernetes] + Refusals.reading
            ),
            parameters: PlatformDNSSearch.self,
            answer: .ok(PlatformDNSView.self, "Current issuer status.", headers: Refusals.tagged)
        ) { search, _ in
            let name = search.issuerName ?? PlatformDNSSettings.defaultIssuer
            let live = try await service.issuer(name)
            let isInstalled = live == nil ? try await service.isInstalled() : true
            let view = PlatformDNSView(
                live,
                name: name,
                settings: service.settings,
                isInstalled: isInstalled,
                certificates: isInstalled ? try await service.certificates() : []
            )
            return Reply(view, tag: try Self.tag(live, view).tag)
        }
    }

    private var write: HTTPOperations.Operation {
        Operation(
            OperationLabel(
                .put,
                "/platform/dns",
                id: "setPlatformDns",
                summary: "Configure the platform DNS-01 issuer for wildcard TLS (ClusterIssuer or namespaced Issuer)",
                description:
                    "The solver is checked, here and by cert-manager, before anything is written; then the credential, then the issuer. "
                    + "The credential of another provider that the issuer had goes.",
                tag: Self.tag,
                access: .administering,
                headers: [.idempotencyKey, .ifMatch],
                errors: Refusals.changingCatalogue + [
                    Self.upstream, Self.kubernetes,
                    ErrorDeclaration(
                        .unprocessableContent,
                        "DNS_PROVIDER_MISCONFIGURED",
                        "No solver can be made of this; nothing was changed."
                    ),
                    ErrorDeclaration(.conflict, "DNS_ISSUER_NOT_OURS", "An issuer of this name was made by somebody else."),
                    ErrorDeclaration(.conflict, "DNS_SECRET_NOT_OURS", "The Secret for the credential was made by somebody else."),
                    ErrorDeclaration(
                        .serviceUnavailable,
                        "CERT_MANAGER_NOT_INSTALLED",
                        "The cluster has no cert-manager; nothing was changed."
                    ),
                ]
            ),
            body: PlatformDNSOrder.self,
            answer: .ok(PlatformDNSResult.self, "Issuer configured.", headers: Refusals.tagged)
        ) { order, context in
            guard room.enter() else { throw OperationError.writeInProgress("The issuer is being written; repeat the request in a moment.") }
            defer { room.leave() }
            let acted = NIOLockedValueBox(false)
            do {
                return try await write(order, context, acted: acted)
            } catch {
                guard acted.withLockedValue({ $0 }) else { throw error }
                await noteFailure(order, context)
                // The transaction is undone, the objects are not.
                guard let refusal = error as? OperationError, refusal.code == "DATABASE_UNAVAILABLE" else { throw error }
                throw OperationError.outcomeUnknown(refusal)
            }
        }
    }

    private func write(
        _ order: PlatformDNSOrder,
        _ context: OperationContext,
        acted: NIOLockedValueBox<Bool>
    ) async throws -> Reply<PlatformDNSResult> {
        let (service, settings) = (service, service.settings)
        let name = order.issuerName ?? PlatformDNSSettings.defaultIssuer
        let lock = "platform-dns/\(name)"
        return try await writer.write(context) { transaction, _ in
            // One at a time, so that a credential and its issuer come from the same order.
            _ = try await transaction.first("select true from pg_advisory_xact_lock(hashtextextended(\(lock), 0))")
            let live = try await service.issuer(name)
            try Self.requireMatch(live, context)
            let plan = try PlatformDNSPlan(order, live: live, settings: settings)
            if live == nil, try await !service.isInstalled() {
                throw OperationError(
                    .serviceUnavailable,
                    code: "CERT_MANAGER_NOT_INSTALLED",
                    message: "The cluster has no cert-manager, which issues certificates. Install it first; nothing was changed."
                )
            }
            let after = try await service.carryOut(plan, acted: acted)
            let result = PlatformDNSResult(
                issuerName: plan.issuerName,
                issuerKind: settings.kind.rawValue,
                issuerNamespace: Nullable(settings.namespace),
                provider: plan.summary.provider ?? "",
                zone: plan.summary.zone ?? "",
                secretName: Nullable(plan.secretName)
            )
            let summary = try JSON(encoding: PlatformDNSPlan.Summary(after))
            let tag = try EditTag(edit: after.version, whole: result).tag
            guard live?.version != after.version else { return Mutation(Reply(result, tag: tag)) }
            return Mutation(
                Reply(result, tag: tag),
                audit: context.audit(
                    "PlatformDNSConfigured",
                    "PlatformDNS/\(plan.issuerName)",
                    message: "set the issuer \(plan.issuerName) up\(plan.secret == nil ? "" : ", with another credential").",
                    before: try live.map { try JSON(encoding: PlatformDNSPlan.Summary($0)) },
                    after: summary
                )
            )
        }
    }

    /// Notes that a write has ended half-way, or may have.
    private func noteFailure(_ order: PlatformDNSOrder, _ context: OperationContext) async {
        let name = order.issuerName ?? PlatformDNSSettings.defaultIssuer
        let draft = context.audit(
            "PlatformDNSConfigured",
            "PlatformDNS/\(name)",
            message: "began to set the issuer \(name) up; part of it may have happened."
        )
        do {
            try await AuditRepository(pool: writer.pool).append(draft, outcome: .failed, now: writer.now())
        } catch {
            context.logger.error("an interrupted write is not in the audit trail", metadata: ["issuer": .string(name)])
        }
    }

    private static func tag(_ live: LiveIssuer?, _ view: PlatformDNSView) throws -> EditTag {
        try EditTag(edit: live?.version ?? [], whole: view)
    }

    private static func requireMatch(_ live: LiveIssuer?, _ context: OperationContext) throws {
        if live == nil, context.headers[.ifMatch] == "*" { throw OperationError.preconditionFailed }
        try EditTag(edit: live?.version ?? [], whole: "").requireMatch(context)
    }
}

extension PlatformDNSOperations {
    /// Makes the operations.
    init(_ parts: ControlPlaneParts) {
        self.init(
            service: PlatformDNSService(
                client: parts.client,
                settings: parts.configuration.platformDNS,
                limit: parts.configuration.kubernetesTimeout / 2
            ),
            writer: MutationWriter(pool: parts.pool, now: parts.now)
        )
    }
}
