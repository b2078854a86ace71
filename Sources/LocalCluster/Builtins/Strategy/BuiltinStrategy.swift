import JSONValue
import KubernetesModel

/// The strategy of a built-in kind: the table of types and the rules of its ``BuiltinKind``.
struct BuiltinStrategy: ResourceStrategy {
    /// The kind.
    let kind: BuiltinKind
    let mergeSchema: MergeSchema
    let zeroObject: JSON

    /// Makes the strategy of a kind.
    init(_ kind: BuiltinKind) {
        self.kind = kind
        mergeSchema = BuiltinTypes.mergeSchema(ofKind: kind.typeName)
        var decoder = BuiltinDecoder()
        zeroObject = (try? decoder.object([:], kind.typeName)) ?? [:]
    }

    var definition: ResourceDefinition { kind.definition }
    var supportsStrategicMerge: Bool { true }

    func decode(_ body: JSON) throws(DecodeFailure) -> DecodedObject {
        var decoder = BuiltinDecoder()
        var plain = body
        plain["apiVersion"] = nil
        plain["kind"] = nil
        do {
            var object = try decoder.object(plain, kind.typeName)
            object["apiVersion"] = .string(definition.type.apiVersion)
            object["kind"] = .string(definition.type.kind)
            return DecodedObject(object: object, unknownFields: decoder.unknownFields)
        } catch {
            throw DecodeFailure(
                kind: definition.type.kind,
                version: definition.type.version,
                reason: "\(definition.type.version).\(definition.type.kind).\(error.message)"
            )
        }
    }

    func prepareCreate(_ object: JSON) -> JSON {
        var object = object
        if kind.hasStatus { object["status"] = zeroObject["status"] }
        if kind.hasGeneration { object[at: ["metadata", "generation"]] = 1 }
        return canonical(kind.defaults(object))
    }

    func prepareUpdate(_ new: JSON, old: JSON, subresource: String?) -> JSON {
        var object = new
        if kind.hasStatus {
            if subresource == "status" {
                object = withStatus(new, of: old)
            } else {
                object["status"] = old["status"]
            }
        }
        if kind.typeName == "Service", subresource == nil {
            object = ServiceAllocation.dropping(ServiceAllocation.keeping(object, old: old), old: old)
        }
        if kind.typeName == "Namespace", subresource == nil { object["spec"] = old["spec"] }
        object = canonical(kind.defaults(object))
        if kind.hasGeneration {
            let generation = old[at: ["metadata", "generation"]]?.integerValue ?? 0
            let isNew = subresource != "status" && isNewGeneration(object, old)
            object[at: ["metadata", "generation"]] = .integer(isNew ? generation + 1 : generation)
        }
        return object
    }

    /// What a write of the status leaves: all but status and metadata is as it was, and of some kinds part of the metadata too.
    private func withStatus(_ new: JSON, of old: JSON) -> JSON {
        var object = old
        object["status"] = new["status"]
        let kept: [String]? =
            switch kind.typeName {
            case "CustomResourceDefinition": nil
            case "Deployment": ["labels"]
            case "Pod": ["ownerReferences"]
            default: []
            }
        guard let kept else {
            for member in ["managedFields", "resourceVersion"] { object[at: ["metadata", member]] = new[at: ["metadata", member]] }
            return object
        }
        object["metadata"] = new["metadata"]
        for member in kept { object[at: ["metadata", member]] = old[at: ["metadata", member]] }
        return object
    }

    /// The generation counts what is asked for: everything but metadata and status; a Deployment's annotations too.
    private func isNewGeneration(_ new: JSON, _ old: JSON) -> Bool {
        func wanted(_ object: JSON) -> [String: JSON] {
            (object.objectValue ?? [:]).filter { !["metadata", "status", "apiVersion", "kind"].contains($0.key) }
        }
        if kind.typeName == "Deployment", new.members(at: "metadata", "annotations") != old.members(at: "metadata", "annotations") {
            return true
        }
        return wanted(new) != wanted(old)
    }

    /// Defaults may have left what is printed differently, such as members of zero value.
    private func canonical(_ object: JSON) -> JSON { (try? decode(object).object) ?? object }

    func finishCreate(_ object: JSON, environment: any AllocationEnvironment) throws(FieldErrors) -> JSON {
        var object = object
        switch kind.typeName {
        case "Namespace":
            object[at: ["spec", "finalizers"]] = ["kubernetes"]
            object[at: ["metadata", "labels", "kubernetes.io/metadata.name"]] = object[at: ["metadata", "name"]]
        case "PersistentVolumeClaim": addFinalizer("kubernetes.io/pvc-protection", to: &object)
        case "PersistentVolume": addFinalizer("kubernetes.io/pv-protection", to: &object)
        case "Service": object = try ServiceAllocation.allocating(object, environment: environment)
        case "Job": object = JobSelector.filled(object)
        case "CustomResourceDefinition":
            object[at: ["status", "storedVersions"]] = CustomResourceDefinitionRules.storedVersions(object)
        default: break
        }
        return object
    }

    private func addFinalizer(_ finalizer: JSON, to object: inout JSON) {
        let finalizers = object.list(at: "metadata", "finalizers")
        if !finalizers.contains(finalizer) { object[at: ["metadata", "finalizers"]] = .array(finalizers + [finalizer]) }
    }

    func finishUpdate(_ new: JSON, old: JSON, subresource: String?, environment: any AllocationEnvironment) throws(FieldErrors) -> JSON {
        switch kind.typeName {
        case "Service" where subresource == nil: return try ServiceAllocation.changing(new, old: old, environment: environment)
        case "CustomResourceDefinition" where subresource == nil:
            var object = new
            let known = old.list(at: "status", "storedVersions")
            let added = (CustomResourceDefinitionRules.storedVersions(new).arrayValue ?? []).filter { !known.contains($0) }
            object[at: ["status", "storedVersions"]] = .array(known + added)
            return object
        default: return new
        }
    }

    func validateCreate(_ object: JSON) -> [FieldError] {
        MetadataValidation.create(object, isNamespaced: definition.type.isNamespaced, nameRule: kind.nameRule)
            + MetadataValidation.finalizerErrors(object) + kind.validate(object)
    }

    func validateUpdate(_ new: JSON, old: JSON, subresource: String?) -> [FieldError] {
        let metadata = MetadataValidation.update(new, old: old) + MetadataValidation.finalizerErrors(new)
        if subresource != nil { return metadata }
        return metadata + kind.validate(new) + kind.validateChange(new, old)
    }

    func strategicMerge(_ patch: JSON, to object: JSON) throws(StrategicMergeError) -> JSON {
        try StrategicMergePatch.apply(patch, to: object, typeName: kind.typeName)
    }

    func toStored(_ object: JSON) -> JSON { kind.typeName == "CoreEvent" ? EventConversion.toStored(object) : object }

    func fromStored(_ object: JSON) -> JSON { kind.typeName == "CoreEvent" ? EventConversion.fromStored(object) : object }

    func invalidStatus(_ errors: [FieldError], name: String) -> Status {
        FieldErrors.status(errors, group: kind.errorGroup ?? definition.type.group, kind: definition.type.kind, name: name)
    }
}
