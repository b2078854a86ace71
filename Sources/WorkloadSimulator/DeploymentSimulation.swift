import JSONValue
import KubernetesModel

/// What the controller manager would do with a Deployment: decided from the objects alone.
struct DeploymentSimulation {
    /// One write.
    enum Action: Sendable, Hashable {
        case create(AppsV1.ReplicaSet)
        case scale(AppsV1.ReplicaSet, to: Int)
    }

    let deployment: AppsV1.Deployment
    /// ReplicaSets that the Deployment controls.
    let replicaSets: [AppsV1.ReplicaSet]
    /// Pods of those, ending ones included.
    let pods: [CoreV1.Pod]

    init(deployment: AppsV1.Deployment, replicaSets: [AppsV1.ReplicaSet], pods: [CoreV1.Pod]) {
        self.deployment = deployment
        self.replicaSets = replicaSets
        self.pods = pods
        hash = Self.hash(of: deployment.spec?.template)
    }

    private var currentName: String { "\(deployment.metadata.name)-\(hash)" }
    private var wanted: Int { deployment.spec?.replicas ?? 1 }
    /// The fingerprint of the template that is wanted; computing it is the most expensive part.
    private let hash: String
    private var current: AppsV1.ReplicaSet? { replicaSets.first { $0.metadata.name == currentName } }
    private var former: [AppsV1.ReplicaSet] { replicaSets.filter { $0.metadata.name != currentName } }

    /// Whether somebody else plays this Deployment already.
    var isForeign: Bool { replicaSets.contains { $0.metadata.annotations[SimulatorMark.simulated] != "true" } }

    /// The writes that bring the ReplicaSets nearer to what is wanted.
    var actions: [Action] {
        if deployment.spec?.strategy?.type == "Recreate" {
            let running = former.filter { ($0.spec?.replicas ?? 1) > 0 }
            if !running.isEmpty { return running.map { .scale($0, to: 0) } }
            // One pod at most holds the volume: the next one waits until the last of the former is gone.
            if wanted > 0, former.contains(where: { set in pods.contains { $0.isControlled(by: set.metadata.uid) } }) { return [] }
            return scaleCurrent
        }
        let isReady = (current?.status?.readyReplicas ?? 0) >= wanted
        return scaleCurrent + (isReady ? former.filter { ($0.spec?.replicas ?? 1) > 0 }.map { .scale($0, to: 0) } : [])
    }

    private var scaleCurrent: [Action] {
        guard let current else { return [.create(newReplicaSet)] }
        return current.spec?.replicas == wanted ? [] : [.scale(current, to: wanted)]
    }

    private var newReplicaSet: AppsV1.ReplicaSet {
        var template = deployment.spec?.template ?? .init()
        template.metadata = template.metadata ?? ObjectMeta()
        template.metadata?.labels["pod-template-hash"] = hash
        var selector = deployment.spec?.selector ?? LabelSelector()
        selector.matchLabels = (selector.matchLabels ?? [:]).merging(["pod-template-hash": hash]) { _, new in new }
        return AppsV1.ReplicaSet(
            metadata: ObjectMeta(
                name: currentName,
                namespace: deployment.metadata.namespace,
                labels: template.metadata?.labels ?? [:],
                annotations: [SimulatorMark.simulated: "true"],
                ownerReferences: [deployment.ownerReference()]
            ),
            spec: .init(replicas: wanted, selector: selector, template: template)
        )
    }

    /// The status as the ReplicaSets and Pods are now.
    ///
    /// - Parameter now: time of transitions.
    func status(now: Timestamp) -> AppsV1.DeploymentStatus {
        let live = pods.filter { !$0.metadata.isBeingDeleted }
        let updated = live.filter { $0.isControlled(by: current?.metadata.uid) }
        let ready = live.filter(\.isReady)
        let isComplete = updated.count == wanted && live.count == wanted && ready.count == wanted
        var status = AppsV1.DeploymentStatus()
        status.observedGeneration = deployment.metadata.generation
        status.replicas = Self.count(live.count)
        status.updatedReplicas = Self.count(updated.count)
        status.readyReplicas = Self.count(ready.count)
        status.availableReplicas = Self.count(ready.count)
        status.unavailableReplicas = Self.count(max(0, wanted - ready.count))
        let isAvailable = ready.count >= wanted
        status.conditions = [
            condition(
                "Available",
                isAvailable,
                isAvailable ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
                isAvailable ? "Deployment has minimum availability." : "Deployment does not have minimum availability.",
                now
            ),
            condition(
                "Progressing",
                true,
                isComplete ? "NewReplicaSetAvailable" : "ReplicaSetUpdated",
                "ReplicaSet \"\(currentName)\" \(isComplete ? "has successfully progressed" : "is progressing").",
                now
            ),
        ]
        return status
    }

    /// Zero is left out on the wire.
    private static func count(_ number: Int) -> Int? { number == 0 ? nil : number }

    private func condition(_ type: String, _ holds: Bool, _ reason: String, _ message: String, _ now: Timestamp) -> CoreV1.WorkloadCondition
    {
        let status = holds ? "True" : "False"
        let previous = deployment.status?.conditions?.first { $0.type == type }
        let since = previous?.status == status ? previous?.lastTransitionTime ?? now.wholeSeconds : now.wholeSeconds
        let isSame = previous?.status == status && previous?.reason == reason && previous?.message == message
        return CoreV1.WorkloadCondition(
            type: type,
            status: status,
            reason: reason,
            message: message,
            lastTransitionTime: since,
            lastUpdateTime: isSame ? previous?.lastUpdateTime ?? since : now.wholeSeconds
        )
    }

    /// A short fingerprint of a template (FNV-1a), in the letters that Kubernetes uses for such names.
    static func hash(of template: CoreV1.PodTemplateSpec?) -> String {
        var value: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in (try? JSON(encoding: template ?? .init()).serialized()) ?? [] { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return Suffix.text(value, length: 10)
    }
}

/// Suffixes of generated names.
enum Suffix {
    private static let letters = Array("bcdfghjklmnpqrstvwxz2456789")

    /// A suffix made of a number.
    static func text(_ number: UInt64, length: Int) -> String {
        var rest = number
        var result = ""
        for _ in 0..<length {
            result.append(letters[Int(rest % UInt64(letters.count))])
            rest /= UInt64(letters.count)
        }
        return result
    }
}

extension KubernetesObject {
    /// Whether the controller of this object has the given identity.
    func isControlled(by uid: String?) -> Bool { uid != nil && metadata.controller?.uid == uid }

    /// Whether the simulator is to leave it alone.
    var isIgnored: Bool { metadata.annotations[SimulatorMark.ignore] == "true" }
}

extension CoreV1.Pod {
    /// Whether the pod gets traffic.
    var isReady: Bool { status?.conditions?.contains { $0.type == "Ready" && $0.status == "True" } ?? false }

    /// Whether the pod has ended by itself.
    var hasEnded: Bool { status?.phase == "Succeeded" || status?.phase == "Failed" }
}
