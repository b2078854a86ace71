import CraneAPI
import HTTPOperations
import HTTPTypes

/// Lets through only isolation tiers that somebody here can provide, so that nothing is promised that nobody builds.
struct IsolationTierGate: Sendable {
    /// The tiers that can be provided.
    let served: Set<IsolationTier>

    /// Throws 422 `TIER_UNAVAILABLE` for a tier that cannot be provided.
    func require(_ tier: IsolationTier) throws(OperationError) {
        guard !served.contains(tier) else { return }
        let names = served.map(\.rawValue).sorted().joined(separator: ", ")
        throw OperationError(
            .unprocessableContent,
            code: "TIER_UNAVAILABLE",
            message: "No provisioner here serves the isolation tier \(tier.rawValue).",
            detail: names.isEmpty ? "No tier is served." : "Served are: \(names).",
            fields: [FieldViolation(field: "isolationTier", message: "is not served here")]
        )
    }
}
