import JSONValue
import KubernetesModel

/// Where the numbers of the `scale` subresource of a resource stand.
struct ScaleMapping: Sendable, Hashable {
    /// The wanted number.
    var specReplicas: [String]
    /// The counted number.
    var statusReplicas: [String]
    /// Where the selector stands: text for custom resources, a label selector for built-in kinds.
    var selector: [String]?
}

/// What a server says about a resource and where it keeps its objects.
struct ResourceDefinition: Sendable, Hashable {
    /// Group, version, kind, plural name and scope.
    var type: ResourceType
    /// The name of one, as in `deployment`.
    var singular: String
    /// The kind of lists.
    var listKind: String
    /// Abbreviations.
    var shortNames: [String] = []
    /// Groups of resources such as `all`.
    var categories: [String] = []
    /// What can be done with it.
    var verbs: [String] = ResourceDefinition.allVerbs
    /// The resource whose objects these are; differs from `type` for `v1` events only.
    var storage: ResourceType
    /// Names of subresources.
    var subresources: Set<String> = []
    /// The mapping of the `scale` subresource.
    var scale: ScaleMapping?
    /// Field selectors besides the name and the namespace.
    var selectableFields: [String] = []
    /// Whether an update of an object that is not there creates it.
    var allowsCreateOnUpdate = false
    /// Whether `managedFields` tell subresources apart.
    var tracksSubresource = false

    /// Every verb.
    static let allVerbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]
}

/// A kind that the server knows by itself.
struct BuiltinKind: Sendable {
    /// What the server says about it.
    var definition: ResourceDefinition
    /// The type in the table of types.
    var typeName: String
    /// Whether objects have a generation, which counts changes of what is asked for.
    var hasGeneration = false
    /// How names look.
    var nameRule = NameRule.subdomain
    /// The group in messages about invalid objects, where it is not the group of the resource.
    var errorGroup: String?
    /// Fills defaults in a decoded object.
    var defaults: @Sendable (JSON) -> JSON = { $0 }
    /// What is wrong with an object, besides its metadata.
    var validate: @Sendable (JSON) -> [FieldError] = { _ in [] }
    /// What is wrong with a change (new, old), besides what is wrong with the new object.
    var validateChange: @Sendable (JSON, JSON) -> [FieldError] = { _, _ in [] }

    /// Whether the kind has a status that only its subresource changes.
    var hasStatus: Bool { definition.subresources.contains("status") }
}
