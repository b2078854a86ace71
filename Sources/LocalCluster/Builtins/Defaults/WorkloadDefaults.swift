import JSONValue

/// Defaults of the groups apps and batch.
enum WorkloadDefaults {
    /// A Deployment has one replica and rolls by a quarter.
    static func deployment(_ object: JSON) -> JSON {
        var object = object
        object.change(["spec"]) { spec in
            spec.fill(["replicas"], 1)
            spec.fill(["revisionHistoryLimit"], 10)
            spec.fill(["progressDeadlineSeconds"], 600)
            spec.fill(["strategy", "type"], "RollingUpdate")
            if spec.text(at: "strategy", "type") == "RollingUpdate" {
                spec.fill(["strategy", "rollingUpdate", "maxUnavailable"], "25%")
                spec.fill(["strategy", "rollingUpdate", "maxSurge"], "25%")
            }
            spec.change(["template"], PodDefaults.template)
        }
        return object
    }

    /// A ReplicaSet has one replica.
    static func replicaSet(_ object: JSON) -> JSON {
        var object = object
        object.change(["spec"]) { spec in
            spec.fill(["replicas"], 1)
            spec.change(["template"], PodDefaults.template)
        }
        return object
    }

    /// A StatefulSet has one replica and starts its pods in order.
    static func statefulSet(_ object: JSON) -> JSON {
        var object = object
        object.change(["spec"]) { spec in
            spec.fill(["replicas"], 1)
            spec.fill(["revisionHistoryLimit"], 10)
            spec.fill(["podManagementPolicy"], "OrderedReady")
            spec.fill(["updateStrategy", "type"], "RollingUpdate")
            if spec.text(at: "updateStrategy", "type") == "RollingUpdate" {
                spec.fill(["updateStrategy", "rollingUpdate", "partition"], 0)
            }
            spec.change(["template"], PodDefaults.template)
            spec.changeEach(["volumeClaimTemplates"]) { claim in
                claim = CoreDefaults.claim(claim)
                claim.fill(["apiVersion"], "v1")
                claim.fill(["kind"], "PersistentVolumeClaim")
            }
        }
        return object
    }

    /// A DaemonSet rolls one pod at a time.
    static func daemonSet(_ object: JSON) -> JSON {
        var object = object
        object.change(["spec"]) { spec in
            spec.fill(["revisionHistoryLimit"], 10)
            spec.fill(["updateStrategy", "type"], "RollingUpdate")
            if spec.text(at: "updateStrategy", "type") == "RollingUpdate" {
                spec.fill(["updateStrategy", "rollingUpdate", "maxUnavailable"], 1)
                spec.fill(["updateStrategy", "rollingUpdate", "maxSurge"], 0)
            }
            spec.change(["template"], PodDefaults.template)
        }
        return object
    }

    /// A Job runs one pod to its end; its pods are found by its identity unless the selector is the caller's.
    static func job(_ object: JSON) -> JSON {
        var object = object
        object.change(["spec"], jobSpec)
        return object
    }

    private static func jobSpec(_ spec: inout JSON) {
        if spec["completions"] == nil, spec["parallelism"] == nil { spec["completions"] = 1 }
        spec.fill(["parallelism"], 1)
        spec.fill(["backoffLimit"], 6)
        spec.fill(["completionMode"], "NonIndexed")
        spec.fill(["suspend"], false)
        spec.change(["template"], PodDefaults.template)
    }

    /// A CronJob keeps three finished jobs and one failed.
    static func cronJob(_ object: JSON) -> JSON {
        var object = object
        object.change(["spec"]) { spec in
            spec.fill(["concurrencyPolicy"], "Allow")
            spec.fill(["suspend"], false)
            spec.fill(["successfulJobsHistoryLimit"], 3)
            spec.fill(["failedJobsHistoryLimit"], 1)
            spec.change(["jobTemplate", "spec", "template"], PodDefaults.template)
        }
        return object
    }
}
