import JSONValue

/// Columns of configuration, storage, and of the cluster's own kinds.
enum ClusterColumns {
    private typealias Columns = BuiltinColumns

    static func columns(_ plural: String) -> [(String, Int, BuiltinColumns.Cell)]? {
        switch plural {
        case "namespaces": [("Status", 0, { Columns.text($0, "status.phase") })]
        case "configmaps":
            [
                (
                    "Data", 0,
                    { .integer(Int64(($0["data"]?.objectValue?.count ?? 0) + ($0["binaryData"]?.objectValue?.count ?? 0))) }
                )
            ]
        case "secrets": [("Type", 0, { Columns.text($0, "type") }), ("Data", 0, { Columns.count($0, "data") })]
        case "serviceaccounts": [("Secrets", 0, { Columns.count($0, "secrets") })]
        case "persistentvolumeclaims":
            [
                ("Status", 0, { ObjectFields.isDeleting($0) ? "Terminating" : Columns.text($0, "status.phase") }),
                ("Volume", 0, { Columns.text($0, "spec.volumeName") }),
                ("Capacity", 0, { $0["spec"]?["volumeName"] == nil ? "" : Columns.text($0, "status.capacity.storage") }),
                ("Access Modes", 0, { $0["spec"]?["volumeName"] == nil ? "" : .string(accessModes($0["status"])) }),
                ("StorageClass", 0, { Columns.text($0, "spec.storageClassName") }),
                ("VolumeMode", 1, { Columns.text($0, "spec.volumeMode", missing: "<unset>") }),
            ]
        case "persistentvolumes":
            [
                ("Capacity", 0, { Columns.text($0, "spec.capacity.storage") }), ("Access Modes", 0, { .string(accessModes($0["spec"])) }),
                ("Reclaim Policy", 0, { Columns.text($0, "spec.persistentVolumeReclaimPolicy") }),
                ("Status", 0, { Columns.text($0, "status.phase") }),
                ("Claim", 0, { .string(claim($0["spec"]?["claimRef"])) }),
                ("StorageClass", 0, { Columns.text($0, "spec.storageClassName") }), ("Reason", 0, { Columns.text($0, "status.reason") }),
            ]
        case "storageclasses":
            [
                ("Provisioner", 0, { Columns.text($0, "provisioner") }), ("ReclaimPolicy", 0, { Columns.text($0, "reclaimPolicy") }),
                ("VolumeBindingMode", 0, { Columns.text($0, "volumeBindingMode") }),
                ("AllowVolumeExpansion", 0, { $0["allowVolumeExpansion"] ?? false }),
            ]
        case "resourcequotas":
            [
                ("Request", 0, { .string(quota($0) { !$0.hasPrefix("limits.") }) }),
                ("Limit", 0, { .string(quota($0) { $0.hasPrefix("limits.") }) }),
            ]
        case "limitranges": [("Created At", 0, { Columns.text($0, "metadata.creationTimestamp") })]
        case "leases": [("Holder", 0, { Columns.text($0, "spec.holderIdentity") })]
        case "customresourcedefinitions": [("Created At", 0, { Columns.text($0, "metadata.creationTimestamp") })]
        case "nodes":
            [
                ("Status", 0, { .string(nodeStatus($0)) }), ("Roles", 0, { _ in "<none>" }),
                ("Version", 0, { Columns.text($0, "status.nodeInfo.kubeletVersion") }),
            ]
        case "rolebindings", "clusterrolebindings":
            [("Role", 0, { .string("\($0["roleRef"]?["kind"]?.stringValue ?? "")/\($0["roleRef"]?["name"]?.stringValue ?? "")") })]
        case "poddisruptionbudgets":
            [
                ("Min Available", 0, { Columns.text($0, "spec.minAvailable", missing: "N/A") }),
                ("Max Unavailable", 0, { Columns.text($0, "spec.maxUnavailable", missing: "N/A") }),
                ("Allowed Disruptions", 0, { Columns.number($0, "status.disruptionsAllowed") }),
            ]
        default: nil
        }
    }

    private static func accessModes(_ holder: JSON?) -> String {
        let short = ["ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP"]
        return (holder?["accessModes"]?.arrayValue ?? []).compactMap { $0.stringValue.flatMap { short[$0] } }.joined(separator: ",")
    }

    private static func claim(_ reference: JSON?) -> String {
        guard let reference, let name = reference["name"]?.stringValue else { return "" }
        return "\(reference["namespace"]?.stringValue ?? "")/\(name)"
    }

    private static func quota(_ object: JSON, _ isWanted: (String) -> Bool) -> String {
        let hard = object["status"]?["hard"]?.objectValue ?? object["spec"]?["hard"]?.objectValue ?? [:]
        return hard.filter { isWanted($0.key) }.sorted { $0.key < $1.key }.map { key, limit in
            "\(key): \(object["status"]?["used"]?[key]?.stringValue ?? "0")/\(limit.stringValue ?? "")"
        }.joined(separator: ", ")
    }

    private static func nodeStatus(_ node: JSON) -> String {
        let ready = (node["status"]?["conditions"]?.arrayValue ?? []).first { $0["type"] == "Ready" }
        let status = ready == nil ? "Unknown" : ready?["status"] == "True" ? "Ready" : "NotReady"
        return node["spec"]?["unschedulable"] == true ? status + ",SchedulingDisabled" : status
    }
}
