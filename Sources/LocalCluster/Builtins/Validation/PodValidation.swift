import JSONValue

/// Validation of pods and of templates of pods.
enum PodValidation {
    /// A pod on its own.
    static func pod(_ object: JSON) -> [FieldError] { spec(object["spec"] ?? [:], field: "spec") }

    /// Only images, the deadline, more tolerations and gates may change.
    static func podChange(_ new: JSON, _ old: JSON) -> [FieldError] {
        var before = old["spec"] ?? [:]
        var after = new["spec"] ?? [:]
        for list in ["containers", "initContainers"] {
            after.changeEach([list]) { $0["image"] = nil }
            before.changeEach([list]) { $0["image"] = nil }
        }
        for member in ["activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds", "schedulingGates", "ephemeralContainers"] {
            before[member] = nil
            after[member] = nil
        }
        // Binding a pod to a node is a change too, made once.
        if before["nodeName"] == nil { after["nodeName"] = nil }
        if before == after { return [] }
        return [
            FieldError(
                .forbidden,
                "spec",
                "pod updates may not change fields other than `spec.containers[*].image`, `spec.initContainers[*].image`, "
                    + "`spec.activeDeadlineSeconds`, `spec.tolerations` (only additions to existing tolerations) or "
                    + "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
            )
        ]
    }

    private static let restartPolicies = ["Always", "Never", "OnFailure"]
    private static let dnsPolicies = ["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"]

    /// What is asked for of a pod.
    static func spec(_ spec: JSON, field: String) -> [FieldError] {
        var errors: [FieldError] = []
        var volumes: Set<String> = []
        for (index, volume) in spec.list(at: "volumes").enumerated() {
            errors += volumeErrors(volume, field: "\(field).volumes[\(index)]", names: &volumes)
        }
        var names: Set<String> = []
        let containers = spec.list(at: "containers")
        if containers.isEmpty { errors.append(FieldError(.required, "\(field).containers")) }
        for list in ["initContainers", "containers"] {
            for (index, container) in spec.list(at: list).enumerated() {
                errors += containerErrors(container, field: "\(field).\(list)[\(index)]", names: &names, volumes: volumes)
            }
        }
        if !restartPolicies.contains(spec.text(at: "restartPolicy")) {
            errors.append(.notSupported("\(field).restartPolicy", spec["restartPolicy"] ?? "", restartPolicies))
        }
        if !dnsPolicies.contains(spec.text(at: "dnsPolicy")) {
            errors.append(.notSupported("\(field).dnsPolicy", spec["dnsPolicy"] ?? "", dnsPolicies))
        }
        if let seconds = spec["terminationGracePeriodSeconds"]?.integerValue, seconds < 0 {
            errors.append(
                FieldError(
                    .invalid,
                    "\(field).terminationGracePeriodSeconds",
                    "must be greater than or equal to 0",
                    badValue: .integer(seconds)
                )
            )
        }
        let account = spec.text(at: "serviceAccountName")
        if !account.isEmpty, !NameRule.isSubdomain(account) {
            errors.append(FieldError(.invalid, "\(field).serviceAccountName", NameRule.subdomainMessage, badValue: .string(account)))
        }
        return errors
    }

    private static func volumeErrors(_ volume: JSON, field: String, names: inout Set<String>) -> [FieldError] {
        var errors: [FieldError] = []
        let name = volume.text(at: "name")
        if name.isEmpty {
            errors.append(FieldError(.required, "\(field).name"))
        } else if !NameRule.isLabel(name) || name.utf8.count > 63 {
            errors.append(FieldError(.invalid, "\(field).name", NameRule.labelMessage, badValue: .string(name)))
        } else if !names.insert(name).inserted {
            errors.append(FieldError(.duplicate, "\(field).name", badValue: .string(name)))
        }
        let sources = (volume.objectValue ?? [:]).keys.filter { $0 != "name" }.sorted()
        if sources.isEmpty { errors.append(FieldError(.required, field, "must specify a volume type")) }
        for extra in sources.dropFirst() {
            errors.append(FieldError(.forbidden, "\(field).\(extra)", "may not specify more than 1 volume type"))
        }
        if volume["secret"] != nil, volume.text(at: "secret", "secretName").isEmpty {
            errors.append(FieldError(.required, "\(field).secret.secretName"))
        }
        if volume["configMap"] != nil, volume.text(at: "configMap", "name").isEmpty {
            errors.append(FieldError(.required, "\(field).configMap.name"))
        }
        if volume["persistentVolumeClaim"] != nil, volume.text(at: "persistentVolumeClaim", "claimName").isEmpty {
            errors.append(FieldError(.required, "\(field).persistentVolumeClaim.claimName"))
        }
        return errors
    }

    private static func containerErrors(
        _ container: JSON,
        field: String,
        names: inout Set<String>,
        volumes: Set<String>
    ) -> [FieldError] {
        var errors: [FieldError] = []
        let name = container.text(at: "name")
        if name.isEmpty {
            errors.append(FieldError(.required, "\(field).name"))
        } else if !NameRule.isLabel(name) || name.utf8.count > 63 {
            errors.append(FieldError(.invalid, "\(field).name", NameRule.labelMessage, badValue: .string(name)))
        } else if !names.insert(name).inserted {
            errors.append(FieldError(.duplicate, "\(field).name", badValue: .string(name)))
        }
        if container.text(at: "image").isEmpty { errors.append(FieldError(.required, "\(field).image")) }
        for (index, port) in container.list(at: "ports").enumerated() {
            errors += PortRule.numberErrors(port["containerPort"], field: "\(field).ports[\(index)].containerPort")
        }
        for (index, variable) in container.list(at: "env").enumerated() {
            let at = "\(field).env[\(index)]"
            if variable.text(at: "name").isEmpty { errors.append(FieldError(.required, "\(at).name")) }
            if variable["valueFrom"] != nil, !variable.text(at: "value").isEmpty {
                errors.append(FieldError(.invalid, "\(at).valueFrom", "may not be specified when `value` is not empty", badValue: ""))
            }
        }
        var mounts: Set<String> = []
        for (index, mount) in container.list(at: "volumeMounts").enumerated() {
            let at = "\(field).volumeMounts[\(index)]"
            let volume = mount.text(at: "name")
            let path = mount.text(at: "mountPath")
            if volume.isEmpty {
                errors.append(FieldError(.required, "\(at).name"))
            } else if !volumes.contains(volume) {
                errors.append(FieldError(.notFound, "\(at).name", badValue: .string(volume)))
            }
            if path.isEmpty {
                errors.append(FieldError(.required, "\(at).mountPath"))
            } else if !mounts.insert(path).inserted {
                errors.append(FieldError(.invalid, "\(at).mountPath", "must be unique", badValue: .string(path)))
            }
        }
        return errors + ResourceRule.errors(container["resources"] ?? [:], field: "\(field).resources")
    }
}
