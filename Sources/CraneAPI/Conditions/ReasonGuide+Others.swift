/// Customers, the certificates for their domains, and policies.
extension ReasonGuide {
    /// How often something is looked at that nobody tells the operator of.
    private static let unwatched: RetryRule = .poll(.seconds(60))
    private static let goingAway: RetryRule = .poll(.seconds(10))

    static let clusterTenantRows: [ReasonGuide] = [
        ReasonGuide(ConditionReason.allChecksPassed, .none, "Nothing needs to be done."),
        ReasonGuide(ConditionReason.notRequired, .none, "Nothing needs to be done."),
        ReasonGuide(ConditionReason.progressing, .onChange, "Wait until the namespace is there and fenced."),
        ReasonGuide(ConditionReason.invalidSpec, .onChange, "Change the member of the spec that the message names."),
        ReasonGuide(ConditionReason.tierUnavailable, .onChange, "Set spec.isolationTier to shared or dedicatedNodes."),
        ReasonGuide("NodePoolMissing", .onChange, "Set spec.compute.mode to dedicated and spec.compute.nodePool to the pool's name."),
        ReasonGuide(
            ConditionReason.namespaceConflict,
            unwatched,
            "Delete the namespace that the message names if nobody needs it, or hand it over as the message says."
        ),
        ReasonGuide(ConditionReason.namespaceTerminating, .onChange, "Wait until the namespace is gone; it is made again then."),
        ReasonGuide(
            ConditionReason.applyFailed,
            .backoff,
            "Read the cluster tenant's events for what the API server refused: a policy of the cluster or a missing right."
        ),
        ReasonGuide(ConditionReason.tenantsAttached, goingAway, "Delete the tenants that the message names, or move them elsewhere."),
        ReasonGuide(ConditionReason.deleting, goingAway, "Wait until the namespace is gone; when it stays, look at what is left in it."),
    ]

    static let certificateRows: [ReasonGuide] = [
        ReasonGuide("Issued", .none, "Nothing needs to be done."),
        ReasonGuide(ConditionReason.notRequired, .none, "Nothing needs to be done."),
        ReasonGuide(ConditionReason.allChecksPassed, .none, "Nothing needs to be done."),
        ReasonGuide("CertManagerNotInstalled", .onChange, "Install cert-manager, or take spec.baseDomain away."),
        ReasonGuide(
            ConditionReason.applyFailed,
            unwatched,
            "Read the message for what was refused when the Certificate was written, and mend that; it is tried again by itself."
        ),
        ReasonGuide(ConditionReason.progressing, .onChange, "Wait until cert-manager has the certificate; it tries by itself."),
        ReasonGuide(
            "IssuanceFailed",
            .onChange,
            "Look at the Certificate's Order and Challenge in the customer's namespace; cert-manager tries again by itself, later each time."
        ),
        ReasonGuide(
            "CertificateNotReady",
            .onChange,
            "Look at the Certificate in the customer's namespace; cert-manager tries again by itself."
        ),
    ]

    static let policyRows: [ReasonGuide] = [
        ReasonGuide(ConditionReason.applied, .none, "Nothing needs to be done."),
        ReasonGuide(ConditionReason.fullyEnforced, .none, "Nothing needs to be done."),
        ReasonGuide(ConditionReason.invalidSpec, .onChange, "Change the member of the spec that the message names."),
        ReasonGuide(
            ConditionReason.partlyEnforced,
            .onChange,
            "Install Cilium for rules with DNS names, or write rules with addresses; what cannot be enforced stays closed."
        ),
    ]
}
