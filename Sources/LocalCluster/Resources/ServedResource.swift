import JSONValue
import KubernetesModel

/// One version of a resource as the server serves it: what it is, and the rules for its objects.
struct ServedResource: Sendable {
    var strategy: any ResourceStrategy
    var columns: [TableColumn]
    /// The definition a custom resource comes from.
    var definitionName: String?
    /// Objects older than the definition may lack defaults that it fills now.
    var definitionRevision: Int64 = 0
    /// While its definition is being deleted, a custom resource takes no new objects.
    var isTerminating = false
    /// What every answer warns of, when the version is on its way out.
    var deprecation: String?

    var definition: ResourceDefinition { strategy.definition }
    var type: ResourceType { strategy.definition.type }
    var isCustom: Bool { definitionName != nil }

    /// The name of the resource in the store.
    var storage: String { Self.storage(definition.storage) }

    /// Whether the stored form differs from the served one in more than `apiVersion` and `kind`.
    var needsConversion: Bool { definition.type.group != definition.storage.group }

    static func storage(_ type: ResourceType) -> String { type.group.isEmpty ? type.plural : "\(type.plural).\(type.group)" }

    /// Whether an object's own bytes cannot be sent as they are.
    func needsConversion(_ object: StoredObject) -> Bool { needsConversion || object.revision < definitionRevision }

    /// What an error about an object of this resource names.
    func subject(_ name: String) -> ErrorSubject { ErrorSubject(resource: type.plural, group: type.group, name: name) }

    /// What an error about the kind names.
    func kindSubject(_ name: String) -> ErrorSubject { ErrorSubject(resource: type.kind, group: type.group, name: name) }

    /// An object in the served version.
    func served(_ object: StoredObject) -> JSON { strategy.fromStored(object.json) }

    func key(namespace: String?, name: String) -> StoreKey {
        StoreKey(namespace: type.isNamespaced ? namespace ?? "" : "", name: name)
    }
}
