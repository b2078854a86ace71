import JSONValue

/// Columns of pods and of what runs them.
enum WorkloadColumns {
    private typealias Columns = BuiltinColumns

    static func columns(_ plural: String) -> [(String, Int, BuiltinColumns.Cell)]? {
        switch plural {
        case "pods":
            [
                ("Ready", 0, { .string(ready($0)) }), ("Status", 0, { .string(status($0)) }),
                ("Restarts", 0, { .string(String(restarts($0))) }), ("IP", 1, { Columns.text($0, "status.podIP", missing: "<none>") }),
                ("Node", 1, { Columns.text($0, "spec.nodeName", missing: "<none>") }),
                ("Nominated Node", 1, { Columns.text($0, "status.nominatedNodeName", missing: "<none>") }),
                ("Readiness Gates", 1, { _ in "<none>" }),
            ]
        case "deployments":
            [
                (
                    "Ready", 0,
                    { .string("\(Columns.number($0, "status.readyReplicas"))/\(Columns.number($0, "spec.replicas"))") }
                ),
                ("Up-to-date", 0, { Columns.number($0, "status.updatedReplicas") }),
                ("Available", 0, { Columns.number($0, "status.availableReplicas") }),
                ("Containers", 1, { Columns.containers($0, "name") }), ("Images", 1, { Columns.containers($0, "image") }),
                ("Selector", 1, { Columns.selector($0, "spec.selector") }),
            ]
        case "replicasets", "replicationcontrollers":
            [
                ("Desired", 0, { Columns.number($0, "spec.replicas") }), ("Current", 0, { Columns.number($0, "status.replicas") }),
                ("Ready", 0, { Columns.number($0, "status.readyReplicas") }),
                ("Containers", 1, { Columns.containers($0, "name") }), ("Images", 1, { Columns.containers($0, "image") }),
                ("Selector", 1, { Columns.selector($0, "spec.selector") }),
            ]
        case "statefulsets":
            [
                (
                    "Ready", 0,
                    { .string("\(Columns.number($0, "status.readyReplicas"))/\(Columns.number($0, "spec.replicas"))") }
                ),
                ("Containers", 1, { Columns.containers($0, "name") }), ("Images", 1, { Columns.containers($0, "image") }),
            ]
        case "daemonsets":
            [
                ("Desired", 0, { Columns.number($0, "status.desiredNumberScheduled") }),
                ("Current", 0, { Columns.number($0, "status.currentNumberScheduled") }),
                ("Ready", 0, { Columns.number($0, "status.numberReady") }),
                ("Up-to-date", 0, { Columns.number($0, "status.updatedNumberScheduled") }),
                ("Available", 0, { Columns.number($0, "status.numberAvailable") }),
                ("Node Selector", 0, { Columns.selector($0, "spec.template.spec.nodeSelector") }),
                ("Containers", 1, { Columns.containers($0, "name") }), ("Images", 1, { Columns.containers($0, "image") }),
                ("Selector", 1, { Columns.selector($0, "spec.selector") }),
            ]
        case "jobs":
            [
                (
                    "Completions", 0,
                    { .string("\(Columns.number($0, "status.succeeded"))/\($0["spec"]?["completions"]?.integerValue ?? 1)") }
                ),
                ("Containers", 1, { Columns.containers($0, "name") }), ("Images", 1, { Columns.containers($0, "image") }),
                ("Selector", 1, { Columns.selector($0, "spec.selector") }),
            ]
        default: nil
        }
    }

    private static func ready(_ pod: JSON) -> String {
        let all = pod["spec"]?["containers"]?.arrayValue?.count ?? 0
        let ready = (pod["status"]?["containerStatuses"]?.arrayValue ?? []).filter { $0["ready"] == true }.count
        return "\(ready)/\(all)"
    }

    private static func status(_ pod: JSON) -> String {
        if ObjectFields.isDeleting(pod) { return "Terminating" }
        for container in pod["status"]?["containerStatuses"]?.arrayValue ?? [] {
            if let reason = container["state"]?["waiting"]?["reason"]?.stringValue { return reason }
            if let reason = container["state"]?["terminated"]?["reason"]?.stringValue { return reason }
        }
        if let reason = pod["status"]?["reason"]?.stringValue, !reason.isEmpty { return reason }
        return pod["status"]?["phase"]?.stringValue ?? "Pending"
    }

    private static func restarts(_ pod: JSON) -> Int64 {
        (pod["status"]?["containerStatuses"]?.arrayValue ?? []).reduce(0) { $0 + ($1["restartCount"]?.integerValue ?? 0) }
    }
}
