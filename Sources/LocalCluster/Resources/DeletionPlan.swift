import Foundation
import JSONValue
import KubernetesModel

/// What a deletion makes of an object: nothing is left of it, or it is marked and waits for its finalizers or its grace period.
struct DeletionPlan: Sendable {
    static let orphanFinalizer = "orphan"
    static let foregroundFinalizer = "foregroundDeletion"
    static let definitionFinalizer = "customresourcecleanup.apiextensions.k8s.io"

    /// The object as it is to be stored, or as its last watchers see it.
    private(set) var object: JSON
    private(set) var isRemoval: Bool

    init(object: JSON, served: ServedResource, options: DeleteOptions, now: Date) {
        self.object = object
        self.isRemoval = false
        let timestamp = Timestamp(now).wholeSeconds
        switch served.type.kind {
        case "Namespace" where served.type.group.isEmpty: markNamespace(timestamp)
        case "CustomResourceDefinition" where !served.isCustom: markDefinition(timestamp)
        default: mark(served, options, timestamp)
        }
    }

    private mutating func mark(_ served: ServedResource, _ options: DeleteOptions, _ now: Timestamp) {
        var finalizers = ObjectFields.finalizers(object)
        switch options.propagation {
        case .orphan: adjust(&finalizers, add: Self.orphanFinalizer, drop: Self.foregroundFinalizer)
        case .foreground: adjust(&finalizers, add: Self.foregroundFinalizer, drop: Self.orphanFinalizer)
        case .background: finalizers.removeAll { $0 == Self.orphanFinalizer || $0 == Self.foregroundFinalizer }
        case nil: break
        }
        let wasDeleting = ObjectFields.isDeleting(object)
        let grace = Self.gracePeriod(object, served, options, wasDeleting: wasDeleting)
        if finalizers.isEmpty, grace == 0 {
            isRemoval = true
            return
        }
        var metadata = object["metadata"]?.objectValue ?? [:]
        metadata.setUnlessEmpty("finalizers", .array(finalizers.map { .string($0) }))
        let before = metadata["deletionGracePeriodSeconds"]?.integerValue
        if !wasDeleting || grace < before ?? 0 {
            metadata["deletionTimestamp"] = .string(now.advanced(bySeconds: Double(grace)).description)
            metadata["deletionGracePeriodSeconds"] = .integer(grace)
        }
        if !wasDeleting, let generation = metadata["generation"]?.integerValue, generation > 0 {
            metadata["generation"] = .integer(generation + 1)
        }
        object["metadata"] = .object(metadata)
    }

    /// Only pods that run somewhere have time to stop.
    private static func gracePeriod(_ object: JSON, _ served: ServedResource, _ options: DeleteOptions, wasDeleting: Bool) -> Int64 {
        guard served.type.kind == "Pod", !served.isCustom else { return 0 }
        let phase = object["status"]?["phase"]?.stringValue
        if (object["spec"]?["nodeName"]?.stringValue ?? "").isEmpty || phase == "Succeeded" || phase == "Failed" { return 0 }
        let wanted = options.gracePeriodSeconds ?? object["spec"]?["terminationGracePeriodSeconds"]?.integerValue ?? 30
        guard wasDeleting, let running = object["metadata"]?["deletionGracePeriodSeconds"]?.integerValue else { return max(0, wanted) }
        return min(running, options.gracePeriodSeconds ?? running)
    }

    private mutating func markNamespace(_ now: Timestamp) {
        let holders = (object["spec"]?["finalizers"]?.arrayValue ?? []).count + ObjectFields.finalizers(object).count
        guard holders > 0 else {
            isRemoval = true
            return
        }
        guard !ObjectFields.isDeleting(object) else { return }
        object[at: ["metadata", "deletionTimestamp"]] = .string(now.description)
        object[at: ["status", "phase"]] = "Terminating"
    }

    private mutating func markDefinition(_ now: Timestamp) {
        guard !ObjectFields.isDeleting(object) else { return }
        var finalizers = ObjectFields.finalizers(object)
        if !finalizers.contains(Self.definitionFinalizer) { finalizers.append(Self.definitionFinalizer) }
        object[at: ["metadata", "finalizers"]] = .array(finalizers.map { .string($0) })
        object[at: ["metadata", "deletionTimestamp"]] = .string(now.description)
        var conditions = object["status"]?["conditions"]?.arrayValue ?? []
        conditions.removeAll { $0["type"] == "Terminating" }
        conditions.append([
            "type": "Terminating", "status": "True", "lastTransitionTime": .string(now.description), "reason": "InstanceDeletionPending",
            "message": "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon",
        ])
        object[at: ["status", "conditions"]] = .array(conditions)
    }

    private func adjust(_ finalizers: inout [String], add: String, drop: String) {
        finalizers.removeAll { $0 == drop }
        if !finalizers.contains(add) { finalizers.append(add) }
    }
}
