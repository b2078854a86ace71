import JSONValue
import KubernetesClient
import KubernetesModel
import Logging

// snippet: connect
/// A client for whatever `kubectl` would talk to: KUBECONFIG, the account of the pod, or ~/.kube/config.
public func connect(logger: Logger) throws -> KubernetesClient {
    var configuration = try ClientConfiguration.load()
    configuration.userAgent = "backup-tool/1.0"
    configuration.requestTimeout = .seconds(10)
    return try KubernetesClient(configuration: configuration, logger: logger)
}
// end

// snippet: apply
/// Server-side apply: names only the fields this program cares about, creates the object or changes it.
public func publish(_ text: String, to key: ObjectKey, _ client: KubernetesClient) async throws -> CoreV1.ConfigMap {
    let wanted = CoreV1.ConfigMap(metadata: ObjectMeta(name: key.name, namespace: key.namespace), data: ["text": text])
    do {
        return try await client.resource(CoreV1.ConfigMap.self).apply(wanted, fieldManager: "backup-tool")
    } catch let error as KubernetesError where error.isConflict {
        // Somebody else applied the same field. The causes name the fields and their managers.
        let owners = error.status?.details?.causes?.compactMap(\.message) ?? []
        throw NotOurs(owners: owners)
    }
}

/// A field belongs to another field manager.
public struct NotOurs: Error {
    /// What the server says about each field.
    public var owners: [String]
}
// end

// snippet: optimistic
/// Read, change, write back: refused when somebody was faster, and then done again from the start.
public func count(_ key: ObjectKey, _ client: KubernetesClient) async throws -> Int {
    let maps = client.resource(CoreV1.ConfigMap.self)
    for _ in 1...10 {
        var map = try await maps.get(key)
        let next = (Int(map.data?["count"] ?? "") ?? 0) + 1
        map.data = (map.data ?? [:]).merging(["count": String(next)]) { $1 }
        do {
            try await maps.update(map)
            return next
        } catch let error as KubernetesError where error.isConflict {
            continue
        }
    }
    throw KubernetesError(.timedOut, "Ten others were faster at \(key)")
}
// end

// snippet: list
/// Names of all matching objects, read in pages of 500.
public func names(_ selector: String, in namespace: String?, _ client: KubernetesClient) async throws -> [String] {
    let maps = client.resource(CoreV1.ConfigMap.self, namespace: namespace)
    return try await maps.listAll(ListOptions(labelSelector: selector)).items.map(\.metadata.name)
}
// end

// snippet: watch
/// Waits until an object has a value: a list says how things are, a watch from its version says what changes.
public func waitForCount(_ count: Int, at key: ObjectKey, _ client: KubernetesClient) async throws {
    let maps = client.resource(CoreV1.ConfigMap.self, namespace: key.namespace)
    let selector = "metadata.name=\(key.name)"
    while true {
        let list = try await maps.list(ListOptions(fieldSelector: selector))
        if list.items.contains(where: { $0.data?["count"] == String(count) }) { return }
        do {
            let options = WatchOptions(fieldSelector: selector, resourceVersion: list.metadata.resourceVersion)
            for try await event in try await maps.watch(options) {
                if case .modified(let map) = event, map.data?["count"] == String(count) { return }
                if case .error = event { break }
            }
        } catch let error as KubernetesError where error.isGone || error.isRetryable {
            // The version is too old, or the connection broke: begin with a list again.
        }
    }
}
// end

// snippet: dynamic
/// Any kind the server has, by its name in paths; without a Swift type for it.
public func annotate(_ key: ObjectKey, plural: String, of groupVersion: String, _ client: KubernetesClient) async throws -> DynamicObject? {
    let served = try await client.discovery.resources(for: groupVersion)
    guard let type = served.first(where: { $0.type.plural == plural })?.type else { return nil }
    let patch: JSON = ["metadata": ["annotations": ["example.com/seen": "true"]]]
    return try await client.dynamic(type).mergePatch(key, patch)
}
// end
