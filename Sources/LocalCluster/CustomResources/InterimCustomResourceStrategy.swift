import JSONValue
import KubernetesModel
import Schema

enum CustomResourceDefinitionRules {
    static func defaults(_ object: JSON) -> JSON {
        var object = object
        if object[at: ["spec", "conversion", "strategy"]] == nil { object[at: ["spec", "conversion", "strategy"]] = "None" }
        let kind = object["spec"]?["names"]?["kind"]?.stringValue ?? ""
        if object[at: ["spec", "names", "listKind"]] == nil { object[at: ["spec", "names", "listKind"]] = .string(kind + "List") }
        if object[at: ["spec", "names", "singular"]] == nil {
            object[at: ["spec", "names", "singular"]] = .string(kind.lowercased())
        }
        return object
    }
    static func validate(_ object: JSON) -> [FieldError] { [] }
    static func validateChange(_ new: JSON, _ old: JSON) -> [FieldError] { [] }
    static func storedVersions(_ object: JSON) -> JSON {
        .array((object["spec"]?["versions"]?.arrayValue ?? []).filter { $0["storage"] == true }.compactMap { $0["name"] })
    }
}

struct CustomResourceStrategy: ResourceStrategy {
    let definition: ResourceDefinition
    let mergeSchema: MergeSchema = .untyped
    var zeroObject: JSON { ["apiVersion": .string(definition.type.apiVersion), "kind": .string(definition.type.kind), "metadata": [:]] }
    let supportsStrategicMerge = false
    private let validator: SchemaValidator?

    init(definition crd: JSON, version: String) throws(SchemaError) {
        let spec = crd["spec"] ?? [:]
        let names = spec["names"] ?? [:]
        let versions = spec["versions"]?.arrayValue ?? []
        let this = versions.first { $0["name"]?.stringValue == version } ?? [:]
        func type(_ version: String) -> ResourceType {
            ResourceType(
                group: spec["group"]?.stringValue ?? "", version: version, kind: names["kind"]?.stringValue ?? "",
                plural: names["plural"]?.stringValue ?? "", isNamespaced: spec["scope"] == "Namespaced")
        }
        let stored = versions.first { $0["storage"] == true }?["name"]?.stringValue ?? version
        var definition = ResourceDefinition(
            type: type(version), singular: names["singular"]?.stringValue ?? "",
            listKind: names["listKind"]?.stringValue ?? "", storage: type(stored))
        definition.shortNames = (names["shortNames"]?.arrayValue ?? []).compactMap { $0.stringValue }
        definition.categories = (names["categories"]?.arrayValue ?? []).compactMap { $0.stringValue }
        if this["subresources"]?["status"] != nil { definition.subresources.insert("status") }
        definition.tracksSubresource = true
        self.definition = definition
        validator = try this["schema"]?["openAPIV3Schema"].map { json throws(SchemaError) in
            try SchemaValidator(try JSONSchema(parsing: json))
        }
    }

    func decode(_ body: JSON) throws(DecodeFailure) -> DecodedObject {
        guard let validator else { return DecodedObject(object: body, unknownFields: []) }
        let result = validator.pruning(body, isResource: true)
        return DecodedObject(object: result.value, unknownFields: result.pruned.map(\.fieldPath))
    }
    func prepareCreate(_ object: JSON) -> JSON {
        var object = object
        if definition.subresources.contains("status") { object["status"] = nil }
        object[at: ["metadata", "generation"]] = 1
        return validator?.defaulting(object) ?? object
    }
    func prepareUpdate(_ new: JSON, old: JSON, subresource: String?) -> JSON {
        var object = new
        if subresource == "status" {
            object = old
            object["status"] = new["status"]
        } else if definition.subresources.contains("status") {
            object["status"] = old["status"]
        }
        object = validator?.defaulting(object) ?? object
        let generation = ObjectFields.generation(old)
        object[at: ["metadata", "generation"]] = .integer(object["spec"] == old["spec"] ? generation : generation + 1)
        return object
    }
    func finishCreate(_ object: JSON, environment: any AllocationEnvironment) throws(FieldErrors) -> JSON { object }
    func finishUpdate(_ new: JSON, old: JSON, subresource: String?, environment: any AllocationEnvironment) throws(FieldErrors) -> JSON { new }
    func validateCreate(_ object: JSON) -> [FieldError] {
        (validator?.violations(in: object) ?? []).map { violation in
            FieldError(.invalid, violation.fieldCause.field, message: violation.fieldCause.message)
        }
    }
    func validateUpdate(_ new: JSON, old: JSON, subresource: String?) -> [FieldError] { validateCreate(new) }
    func strategicMerge(_ patch: JSON, to object: JSON) throws(StrategicMergeError) -> JSON { object }
    func checkApplied(_ applied: JSON) -> String? { nil }
    func toStored(_ object: JSON) -> JSON {
        var object = object
        object["apiVersion"] = .string(definition.storage.apiVersion)
        return object
    }
    func fromStored(_ object: JSON) -> JSON {
        var object = object
        object["apiVersion"] = .string(definition.type.apiVersion)
        return object
    }
    func invalidStatus(_ errors: [FieldError], name: String) -> Status {
        FieldErrors.status(errors, group: definition.type.group, kind: definition.type.kind, name: name)
    }
}
