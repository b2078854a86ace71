import JSONValue
import KubernetesModel
import Schema

/// Defaults and validation of custom resource definitions, and what they say of the resources they define.
enum CustomResourceDefinitionRules {
    // MARK: What a definition defines

    /// What the server says about a version of a resource.
    ///
    /// - Parameters:
    ///   - crd: the definition.
    ///   - version: the entry of `spec.versions`.
    static func definition(of crd: JSON, version: JSON) -> ResourceDefinition {
        let names = crd[at: ["spec", "names"]] ?? [:]
        let type = ResourceType(
            group: crd.text(at: "spec", "group"),
            version: version.text(at: "name"),
            kind: names.text(at: "kind"),
            plural: names.text(at: "plural"),
            isNamespaced: crd.text(at: "spec", "scope") != "Cluster"
        )
        var storage = type
        storage.version = storageVersion(crd)
        var definition = ResourceDefinition(
            type: type,
            singular: names.text(at: "singular"),
            listKind: names.text(at: "listKind"),
            shortNames: names.list(at: "shortNames").compactMap(\.stringValue),
            categories: names.list(at: "categories").compactMap(\.stringValue),
            storage: storage
        )
        definition.tracksSubresource = true
        definition.verbs = ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"]
        if version[at: ["subresources", "status"]] != nil { definition.subresources.insert("status") }
        if let scale = version[at: ["subresources", "scale"]] {
            definition.subresources.insert("scale")
            definition.scale = ScaleMapping(
                specReplicas: path(scale.text(at: "specReplicasPath")),
                statusReplicas: path(scale.text(at: "statusReplicasPath")),
                selector: scale["labelSelectorPath"].map { path($0.stringValue ?? "") }
            )
        }
        definition.selectableFields = version.list(at: "selectableFields").map { field in
            path(field.text(at: "jsonPath")).joined(separator: ".")
        }
        return definition
    }

    private static func path(_ jsonPath: String) -> [String] { jsonPath.split(separator: ".").map(String.init) }

    /// The version that objects are stored in.
    static func storageVersion(_ crd: JSON) -> String {
        crd.list(at: "spec", "versions").first { $0["storage"] == true }?.text(at: "name") ?? ""
    }

    /// The versions that objects may be stored in by this definition alone.
    static func storedVersions(_ crd: JSON) -> JSON { [.string(storageVersion(crd))] }

    // MARK: Defaults

    /// Singular, list kind and conversion follow from the rest.
    static func defaults(_ object: JSON) -> JSON {
        var object = object
        let kind = object.text(at: "spec", "names", "kind")
        if object.text(at: "spec", "names", "singular").isEmpty { object[at: ["spec", "names", "singular"]] = .string(kind.lowercased()) }
        if object.text(at: "spec", "names", "listKind").isEmpty { object[at: ["spec", "names", "listKind"]] = .string("\(kind)List") }
        object.fill(["spec", "conversion"], ["strategy": "None"])
        return object
    }

    // MARK: Validation

    /// What is wrong with a definition.
    static func validate(_ object: JSON) -> [FieldError] {
        let spec = object["spec"] ?? [:]
        var errors: [FieldError] = []
        let name = object.text(at: "metadata", "name")
        let group = spec.text(at: "group")
        if name != "\(spec.text(at: "names", "plural")).\(group)" {
            errors.append(
                FieldError(.invalid, "metadata.name", "must be spec.names.plural+\".\"+spec.group", badValue: .string(name))
            )
        }
        if group.isEmpty {
            errors.append(FieldError(.required, "spec.group"))
        } else if !NameRule.isSubdomain(group) {
            errors.append(FieldError(.invalid, "spec.group", NameRule.subdomainMessage, badValue: .string(group)))
        } else if !group.contains(".") {
            errors.append(FieldError(.invalid, "spec.group", "should be a domain with at least one dot", badValue: .string(group)))
        }
        let isProtected = ["k8s.io", "kubernetes.io"].contains { group == $0 || group.hasSuffix(".\($0)") }
        if isProtected, object[at: ["metadata", "annotations", "api-approved.kubernetes.io"]] == nil {
            errors.append(
                FieldError(
                    .required,
                    "metadata.annotations[api-approved.kubernetes.io]",
                    "protected groups must have approval annotation \"api-approved.kubernetes.io\", see "
                        + "https://github.com/kubernetes/enhancements/pull/1111"
                )
            )
        }
        let strategy = spec.text(at: "conversion", "strategy")
        if !["None", "Webhook"].contains(strategy) {
            errors.append(.notSupported("spec.conversion.strategy", .string(strategy), ["None", "Webhook"]))
        }
        if spec["preserveUnknownFields"] == true {
            errors.append(
                FieldError(
                    .invalid,
                    "spec.preserveUnknownFields",
                    "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead",
                    badValue: true
                )
            )
        }
        let scope = spec.text(at: "scope")
        if !["Cluster", "Namespaced"].contains(scope) {
            errors.append(
                scope.isEmpty
                    ? FieldError(.required, "spec.scope") : .notSupported("spec.scope", .string(scope), ["Cluster", "Namespaced"])
            )
        }
        return errors + nameErrors(spec["names"] ?? [:]) + versionErrors(spec.list(at: "versions"))
    }

    private static func nameErrors(_ names: JSON) -> [FieldError] {
        var errors: [FieldError] = []
        for member in ["plural", "singular", "kind", "listKind"] {
            let name = names.text(at: member)
            if name.isEmpty {
                errors.append(FieldError(.required, "spec.names.\(member)"))
            } else if !NameRule.isLabel(member.hasSuffix("ind") ? name.lowercased() : name) || name.first?.isNumber == true {
                errors.append(FieldError(.invalid, "spec.names.\(member)", NameRule.labelMessage, badValue: .string(name)))
            }
        }
        for member in ["shortNames", "categories"] {
            for (index, name) in names.list(at: member).enumerated() where !NameRule.isLabel(name.stringValue ?? "") {
                errors.append(FieldError(.invalid, "spec.names.\(member)[\(index)]", NameRule.labelMessage, badValue: name))
            }
        }
        if !names.text(at: "kind").isEmpty, names["kind"] == names["listKind"] {
            errors.append(
                FieldError(.invalid, "spec.names.listKind", "kind and listKind may not be the same", badValue: names["listKind"] ?? "")
            )
        }
        return errors
    }

    private static func versionErrors(_ versions: [JSON]) -> [FieldError] {
        var errors: [FieldError] = []
        var names: Set<String> = []
        for (index, version) in versions.enumerated() {
            let field = "spec.versions[\(index)]"
            let name = version.text(at: "name")
            if !NameRule.isLabel(name) {
                errors.append(FieldError(.invalid, "\(field).name", NameRule.labelMessage, badValue: .string(name)))
            } else if !names.insert(name).inserted {
                errors.append(FieldError(.invalid, "spec.versions", "must contain unique version names", badValue: .array(versions)))
            }
            for (position, column) in version.list(at: "additionalPrinterColumns").enumerated() {
                errors += columnErrors(column, field: "\(field).additionalPrinterColumns[\(position)]")
            }
        }
        if versions.filter({ $0["storage"] == true }).count != 1 {
            errors.append(
                FieldError(
                    .invalid,
                    "spec.versions",
                    "must have exactly one version marked as storage version",
                    badValue: .array(versions)
                )
            )
        }
        let schemas = versions.map { $0[at: ["schema", "openAPIV3Schema"]] }
        // A schema that all versions share is reported as that of the whole definition.
        let isShared = Set(schemas).count <= 1
        for (index, schema) in schemas.enumerated() {
            let field = isShared ? "spec.validation.openAPIV3Schema" : "spec.versions[\(index)].schema.openAPIV3Schema"
            if let schema {
                errors += schemaErrors(schema, field: field)
            } else {
                errors.append(FieldError(.required, field, "schemas are required"))
            }
            if isShared { break }
        }
        return errors
    }

    private static let columnTypes = ["boolean", "date", "integer", "number", "string"]

    private static func columnErrors(_ column: JSON, field: String) -> [FieldError] {
        var errors: [FieldError] = []
        if column.text(at: "name").isEmpty { errors.append(FieldError(.required, "\(field).name")) }
        let type = column.text(at: "type")
        if type.isEmpty {
            errors.append(FieldError(.required, "\(field).type", "must be one of \(columnTypes.joined(separator: ","))"))
        } else if !columnTypes.contains(type) {
            errors.append(
                FieldError(.invalid, "\(field).type", "must be one of \(columnTypes.joined(separator: ","))", badValue: .string(type))
            )
        }
        let path = column.text(at: "jsonPath")
        if path.isEmpty {
            errors.append(FieldError(.required, "\(field).JSONPath"))
        } else if !path.hasPrefix(".") {
            errors.append(
                FieldError(.invalid, "\(field).JSONPath", "must be a simple JSON path starting with '.'", badValue: .string(path))
            )
        }
        return errors
    }

    private static func schemaErrors(_ json: JSON, field: String) -> [FieldError] {
        let schema: JSONSchema
        do {
            schema = try JSONSchema(parsing: json)
        } catch {
            return [FieldError(.invalid, field, error.message, badValue: "")]
        }
        var errors = schema.structuralProblems().map { problem in
            FieldError(kind(of: problem.reason), at(field, problem.location), message: problem.causeMessage)
        }
        // Rules are compiled only against a schema that is one.
        if errors.isEmpty {
            errors += CELRuleSet(schema: schema).problems.map {
                FieldError($0.isForbidden ? .forbidden : .invalid, at(field, $0.location), message: $0.message)
            }
        }
        return errors
    }

    private static func at(_ field: String, _ location: String) -> String { location.isEmpty ? field : "\(field).\(location)" }

    private static func kind(of reason: StructuralProblem.Reason) -> FieldError.Kind {
        switch reason {
        case .required: .required
        case .invalid: .invalid
        case .forbidden: .forbidden
        }
    }

    /// Group and scope never change, nor the names once they are accepted; versions in which objects may be stored stay.
    static func validateChange(_ new: JSON, _ old: JSON) -> [FieldError] {
        var errors: [FieldError] = []
        let isEstablished = old.list(at: "status", "conditions").contains { $0["type"] == "Established" && $0["status"] == "True" }
        if isEstablished {
            for path in [["group"], ["scope"], ["names", "kind"], ["names", "plural"]] {
                let value = new[at: ["spec"] + path]
                if value != old[at: ["spec"] + path] { errors.append(.immutable("spec.\(path.joined(separator: "."))", value)) }
            }
        }
        let versions = new.list(at: "spec", "versions").map { $0.text(at: "name") }
        for (index, stored) in old.list(at: "status", "storedVersions").enumerated() where !versions.contains(stored.stringValue ?? "") {
            errors.append(
                FieldError(
                    .invalid,
                    "status.storedVersions[\(index)]",
                    "must appear in spec.versions",
                    badValue: stored
                )
            )
        }
        return errors
    }
}
