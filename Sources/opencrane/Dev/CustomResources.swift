import CraneAPI
import JSONValue
import KubernetesClient
import KubernetesModel

/// Installs the definitions of the three kinds.
struct CustomResources {
    let client: KubernetesClient

    private static let type = ResourceType(
        group: "apiextensions.k8s.io",
        version: "v1",
        kind: "CustomResourceDefinition",
        plural: "customresourcedefinitions",
        isNamespaced: false
    )

    /// Applies the definitions and waits until the API server serves them.
    func install() async throws {
        let api = client.dynamic(Self.type)
        for definition in CraneCRDs.all {
            let object = DynamicObject(definition)
            _ = try await api.apply(object, fieldManager: "opencrane-dev", force: true)
            try await waitUntilEstablished(object.key, api)
        }
    }

    private func waitUntilEstablished(_ key: ObjectKey, _ api: ResourceAPI<DynamicObject>) async throws {
        let events = try await api.watch(WatchOptions(fieldSelector: "metadata.name=\(key.name)", timeout: .seconds(30)))
        for try await event in events {
            switch event {
            case .added(let object), .modified(let object):
                let conditions = object.json[at: ["status", "conditions"]]?.arrayValue ?? []
                if conditions.contains(where: { $0["type"] == "Established" && $0["status"] == "True" }) { return }
            default: continue
            }
        }
        throw DevError("The API server did not accept the definition \(key.name) within 30 s")
    }
}
