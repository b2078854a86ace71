import JSONValue

/// Defaults of pods and of templates of pods.
enum PodDefaults {
    /// A pod waits; limits are requests too.
    static func pod(_ object: JSON) -> JSON {
        var object = object
        object.fill(["status", "phase"], "Pending")
        object.fill(["status", "qosClass"], .string(qualityOfService(object["spec"] ?? [:])))
        object.change(["spec"]) { spec in
            self.spec(&spec)
            spec.fill(["enableServiceLinks"], true)
            for list in ["containers", "initContainers"] {
                spec.changeEach([list]) { container in
                    for (name, amount) in container.members(at: "resources", "limits") {
                        container.fill(["resources", "requests", name], amount)
                    }
                }
            }
        }
        return object
    }

    /// The class of service that the requests and limits of the containers make.
    static func qualityOfService(_ spec: JSON) -> String {
        let containers = spec.list(at: "containers") + spec.list(at: "initContainers")
        let resources = containers.map { $0["resources"] ?? [:] }
        if resources.allSatisfy({ $0.members(at: "limits").isEmpty && $0.members(at: "requests").isEmpty }) { return "BestEffort" }
        let isGuaranteed = resources.allSatisfy { resource in
            ["cpu", "memory"].allSatisfy { name in
                let limit = resource[at: ["limits", name]]
                return limit != nil && (resource[at: ["requests", name]] ?? limit) == limit
            }
        }
        return isGuaranteed ? "Guaranteed" : "Burstable"
    }

    /// The template of a workload.
    static func template(_ template: inout JSON) { template.change(["spec"], spec) }

    /// What is asked for of a pod.
    static func spec(_ spec: inout JSON) {
        spec.fill(["dnsPolicy"], "ClusterFirst")
        spec.fill(["restartPolicy"], "Always")
        spec.fill(["terminationGracePeriodSeconds"], 30)
        spec.fill(["securityContext"], [:])
        spec.fill(["schedulerName"], "default-scheduler")
        // The old name of the field is kept equal.
        if let account = spec["serviceAccountName"] ?? spec["serviceAccount"] {
            spec["serviceAccountName"] = account
            spec["serviceAccount"] = account
        }
        for list in ["containers", "initContainers", "ephemeralContainers"] { spec.changeEach([list], container) }
        spec.changeEach(["volumes"], volume)
    }

    private static func container(_ container: inout JSON) {
        let image = container.text(at: "image")
        if !image.isEmpty { container.fill(["imagePullPolicy"], .string(isLatest(image) ? "Always" : "IfNotPresent")) }
        container.fill(["terminationMessagePath"], "/dev/termination-log")
        container.fill(["terminationMessagePolicy"], "File")
        container.changeEach(["ports"]) { $0.fill(["protocol"], "TCP") }
        container.changeEach(["env"]) { $0.change(["valueFrom", "fieldRef"]) { $0.fill(["apiVersion"], "v1") } }
        for name in ["livenessProbe", "readinessProbe", "startupProbe"] { container.change([name], probe) }
        for hook in ["postStart", "preStop"] { container.change(["lifecycle", hook, "httpGet"], httpGet) }
    }

    /// Whether an image names no version or the tag `latest`.
    private static func isLatest(_ image: String) -> Bool {
        if image.contains("@") { return false }
        let name = image.split(separator: "/").last ?? ""
        guard let colon = name.lastIndex(of: ":") else { return true }
        return name[name.index(after: colon)...] == "latest"
    }

    private static func probe(_ probe: inout JSON) {
        probe.fill(["timeoutSeconds"], 1)
        probe.fill(["periodSeconds"], 10)
        probe.fill(["successThreshold"], 1)
        probe.fill(["failureThreshold"], 3)
        probe.change(["httpGet"], httpGet)
        probe.change(["grpc"]) { $0.fill(["service"], "") }
    }

    private static func httpGet(_ action: inout JSON) {
        action.fill(["path"], "/")
        action.fill(["scheme"], "HTTP")
    }

    private static func volume(_ volume: inout JSON) {
        let sources = (volume.objectValue ?? [:]).keys.filter { $0 != "name" }
        if sources.isEmpty { volume["emptyDir"] = [:] }
        for source in ["secret", "configMap", "downwardAPI", "projected"] {
            volume.change([source]) { $0.fill(["defaultMode"], 420) }
        }
        volume.changeEach(["projected", "sources"]) { $0.change(["serviceAccountToken"]) { $0.fill(["expirationSeconds"], 3600) } }
        volume.change(["hostPath"]) { $0.fill(["type"], "") }
        volume.change(["ephemeral", "volumeClaimTemplate", "spec"], CoreDefaults.claimSpec)
    }
}
