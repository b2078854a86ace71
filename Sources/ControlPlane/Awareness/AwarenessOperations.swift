import Entitlements
import HTTPOperations
import HTTPTypes
import JSONValue
import Postgres
import Projection

/// The operations on the rollout of the awareness contract.
struct AwarenessOperations: Sendable {
    let tenants: TenantSight
    let pool: PostgresPool
    let writer: MutationWriter

    private static let tag = "Awareness"
    private static let notFound = ErrorDeclaration(.notFound, "TENANT_NOT_FOUND", "There is no such tenant.")
    private static let resource = "AwarenessRollout/default"

    /// All of them.
    var operations: [HTTPOperations.Operation] { [show, define, promote, rollBack, resolve, setWave] }

    private func label(_ method: HTTPRequest.Method, _ path: PathTemplate, _ id: String, _ summary: String) -> OperationLabel {
        OperationLabel(
            method,
            path,
            id: id,
            summary: summary,
            tag: Self.tag,
            access: .administering,
            headers: [.idempotencyKey, .ifMatch],
            errors: Refusals.changingCatalogue
        )
    }

    private var show: HTTPOperations.Operation {
        Operation(
            OperationLabel(
                .get,
                "/awareness/rollout",
                id: "getAwarenessRollout",
                summary: "Show the fleet awareness contract rollout state",
                tag: Self.tag,
                access: .reading,
                errors: Refusals.reading
            ),
            answer: .ok(RolloutView.self, "Current rollout state.", headers: Refusals.tagged)
        ) { _ in
            let view = RolloutView(try await onDatabase { try await AwarenessRepository.rollout(in: pool.reads) })
            return Reply(view, tag: try .content(view))
        }
    }

    private var define: HTTPOperations.Operation {
        Operation(
            label(.put, "/awareness/rollout", "setAwarenessRollout", "Define (or redefine) the awareness rollout; resets the frontier"),
            body: RolloutOrder.self,
            answer: .ok(RolloutView.self, "Rollout defined.", headers: Refusals.tagged)
        ) { order, context in
            let rollout: AwarenessRollout
            do throws(RolloutError) {
                rollout = try AwarenessRollout(
                    target: order.targetVersion,
                    stable: order.stableVersion,
                    waves: order.waves ?? AwarenessRollout.defaultWaves,
                    isShadow: order.shadowMode
                )
            } catch { throw OperationError.invalid(error.field, error.description) }
            return try await change("Defined", "defined the awareness rollout", context) { $0 = rollout }
        }
    }

    private var promote: HTTPOperations.Operation {
        Operation(
            label(
                .post,
                "/awareness/rollout/promote",
                "promoteAwarenessRollout",
                "Advance the rollout frontier (one wave, or up to a named wave)"
            ),
            parameters: NoParameters.self,
            optionalBody: PromotionOrder.self,
            answer: .ok(RolloutView.self, "Frontier advanced.", headers: Refusals.tagged)
        ) { _, order, context in
            try await change("Promoted", "promoted the awareness rollout", context) { rollout in
                do throws(RolloutError) { try rollout.promote(upTo: order.wave) } catch {
                    throw OperationError.invalid("wave", error.description)
                }
            }
        }
    }

    private var rollBack: HTTPOperations.Operation {
        Operation(
            label(
                .post,
                "/awareness/rollout/rollback",
                "rollbackAwarenessRollout",
                "One-step rollback: return every wave to the stable version"
            ),
            answer: .ok(RolloutView.self, "Rolled back.", headers: Refusals.tagged)
        ) { context in try await change("RolledBack", "took the awareness rollout back", context) { $0.rollBack() } }
    }

    private var resolve: HTTPOperations.Operation {
        Operation(
            OperationLabel(
                .get,
                "/awareness/rollout/resolve/{tenant}",
                id: "resolveAwarenessVersion",
                summary: "Resolve the awareness contract version a tenant runs",
                tag: Self.tag,
                access: .readingTenants,
                errors: Refusals.reading + [Self.notFound]
            ),
            parameters: AwareTenant.self,
            answer: .ok(ResolutionView.self, "Resolved version.")
        ) { object, context in
            let row = try await tenants.require(object.tenant, context)
            let found = try await onDatabase { try await AwarenessRepository.resolution(of: row.metadata.uid, in: pool.reads) }
            return Reply(ResolutionView(row.name, found))
        }
    }

    private var setWave: HTTPOperations.Operation {
        Operation(
            OperationLabel(
                .put,
                "/awareness/waves/{tenant}",
                id: "setAwarenessWave",
                summary: "Put a tenant into a wave of the rollout",
                description: "A wave that the rollout does not have counts as its last one, until a rollout has it.",
                tag: Self.tag,
                access: .administering,
                headers: [.idempotencyKey],
                errors: Refusals.mutating + [Self.notFound]
            ),
            parameters: AwareTenant.self,
            body: WaveOrder.self,
            answer: .ok(ResolutionView.self, "What the tenant runs now.")
        ) { object, order, context in
            let row = try await tenants.require(object.tenant, context)
            let uid = row.metadata.uid
            guard !uid.isEmpty else { throw OperationError.writeInProgress("The tenant is being made.") }
            return try await writer.write(context) { transaction, now in
                let rollout = try await AwarenessRepository.rollout(in: transaction, lock: true, now: now)
                if let wave = order.wave.value, !rollout.waves.contains(wave) {
                    throw OperationError.invalid("wave", RolloutError.waveUnknown(wave).description)
                }
                let before = try await AwarenessRepository.wave(of: uid, in: transaction)
                let wave = order.wave.applied(to: before)
                let view = ResolutionView(row.name, rollout.resolve(wave: wave))
                guard wave != before else { return Mutation(Reply(view)) }
                try await AwarenessRepository.setWave(wave, of: uid, now: now, in: transaction)
                return Mutation(
                    Reply(view),
                    audit: context.audit(
                        "WaveSet",
                        "Tenant/\(row.name)",
                        tenant: row.name,
                        message: "put the tenant \(row.name) into the wave \(view.wave)",
                        before: ["wave": before.map(JSON.string) ?? .null],
                        after: ["wave": wave.map(JSON.string) ?? .null]
                    )
                )
            }
        }
    }

    /// Changes the rollout; everybody else who would waits.
    private func change(
        _ action: String,
        _ message: String,
        _ context: OperationContext,
        _ change: @Sendable (inout AwarenessRollout) throws -> Void
    ) async throws -> Reply<RolloutView> {
        try await writer.write(context) { transaction, now in
            let before = try await AwarenessRepository.rollout(in: transaction, lock: true, now: now)
            let viewBefore = RolloutView(before)
            try context.requireMatch(try .content(viewBefore))
            var after = before
            try change(&after)
            let view = RolloutView(after)
            guard after != before else { return Mutation(Reply(view, tag: try .content(view))) }
            try await AwarenessRepository.save(after, now: now, in: transaction)
            return Mutation(
                Reply(view, tag: try .content(view)),
                audit: context.audit(
                    action,
                    Self.resource,
                    message: message,
                    before: try JSON(encoding: viewBefore),
                    after: try JSON(encoding: view)
                )
            )
        }
    }
}

extension RolloutError {
    /// The member of an order that is wrong.
    fileprivate var field: String {
        switch self {
        case .versionInvalid, .contractsDiffer: "targetVersion"
        case .noWaves, .waveInvalid, .waveRepeated, .waveUnknown: "waves"
        }
    }
}
