import BenchKit
import CraneAPI
import JSONValue
import KubernetesClient
import KubernetesModel

extension Bench {
    /// Time to sync, memory at rest, peak of a new list.
    func caches(_ report: inout Report) async throws {
        let sizes = try await objectSize()
        report.add("JSON of an object as sent", sizes.sent / 1024, "KiB")
        report.add("JSON of an object without managed fields", sizes.kept / 1024, "KiB")
        for mode in CacheRole.Mode.allCases {
            for _ in 0..<size.repetitions { try await cache(mode, &report) }
        }
    }

    private func cache(_ mode: CacheRole.Mode, _ report: inout Report) async throws {
        let child = try child("cache", ["--mode", mode.rawValue])
        let synced = try await child.next("synced")
        func number(_ json: JSON, _ member: String) -> Double { json[member]?.numberValue ?? .nan }
        let count = number(synced, "count")
        guard count == Double(size.objects) else { throw BenchError("The cache holds \(count) of \(size.objects) objects") }
        report.add("\(mode.rawValue): time to sync", number(synced, "synced"), "s")
        report.add("\(mode.rawValue): resident before the list", number(synced, "before") / 1_048_576, "MiB")
        report.add("\(mode.rawValue): resident at rest", number(synced, "rest") / 1_048_576, "MiB")
        report.add(
            "\(mode.rawValue): resident at rest, an object",
            (number(synced, "rest") - number(synced, "before")) / count / 1024,
            "KiB"
        )
        report.add("\(mode.rawValue): allocated at rest, an object", number(synced, "inUse") / count / 1024, "KiB")
        report.add("\(mode.rawValue): peak of the first list over rest", number(synced, "peak") / number(synced, "rest"), "×")
        child.say("relist")
        _ = try await child.next("armed")
        // The server's version goes on, so that the watch's is one that it forgets.
        let marker: JSON = ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["generateName": "marker-"]]
        let type = ResourceType(group: "", version: "v1", kind: "ConfigMap", plural: "configmaps", isNamespaced: true)
        _ = try await client.dynamic(type, namespace: "default").create(DynamicObject(marker))
        server.say("forget")
        _ = try await server.next("forgot")
        let key = fleet.key(0)
        let patch: JSON = ["metadata": ["annotations": [Fleet.stamp: .string(String(Moment.now.nanoseconds))]]]
        _ = try await client.dynamic(Tenant.resourceType, namespace: key.namespace).mergePatch(key, patch)
        let relisted = try await child.next("relisted")
        guard number(relisted, "relisted") >= 2 else { throw BenchError("The informer did not list anew") }
        report.add("\(mode.rawValue): peak of a new list over rest", number(relisted, "peak") / number(relisted, "rest"), "×")
        report.add(
            "\(mode.rawValue): peak of a new list above rest",
            (number(relisted, "peak") - number(relisted, "rest")) / 1_048_576,
            "MiB"
        )
        await child.stop()
    }
}
