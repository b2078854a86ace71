import JSONValue

/// Defaults and validation of access control, storage classes and priorities.
enum ClusterRules {
    private static let rbac = "rbac.authorization.k8s.io"

    /// The role and users are of the group of access control.
    static func bindingDefaults(_ object: JSON) -> JSON {
        var object = object
        if object.text(at: "roleRef", "apiGroup").isEmpty { object[at: ["roleRef", "apiGroup"]] = .string(rbac) }
        object.changeEach(["subjects"]) { subject in
            if ["User", "Group"].contains(subject.text(at: "kind")) { subject.fill(["apiGroup"], .string(rbac)) }
        }
        return object
    }

    /// A binding names a role and whom it is for.
    static func binding(_ object: JSON) -> [FieldError] {
        var errors: [FieldError] = []
        let isCluster = object.text(at: "kind") == "ClusterRoleBinding"
        let kinds = isCluster ? ["ClusterRole"] : ["ClusterRole", "Role"]
        let role = object.text(at: "roleRef", "kind")
        if object.text(at: "roleRef", "apiGroup") != rbac {
            errors.append(.notSupported("roleRef.apiGroup", object[at: ["roleRef", "apiGroup"]] ?? "", [rbac]))
        }
        if !kinds.contains(role) { errors.append(.notSupported("roleRef.kind", .string(role), kinds)) }
        if object.text(at: "roleRef", "name").isEmpty { errors.append(FieldError(.required, "roleRef.name")) }
        for (index, subject) in object.list(at: "subjects").enumerated() {
            let kind = subject.text(at: "kind")
            if subject.text(at: "name").isEmpty { errors.append(FieldError(.required, "subjects[\(index)].name")) }
            if !["ServiceAccount", "User", "Group"].contains(kind) {
                errors.append(.notSupported("subjects[\(index)].kind", .string(kind), ["Group", "ServiceAccount", "User"]))
            }
            if kind == "ServiceAccount", isCluster, subject.text(at: "namespace").isEmpty {
                errors.append(FieldError(.required, "subjects[\(index)].namespace"))
            }
        }
        return errors
    }

    /// The role of a binding does not change.
    static func bindingChange(_ new: JSON, _ old: JSON) -> [FieldError] {
        new["roleRef"] == old["roleRef"]
            ? [] : [FieldError(.invalid, "roleRef", "cannot change roleRef", badValue: new["roleRef"] ?? .null)]
    }

    /// Volumes are deleted when released and bound at once.
    static func storageClassDefaults(_ object: JSON) -> JSON {
        var object = object
        object.fill(["reclaimPolicy"], "Delete")
        object.fill(["volumeBindingMode"], "Immediate")
        return object
    }

    /// A storage class names who makes the volumes.
    static func storageClass(_ object: JSON) -> [FieldError] {
        object.text(at: "provisioner").isEmpty ? [FieldError(.required, "provisioner")] : []
    }

    /// What a storage class says does not change.
    static func storageClassChange(_ new: JSON, _ old: JSON) -> [FieldError] {
        ["parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"].compactMap { member in
            if new[member] == old[member] { return nil }
            return member == "parameters" || member == "provisioner"
                ? FieldError(.forbidden, member, "updates to \(member) are forbidden.") : .immutable(member, new[member])
        }
    }

    /// Pods of the class push out others.
    static func priorityClassDefaults(_ object: JSON) -> JSON {
        var object = object
        object.fill(["preemptionPolicy"], "PreemptLowerPriority")
        return object
    }

    /// A priority does not change.
    static func priorityClassChange(_ new: JSON, _ old: JSON) -> [FieldError] {
        let isChanged = (new["value"] ?? 0) != (old["value"] ?? 0)
        return (isChanged ? [FieldError(.forbidden, "value", "may not be changed in an update.")] : [])
            + ImmutableFields.errors(new, old, ["preemptionPolicy"])
    }
}
