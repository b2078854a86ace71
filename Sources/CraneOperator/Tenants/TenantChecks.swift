import CraneAPI
import KubernetesModel

/// What has to be right before a tenant gets a workload.
enum TenantChecks {
    static func specification(_ tenant: Tenant) throws(TenantBlock) {
        let problems = tenant.problems()
        if let first = problems.first {
            throw TenantBlock(.invalidSpec, "\(first.field): \(first.message)", isStalled: true)
        }
        let platform = (tenant.spec.channels ?? []).compactMap(\.credentialsSecretName).first {
            $0.hasPrefix("openclaw-") || $0.hasPrefix("opencrane-")
        }
        if let platform {
            throw TenantBlock(
                .invalidSpec,
                "spec.channels: credentialsSecretName \(platform) belongs to the platform and cannot be handed to a tenant",
                isStalled: true
            )
        }
    }

    /// Objects are named after the tenant alone, so one namespace holds one tenant of a name: the one that is there, else the oldest.
    static func namesakes(_ situation: TenantSituation, _ placement: TenantPlacement) throws(TenantBlock) {
        let tenant = situation.tenant
        func rank(_ candidate: Tenant) -> (Int, Timestamp, ObjectKey) {
            (
                candidate.status?.targetNamespace == placement.namespace ? 0 : 1,
                candidate.metadata.creationTimestamp ?? Timestamp(microseconds: 0), candidate.key
            )
        }
        // One that the customer does not take is none, however old: else a name could be kept from others out of any namespace.
        func isTaken(_ candidate: Tenant) -> Bool {
            guard let parent = situation.parent, candidate.status?.targetNamespace != placement.namespace else { return true }
            return TenantPlacement.permits(candidate, parent: parent, byDefault: situation.configuration.placingNamespaces)
        }
        let rivals = situation.namesakes.filter {
            $0.key != tenant.key && TenantVerdict.expectedNamespace($0) == placement.namespace && isTaken($0)
        }
        guard let rival = rivals.min(by: { rank($0) < rank($1) }), rank(rival) < rank(tenant) else { return }
        throw TenantBlock(
            .nameTaken,
            "Tenant \(rival.key) already has its workload in namespace \(placement.namespace) under this name",
            isStalled: true
        )
    }

    static func observation(_ observation: TenantObservation) throws(TenantBlock) {
        if let occupant = observation.occupant {
            let object = "\(occupant.kind) \(occupant.name)"
            throw occupant.isRetained
                ? TenantBlock(
                    .nameTaken,
                    "\(object) keeps the state of Tenant \(occupant.owner): delete it, or hand it over by its label "
                        + CraneLabels.tenantNamespace,
                    isStalled: true
                )
                : TenantBlock(.moving, "\(object) of Tenant \(occupant.owner) is still there", isStalled: false)
        }
        if observation.hasRemains {
            throw TenantBlock(.moving, "Objects of a deleted Tenant of this name are still ending", isStalled: false)
        }
        if !observation.formerNamespaces.isEmpty {
            throw TenantBlock(
                .moving,
                "The former workload in \(observation.formerNamespaces.joined(separator: ", ")) is ending",
                isStalled: false
            )
        }
        if let withheld = observation.withheld {
            throw TenantBlock(
                .stateNotOwned,
                "\(withheld) was made for another Tenant of this name, or was restored from a backup: delete it, or remove its owner "
                    + "and its annotation \(CraneAnnotations.tenantUID) to hand it over",
                isStalled: true
            )
        }
        if let unmarked = observation.unmarked {
            let labels = [CraneLabels.managedBy, CraneLabels.tenant, CraneLabels.tenantNamespace].joined(separator: ", ")
            throw TenantBlock(
                .stateNotOwned,
                "\(unmarked) is there but lacks the labels of a tenant's object: delete it, or hand it over by the labels \(labels)",
                isStalled: true
            )
        }
        if observation.claim != nil, !observation.hasEncryptionKey {
            throw TenantBlock(
                .encryptionKeyMissing,
                "The Secret with the encryption key is gone but the state volume is not: restore it, or delete the claim to start anew",
                isStalled: true
            )
        }
    }

    /// Secrets reach a tenant only when those who made them have marked them so: who may make a Tenant need not be who may read Secrets.
    static func credentials(_ situation: TenantSituation, _ placement: TenantPlacement) throws(TenantBlock) {
        let named = (situation.tenant.spec.channels ?? []).compactMap(\.credentialsSecretName)
        guard let refused = named.first(where: { !situation.credentials.contains($0) }) else { return }
        throw TenantBlock(
            .credentialsNotAllowed,
            "Secret \(refused) named by spec.channels is not in namespace \(placement.namespace), or lacks the label "
                + "\(CraneLabels.tenantCredentials) with the value true or the tenant's name. No pod runs until then",
            isStalled: true
        )
    }
}
