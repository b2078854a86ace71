import JSONValue
import KubernetesModel
import Schema

/// The strategy of one version of a custom resource: its schema and rules, compiled once for a generation of its definition.
struct CustomResourceStrategy: ResourceStrategy {
    let definition: ResourceDefinition
    let mergeSchema: MergeSchema
    let zeroObject: JSON = ["metadata": [:]]
    let supportsStrategicMerge = false

    private let validator: SchemaValidator
    private let rules: CELRuleSet
    private let storageVersion: String

    /// Compiles a version.
    ///
    /// - Parameters:
    ///   - crd: the CustomResourceDefinition.
    ///   - version: the name of the version.
    /// - Throws: `SchemaError` when the version's schema cannot be read.
    init(definition crd: JSON, version: String) throws(SchemaError) {
        let entry = crd.list(at: "spec", "versions").first { $0.text(at: "name") == version } ?? [:]
        definition = CustomResourceDefinitionRules.definition(of: crd, version: entry)
        let schema = try JSONSchema(parsing: entry[at: ["schema", "openAPIV3Schema"]] ?? ["type": "object"])
        validator = try SchemaValidator(schema)
        rules = CELRuleSet(schema: schema)
        mergeSchema = MergeSchema(resource: schema)
        storageVersion = CustomResourceDefinitionRules.storageVersion(crd)
    }

    private var kind: String { definition.type.kind }

    func decode(_ body: JSON) throws(DecodeFailure) -> DecodedObject {
        guard case .object = body else {
            throw DecodeFailure(kind: kind, version: definition.type.version, reason: "json: cannot unmarshal into a Go value of type map")
        }
        var decoder = BuiltinDecoder()
        var object = body
        do {
            object["metadata"] = try decoder.object(body["metadata"] ?? [:], "ObjectMeta")
        } catch {
            throw DecodeFailure(kind: kind, version: definition.type.version, reason: "v1.ObjectMeta.\(error.message)")
        }
        object[at: ["metadata", "selfLink"]] = nil
        let pruned = validator.pruning(object, isResource: true)
        let unknown = decoder.unknownFields.map { "metadata.\($0)" } + pruned.pruned.map(\.fieldPath)
        return DecodedObject(object: pruned.value, unknownFields: unknown)
    }

    /// Defaults are those of the kind that the object says it is.
    private func defaulted(_ object: JSON) -> JSON { object["kind"]?.stringValue == kind ? validator.defaulting(object) : object }

    func prepareCreate(_ object: JSON) -> JSON {
        var object = object
        if hasStatus { object["status"] = nil }
        object[at: ["metadata", "generation"]] = 1
        return defaulted(object)
    }

    private var hasStatus: Bool { definition.subresources.contains("status") }

    func prepareUpdate(_ new: JSON, old: JSON, subresource: String?) -> JSON {
        var object = new
        if hasStatus {
            if subresource == "status" {
                object = old
                object["status"] = new["status"]
                for member in ["managedFields", "resourceVersion"] { object[at: ["metadata", member]] = new[at: ["metadata", member]] }
            } else {
                object["status"] = old["status"]
            }
        }
        object = defaulted(object)
        let generation = old[at: ["metadata", "generation"]]?.integerValue ?? 1
        object[at: ["metadata", "generation"]] = .integer(wanted(object) == wanted(old) ? generation : generation + 1)
        return object
    }

    private func wanted(_ object: JSON) -> [String: JSON] {
        (object.objectValue ?? [:]).filter { $0.key != "metadata" && $0.key != "apiVersion" && !(hasStatus && $0.key == "status") }
    }

    func finishCreate(_ object: JSON, environment: any AllocationEnvironment) throws(FieldErrors) -> JSON { object }

    func finishUpdate(_ new: JSON, old: JSON, subresource: String?, environment: any AllocationEnvironment) throws(FieldErrors) -> JSON {
        new
    }

    func validateCreate(_ object: JSON) -> [FieldError] {
        let metadata = MetadataValidation.create(object, isNamespaced: definition.type.isNamespaced, nameRule: .subdomain)
        return validate(object, old: nil, metadata: metadata)
    }

    func validateUpdate(_ new: JSON, old: JSON, subresource: String?) -> [FieldError] {
        validate(new, old: old, metadata: MetadataValidation.update(new, old: old))
    }

    private func validate(_ object: JSON, old: JSON?, metadata: [FieldError]) -> [FieldError] {
        var errors = metadata
        if let found = object["kind"], found.stringValue != kind {
            errors.append(FieldError(.invalid, "kind", "must be \(kind)", badValue: found))
        }
        var isBlocked = metadata.contains { [.required, .tooLong, .tooMany, .typeInvalid, .notSupported].contains($0.kind) }
        let violations = validator.violations(in: object)
        let tooLongOrShort = Set(violations.filter(\.isLength).map(\.path))
        // Of a text whose length is wrong the pattern is not looked at.
        for violation in violations where !(violation.isPattern && tooLongOrShort.contains(violation.path)) {
            if let old, violation.isUnchanged(in: object, since: old) { continue }
            let cause = violation.fieldCause
            errors.append(FieldError(Self.kind(ofReason: cause.reason), cause.field, message: cause.message))
            isBlocked = isBlocked || violation.blocksRules
        }
        if rules.isEmpty { return errors }
        if isBlocked {
            return errors + [
                FieldError(
                    .invalid,
                    "<nil>",
                    message: "Invalid value: null: some validation rules were not checked because the object was invalid; "
                        + "correct the existing errors to complete validation"
                )
            ]
        }
        return errors + rules.violations(new: object, old: old)
    }

    private static func kind(ofReason reason: String) -> FieldError.Kind {
        switch reason {
        case "FieldValueRequired": .required
        case "FieldValueDuplicate": .duplicate
        case "FieldValueNotSupported": .notSupported
        case "FieldValueForbidden": .forbidden
        case "FieldValueTooMany": .tooMany
        case "FieldValueTooLong": .tooLong
        case "FieldValueTypeInvalid": .typeInvalid
        default: .invalid
        }
    }

    func strategicMerge(_ patch: JSON, to object: JSON) throws(StrategicMergeError) -> JSON {
        throw StrategicMergeError(code: "not_supported", message: "strategic merge patch is not supported for \(definition.type)")
    }

    func toStored(_ object: JSON) -> JSON {
        var object = object
        object["apiVersion"] = .string("\(definition.type.group)/\(storageVersion)")
        return object
    }

    func fromStored(_ object: JSON) -> JSON {
        var object = object
        object["apiVersion"] = .string(definition.type.apiVersion)
        return validator.defaulting(object)
    }

    func invalidStatus(_ errors: [FieldError], name: String) -> Status {
        // An object of another kind is named as what it says it is.
        let claimed = errors.first { $0.field == "kind" }?.badValue.flatMap { try? JSON(parsing: $0).stringValue }
        return FieldErrors.status(errors, group: definition.type.group, kind: claimed ?? kind, name: name)
    }
}

extension SchemaViolation {
    fileprivate var isLength: Bool {
        switch kind {
        case .tooShort, .tooLong: true
        default: false
        }
    }

    /// Whether a change leaves the value at fault as it was: that was judged when it was written (KEP-4008).
    ///
    /// What is missing is judged by the object that misses it, an element by its whole list.
    fileprivate func isUnchanged(in new: JSON, since old: JSON) -> Bool {
        var place: [String] = []
        var isElement = false
        for step in path {
            guard case .key(let name) = step else {
                isElement = true
                break
            }
            place.append(name)
        }
        if case .required = kind, !isElement { place = place.dropLast() }
        guard !place.isEmpty, let value = new[at: place] else { return false }
        return value == old[at: place]
    }

    fileprivate var isPattern: Bool { if case .pattern = kind { true } else { false } }
}
