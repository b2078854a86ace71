import JSONValue
import KubernetesModel

/// Validation of kinds of the core group, events and leases.
enum CoreValidation {
    // MARK: Secrets and ConfigMaps

    /// Keys are file names; together they are at most 1 MiB.
    static func secret(_ object: JSON) -> [FieldError] {
        var errors = keyErrors(object.members(at: "data"), field: "data")
        errors += sizeErrors(object.members(at: "data").values.map { ($0.stringValue ?? "").utf8.count / 4 * 3 }, field: "data")
        let required: [String] =
            switch object.text(at: "type") {
            case "kubernetes.io/dockerconfigjson": [".dockerconfigjson"]
            case "kubernetes.io/dockercfg": [".dockercfg"]
            case "kubernetes.io/tls": ["tls.crt", "tls.key"]
            case "kubernetes.io/ssh-auth": ["ssh-privatekey"]
            default: []
            }
        let account = object[at: ["metadata", "annotations", AccountTokenController.nameAnnotation]]?.stringValue ?? ""
        if object.text(at: "type") == AccountTokenController.type, account.isEmpty {
            errors.append(FieldError(.required, "metadata.annotations[\(AccountTokenController.nameAnnotation)]"))
        }
        for key in required where object[at: ["data", key]] == nil { errors.append(FieldError(.required, "data[\(key)]")) }
        return errors
    }

    /// The type never changes, the data not once it is immutable.
    static func secretChange(_ new: JSON, _ old: JSON) -> [FieldError] {
        var errors: [FieldError] = []
        if new["type"] != old["type"] { errors.append(.immutable("type", new["type"])) }
        return errors + immutableErrors(new, old, fields: ["data"])
    }

    /// Keys are file names, each in one of both maps.
    static func configMap(_ object: JSON) -> [FieldError] {
        let text = object.members(at: "data")
        let binary = object.members(at: "binaryData")
        var errors = keyErrors(text, field: "data") + keyErrors(binary, field: "binaryData")
        for key in text.keys.sorted() where binary[key] != nil {
            errors.append(FieldError(.invalid, "data[\(key)]", "duplicate of key present in binaryData", badValue: .string(key)))
        }
        let sizes =
            text.values.map { ($0.stringValue ?? "").utf8.count } + binary.values.map { ($0.stringValue ?? "").utf8.count / 4 * 3 }
        return errors + sizeErrors(sizes, field: "")
    }

    /// The data does not change once it is immutable.
    static func configMapChange(_ new: JSON, _ old: JSON) -> [FieldError] { immutableErrors(new, old, fields: ["data", "binaryData"]) }

    private static func immutableErrors(_ new: JSON, _ old: JSON, fields: [String]) -> [FieldError] {
        guard old["immutable"] == true else { return [] }
        var changed = fields.filter { new[$0] != old[$0] }
        if new["immutable"] != true { changed.insert("immutable", at: 0) }
        return changed.map { FieldError(.forbidden, $0, "field is immutable when `immutable` is set") }
    }

    private static func keyErrors(_ members: [String: JSON], field: String) -> [FieldError] {
        members.keys.sorted().compactMap { key in
            let isValid =
                !key.isEmpty && key.utf8.count <= 253 && key != "." && key != ".." && !key.hasPrefix("..")
                && key.unicodeScalars.allSatisfy {
                    $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || "-_.".unicodeScalars.contains($0))
                }
            if isValid { return nil }
            return FieldError(
                .invalid,
                "\(field)[\(key)]",
                "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or "
                    + "'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
                badValue: .string(key)
            )
        }
    }

    private static func sizeErrors(_ sizes: [Int], field: String) -> [FieldError] {
        sizes.reduce(0, +) > 1_048_576 ? [FieldError(.tooLong, field, "must have at most 1048576 bytes")] : []
    }

    // MARK: Volumes and claims

    private static let accessModes = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"]

    /// A claim says how it is used and how much it needs.
    static func claim(_ object: JSON) -> [FieldError] { claimSpec(object["spec"] ?? [:], field: "spec") }

    static func claimSpec(_ spec: JSON, field: String) -> [FieldError] {
        var errors = accessModeErrors(spec.list(at: "accessModes"), field: "\(field).accessModes")
        if let storage = spec[at: ["resources", "requests", "storage"]] {
            errors += positive(storage, field: "\(field).resources[storage]")
        } else {
            errors.append(FieldError(.required, "\(field).resources[storage]"))
        }
        return errors
    }

    /// A claim does not change but for a larger request of a bound one.
    static func claimChange(_ new: JSON, _ old: JSON) -> [FieldError] {
        let isBound = old.text(at: "status", "phase") == "Bound"
        var before = old["spec"] ?? [:]
        var after = new["spec"] ?? [:]
        let path = ["resources", "requests", "storage"]
        var errors: [FieldError] = []
        if isBound {
            let amounts = [before, after].map { try? Quantity(parsing: $0[at: path]?.stringValue ?? "") }
            if let least = amounts[0], let wanted = amounts[1], wanted < least {
                errors.append(FieldError(.forbidden, "spec.resources.requests.storage", "field can not be less than previous value"))
            }
            before[at: path] = nil
            after[at: path] = nil
        }
        // The binder fills in what the claim left open.
        if before["volumeName"] == nil { after["volumeName"] = nil }
        if before["storageClassName"] == nil { after["storageClassName"] = nil }
        if before != after {
            errors.append(
                FieldError(
                    .forbidden,
                    "spec",
                    "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims"
                )
            )
        }
        return errors
    }

    /// A volume says how large it is, how it is used, and what it is.
    static func volume(_ object: JSON) -> [FieldError] {
        let spec = object["spec"] ?? [:]
        var errors = accessModeErrors(spec.list(at: "accessModes"), field: "spec.accessModes")
        if let storage = spec[at: ["capacity", "storage"]] {
            errors += positive(storage, field: "spec.capacity[storage]")
        } else {
            errors.append(FieldError(.required, "spec.capacity"))
        }
        if !["Retain", "Recycle", "Delete"].contains(spec.text(at: "persistentVolumeReclaimPolicy")) {
            errors.append(
                .notSupported(
                    "spec.persistentVolumeReclaimPolicy",
                    spec["persistentVolumeReclaimPolicy"] ?? "",
                    ["Delete", "Recycle", "Retain"]
                )
            )
        }
        return errors
    }

    /// What a volume is does not change.
    static func volumeChange(_ new: JSON, _ old: JSON) -> [FieldError] {
        let others = [
            "accessModes", "capacity", "claimRef", "mountOptions", "nodeAffinity", "persistentVolumeReclaimPolicy", "storageClassName",
            "volumeAttributesClassName", "volumeMode",
        ]
        func source(_ object: JSON) -> [String: JSON] { object.members(at: "spec").filter { !others.contains($0.key) } }
        let errors = ImmutableFields.errors(new, old, ["spec.volumeMode"])
        if source(new) == source(old) { return errors }
        return errors + [
            FieldError(.forbidden, "spec.persistentvolumesource", "spec.persistentvolumesource is immutable after creation")
        ]
    }

    private static func accessModeErrors(_ modes: [JSON], field: String) -> [FieldError] {
        if modes.isEmpty { return [FieldError(.required, field, "at least 1 access mode is required")] }
        return modes.filter { !accessModes.contains($0.stringValue ?? "") }.map { .notSupported(field, $0, accessModes) }
    }

    private static func positive(_ amount: JSON, field: String) -> [FieldError] {
        guard let quantity = try? Quantity(parsing: amount.stringValue ?? ""), quantity <= Quantity(0) else { return [] }
        return [FieldError(.invalid, field, "must be greater than zero", badValue: amount)]
    }

    // MARK: Others

    /// Amounts of a quota are not negative.
    static func quota(_ object: JSON) -> [FieldError] {
        object.members(at: "spec", "hard").sorted { $0.key < $1.key }.compactMap { name, amount in
            guard let quantity = try? Quantity(parsing: amount.stringValue ?? ""), quantity < Quantity(0) else { return nil }
            return FieldError(.invalid, "spec.hard[\(name)]", "must be greater than or equal to 0", badValue: amount)
        }
    }

    /// Durations and transitions of a lease.
    static func lease(_ object: JSON) -> [FieldError] {
        var errors: [FieldError] = []
        if let seconds = object[at: ["spec", "leaseDurationSeconds"]], (seconds.integerValue ?? 0) <= 0 {
            errors.append(FieldError(.invalid, "spec.leaseDurationSeconds", "must be greater than 0", badValue: seconds))
        }
        if let count = object[at: ["spec", "leaseTransitions"]], (count.integerValue ?? 0) < 0 {
            errors.append(FieldError(.invalid, "spec.leaseTransitions", "must be greater than or equal to 0", badValue: count))
        }
        return errors
    }

    /// Events of the group events.k8s.io say who did what.
    static func event(_ object: JSON) -> [FieldError] {
        // Events that began in the core group have no time and are not held to the newer rules.
        if object["eventTime"] ?? .null == .null, object["deprecatedFirstTimestamp"] ?? .null != .null { return [] }
        var errors: [FieldError] = []
        for (member, field) in [
            ("reportingController", "reportingController"), ("reportingInstance", "reportingInstance"), ("action", "action"),
            ("reason", "reason"),
        ] where object.text(at: member).isEmpty {
            errors.append(FieldError(.required, field))
        }
        if object["eventTime"] ?? .null == .null { errors.append(FieldError(.required, "eventTime")) }
        if !["Normal", "Warning"].contains(object.text(at: "type")) {
            errors.append(FieldError(.invalid, "type", "has invalid value: \(object.text(at: "type"))", badValue: ""))
        }
        if object.text(at: "note").utf8.count > 1024 {
            errors.append(FieldError(.invalid, "note", "can have at most 1024 bytes", badValue: ""))
        }
        return errors
    }

    /// An event of the core group is in the namespace of what it is about.
    static func coreEvent(_ object: JSON) -> [FieldError] {
        let about = object.text(at: "involvedObject", "namespace")
        let namespace = object.text(at: "metadata", "namespace")
        if (about.isEmpty && namespace == "default") || about == namespace || namespace.isEmpty { return [] }
        return [
            FieldError(
                .invalid,
                "involvedObject.namespace",
                "does not match event.namespace",
                badValue: .string(about)
            )
        ]
    }
}
