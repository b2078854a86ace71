import JSONValue
import KubernetesModel

/// Validation of the groups apps, batch and policy.
enum WorkloadValidation {
    /// A Deployment selects the pods of its template.
    static func deployment(_ object: JSON) -> [FieldError] {
        let spec = object["spec"] ?? [:]
        var errors = nonNegative(spec, ["replicas", "minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"])
        errors += selectorAndTemplate(spec)
        let strategy = spec.text(at: "strategy", "type")
        if !["Recreate", "RollingUpdate"].contains(strategy) {
            errors.append(.notSupported("spec.strategy.type", .string(strategy), ["Recreate", "RollingUpdate"]))
        }
        if strategy == "Recreate", spec[at: ["strategy", "rollingUpdate"]] != nil {
            errors.append(
                FieldError(.forbidden, "spec.strategy.rollingUpdate", "may not be specified when strategy `type` is 'Recreate'")
            )
        }
        return errors + rollingUpdateErrors(spec) + alwaysRestarts(spec)
    }

    /// An update must be able to go on: by a pod less, or by one more.
    private static func rollingUpdateErrors(_ spec: JSON) -> [FieldError] {
        guard let rolling = spec[at: ["strategy", "rollingUpdate"]] else { return [] }
        func isZero(_ value: JSON?) -> Bool { value == 0 || value == "0%" || value == "0" }
        guard isZero(rolling["maxUnavailable"]), isZero(rolling["maxSurge"]) else { return [] }
        let field = "spec.strategy.rollingUpdate.maxUnavailable"
        return [FieldError(.invalid, field, "may not be 0 when `maxSurge` is 0", badValue: rolling["maxUnavailable"])]
    }

    /// A ReplicaSet selects the pods of its template.
    static func replicaSet(_ object: JSON) -> [FieldError] {
        let spec = object["spec"] ?? [:]
        return nonNegative(spec, ["replicas", "minReadySeconds"]) + selectorAndTemplate(spec) + alwaysRestarts(spec)
    }

    /// A StatefulSet selects the pods of its template; its claims are claims.
    static func statefulSet(_ object: JSON) -> [FieldError] {
        let spec = object["spec"] ?? [:]
        var errors = nonNegative(spec, ["replicas", "minReadySeconds", "revisionHistoryLimit"]) + selectorAndTemplate(spec)
        let policy = spec.text(at: "podManagementPolicy")
        if !["OrderedReady", "Parallel"].contains(policy) {
            errors.append(
                FieldError(.invalid, "spec.podManagementPolicy", "must be 'OrderedReady' or 'Parallel'", badValue: .string(policy))
            )
        }
        return errors + alwaysRestarts(spec)
    }

    /// A DaemonSet selects the pods of its template.
    static func daemonSet(_ object: JSON) -> [FieldError] {
        let spec = object["spec"] ?? [:]
        return nonNegative(spec, ["minReadySeconds", "revisionHistoryLimit"]) + selectorAndTemplate(spec) + alwaysRestarts(spec)
    }

    /// The selector never changes.
    static func selectorChange(_ new: JSON, _ old: JSON) -> [FieldError] {
        let after = new[at: ["spec", "selector"]]
        return after == old[at: ["spec", "selector"]] ? [] : [.immutable("spec.selector", after)]
    }

    /// Of a StatefulSet only replicas, template, strategy and a few more change.
    static func statefulSetChange(_ new: JSON, _ old: JSON) -> [FieldError] {
        var before = old["spec"] ?? [:]
        var after = new["spec"] ?? [:]
        for member in [
            "replicas", "template", "updateStrategy", "minReadySeconds", "persistentVolumeClaimRetentionPolicy", "ordinals",
            "revisionHistoryLimit",
        ] {
            before[member] = nil
            after[member] = nil
        }
        if before == after { return [] }
        return [
            FieldError(
                .forbidden,
                "spec",
                "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', "
                    + "'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"
            )
        ]
    }

    /// A Job runs pods to their end.
    static func job(_ object: JSON) -> [FieldError] { jobSpec(object["spec"] ?? [:], field: "spec") }

    /// The template, selector and completions of a Job do not change.
    static func jobChange(_ new: JSON, _ old: JSON) -> [FieldError] {
        ["completions", "selector", "template", "completionMode"].compactMap { member in
            // Both are filled in by the server when the job is made.
            guard let before = old[at: ["spec", member]] else { return nil }
            let after = new[at: ["spec", member]]
            if member == "template", old[at: ["spec", "suspend"]] == true { return nil }
            return before == after ? nil : .immutable("spec.\(member)", after)
        }
    }

    private static func jobSpec(_ spec: JSON, field: String) -> [FieldError] {
        var errors = nonNegative(
            spec,
            ["parallelism", "completions", "backoffLimit", "activeDeadlineSeconds", "ttlSecondsAfterFinished"],
            field: field
        )
        errors += template(spec, field: field)
        let policy = spec.text(at: "template", "spec", "restartPolicy")
        if !["Never", "OnFailure"].contains(policy) {
            errors.append(
                policy == "Always" || policy.isEmpty
                    ? FieldError(
                        .required,
                        "\(field).template.spec.restartPolicy",
                        "valid values: \"OnFailure\", \"Never\""
                    )
                    : .notSupported("\(field).template.spec.restartPolicy", .string(policy), ["Never", "OnFailure"])
            )
        }
        return errors
    }

    /// A CronJob has a schedule and a job.
    static func cronJob(_ object: JSON) -> [FieldError] {
        let spec = object["spec"] ?? [:]
        var errors: [FieldError] = []
        let name = object.text(at: "metadata", "name")
        // A job of it gets eleven characters more.
        if name.utf8.count > 52 {
            errors.append(FieldError(.invalid, "metadata.name", "must be no more than 52 characters", badValue: .string(name)))
        }
        let schedule = spec.text(at: "schedule")
        if schedule.isEmpty {
            errors.append(FieldError(.required, "spec.schedule"))
        } else if !schedule.hasPrefix("@"), schedule.split(separator: " ").count != 5 {
            errors.append(
                FieldError(
                    .invalid,
                    "spec.schedule",
                    "expected exactly 5 fields, found \(schedule.split(separator: " ").count): [\(schedule)]",
                    badValue: .string(schedule)
                )
            )
        }
        let policy = spec.text(at: "concurrencyPolicy")
        if !["Allow", "Forbid", "Replace"].contains(policy) {
            errors.append(.notSupported("spec.concurrencyPolicy", .string(policy), ["Allow", "Forbid", "Replace"]))
        }
        return errors + jobSpec(spec[at: ["jobTemplate", "spec"]] ?? [:], field: "spec.jobTemplate.spec")
    }

    /// A budget says one of both numbers.
    static func disruptionBudget(_ object: JSON) -> [FieldError] {
        let spec = object["spec"] ?? [:]
        if spec["minAvailable"] != nil, spec["maxUnavailable"] != nil {
            return [FieldError(.invalid, "spec", "minAvailable and maxUnavailable cannot be both set", badValue: spec)]
        }
        return []
    }

    private static func nonNegative(_ spec: JSON, _ members: [String], field: String = "spec") -> [FieldError] {
        members.compactMap { member in
            guard let number = spec[member]?.integerValue, number < 0 else { return nil }
            return FieldError(.invalid, "\(field).\(member)", "must be greater than or equal to 0", badValue: .integer(number))
        }
    }

    private static func selectorAndTemplate(_ spec: JSON) -> [FieldError] {
        var errors: [FieldError] = []
        let selector = spec["selector"] ?? .null
        let labels = spec[at: ["template", "metadata", "labels"]] ?? [:]
        if selector.isNull {
            errors.append(FieldError(.required, "spec.selector"))
        } else if selector.members(at: "matchLabels").isEmpty, selector.list(at: "matchExpressions").isEmpty {
            errors.append(
                FieldError(.invalid, "spec.selector", "empty selector is invalid for deployment", badValue: selector)
            )
        } else {
            errors += SelectorRule.errors(selector, field: "spec.selector")
        }
        if errors.isEmpty, let parsed = try? selector.decode(LabelSelector.self) {
            let texts = (labels.objectValue ?? [:]).compactMapValues(\.stringValue)
            if !parsed.matches(texts) {
                errors.append(
                    FieldError(
                        .invalid,
                        "spec.template.metadata.labels",
                        "`selector` does not match template `labels`",
                        badValue: labels
                    )
                )
            }
        }
        return errors + template(spec, field: "spec")
    }

    private static func template(_ spec: JSON, field: String) -> [FieldError] {
        PodValidation.spec(spec[at: ["template", "spec"]] ?? [:], field: "\(field).template.spec")
    }

    private static func alwaysRestarts(_ spec: JSON) -> [FieldError] {
        let policy = spec[at: ["template", "spec", "restartPolicy"]] ?? "Always"
        if policy == "Always" || !["Never", "OnFailure"].contains(policy.stringValue ?? "") { return [] }
        return [.notSupported("spec.template.spec.restartPolicy", policy, ["Always"])]
    }
}

/// Label selectors as values.
enum SelectorRule {
    /// What is wrong with a selector.
    static func errors(_ selector: JSON, field: String) -> [FieldError] {
        var errors: [FieldError] = []
        for (key, value) in selector.members(at: "matchLabels").sorted(by: { $0.key < $1.key }) {
            errors += MetadataValidation.labelErrors(key: key, value: value.stringValue ?? "", field: "\(field).matchLabels")
        }
        for (index, expression) in selector.list(at: "matchExpressions").enumerated() {
            let at = "\(field).matchExpressions[\(index)]"
            let values = expression.list(at: "values")
            switch expression.text(at: "operator") {
            case "In", "NotIn":
                if values.isEmpty {
                    errors.append(FieldError(.required, "\(at).values", "must be specified when `operator` is 'In' or 'NotIn'"))
                }
            case "Exists", "DoesNotExist":
                if !values.isEmpty {
                    errors.append(
                        FieldError(.forbidden, "\(at).values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
                    )
                }
            case let other: errors.append(FieldError(.invalid, "\(at).operator", "not a valid selector operator", badValue: .string(other)))
            }
            if let problem = MetadataValidation.qualifiedNameProblem(expression.text(at: "key")) {
                errors.append(FieldError(.invalid, "\(at).key", problem, badValue: expression["key"] ?? ""))
            }
        }
        return errors
    }
}
