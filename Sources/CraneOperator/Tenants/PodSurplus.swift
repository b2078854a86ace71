import JSONValue
import KubernetesModel

/// What a pod has beyond its plan and what an apply leaves standing, because lists merge and the fields are nobody's: further containers,
/// volumes of the node, rights. It is named for people.
struct PodSurplus {
    /// What there is too much, sorted; empty when the pod is as planned.
    let findings: [String]

    init(of live: CoreV1.PodSpec?, beyond plan: CoreV1.PodSpec?) {
        var findings: [String] = []
        for (name, value) in [("hostNetwork", live?.hostNetwork), ("hostPID", live?.hostPID), ("hostIPC", live?.hostIPC)]
        where value == true {
            findings.append(name)
        }
        let kinds = [
            ("container", live?.containers, plan?.containers), ("init container", live?.initContainers, plan?.initContainers),
        ]
        for (kind, live, plan) in kinds {
            for container in live ?? [] {
                let name = container.name ?? ""
                if let planned = plan?.first(where: { $0.name == name }) {
                    findings += Self.surplus(of: container, beyond: planned).map { "\($0) of \(kind) \(name)" }
                } else {
                    findings.append("\(kind) \(name)")
                }
            }
        }
        for volume in live?.volumes ?? [] {
            let planned = plan?.volumes?.first { $0.name == volume.name }
            if planned == nil || Self.sources(volume) != planned.map(Self.sources) { findings.append("volume \(volume.name ?? "")") }
        }
        self.findings = findings.sorted()
    }

    private static func surplus(of live: CoreV1.Container, beyond plan: CoreV1.Container) -> [String] {
        var found: [String] = []
        if live.command ?? [] != plan.command ?? [] { found.append("command") }
        if live.args ?? [] != plan.args ?? [] { found.append("args") }
        let variables = Set((plan.env ?? []).map(\.name))
        if !(live.env ?? []).allSatisfy({ variables.contains($0.name) }) { found.append("env") }
        let paths = Set((plan.volumeMounts ?? []).map(\.mountPath))
        if !(live.volumeMounts ?? []).allSatisfy({ paths.contains($0.mountPath) }) { found.append("volumeMounts") }
        if live.securityContext?.privileged == true { found.append("privileged") }
        if !(live.securityContext?.capabilities?.add ?? []).isEmpty { found.append("capabilities") }
        return found
    }

    /// Kinds of storage behind a volume. One that is not known here, such as a path of the node, is none.
    private static func sources(_ volume: CoreV1.Volume) -> Set<String> {
        var members = Set((try? JSON(encoding: volume))?.objectValue?.keys.map { $0 } ?? [])
        members.remove("name")
        return members
    }
}
