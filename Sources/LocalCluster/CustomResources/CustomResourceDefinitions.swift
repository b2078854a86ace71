import JSONValue
import KubernetesModel

/// The life of definitions: which names they get, when they are established, and what they add to the server.
enum CustomResourceDefinitions {
    static let storage = "customresourcedefinitions.apiextensions.k8s.io"
    static let manager = "apiextensions-apiserver"

    /// The names and conditions that a definition gets beside the others of its group.
    ///
    /// - Parameters:
    ///   - others: The other definitions; those of the same group keep what they have been given.
    /// - Returns: The new status, which may be the old one.
    static func status(of definition: JSON, others: [JSON], now: String) -> JSON {
        let names = definition["spec"]?["names"] ?? [:]
        let group = definition["spec"]?["group"]
        var resources: Set<String> = []
        var kinds: Set<String> = []
        for other in others where other["spec"]?["group"] == group && ObjectFields.name(other) != ObjectFields.name(definition) {
            let accepted = other["status"]?["acceptedNames"] ?? [:]
            for field in ["plural", "singular"] { resources.insert(accepted[field]?.stringValue ?? "") }
            for name in accepted["shortNames"]?.arrayValue ?? [] { resources.insert(name.stringValue ?? "") }
            for field in ["kind", "listKind"] { kinds.insert(accepted[field]?.stringValue ?? "") }
        }
        resources.remove("")
        kinds.remove("")
        var status = definition["status"] ?? [:]
        var accepted = status["acceptedNames"]?.objectValue ?? [:]
        var conflict: (reason: String, message: String)?
        for (field, taken, reason) in [("plural", resources, "PluralConflict"), ("singular", resources, "SingularConflict")] {
            let name = names[field]?.stringValue ?? ""
            if taken.contains(name) {
                conflict = (reason, "\"\(name)\" is already in use")
            } else {
                accepted.setUnlessEmpty(field, .string(name))
            }
        }
        let shortNames = (names["shortNames"]?.arrayValue ?? []).compactMap { $0.stringValue }
        if let taken = shortNames.first(where: { resources.contains($0) }) {
            conflict = ("ShortNamesConflict", "\"\(taken)\" is already in use")
        } else {
            accepted.setUnlessEmpty("shortNames", names["shortNames"])
        }
        for (field, reason) in [("kind", "KindConflict"), ("listKind", "ListKindConflict")] {
            let name = names[field]?.stringValue ?? ""
            if kinds.contains(name) {
                conflict = (reason, "\"\(name)\" is already in use")
            } else {
                accepted.setUnlessEmpty(field, .string(name))
            }
        }
        accepted.setUnlessEmpty("categories", names["categories"])
        for field in ["plural", "kind"] { accepted[field] = accepted[field] ?? "" }
        status["acceptedNames"] = .object(accepted)
        var conditions = status["conditions"]?.arrayValue ?? []
        set(
            &conditions,
            "NamesAccepted",
            isTrue: conflict == nil,
            reason: conflict?.reason ?? "NoConflicts",
            message: conflict?.message ?? "no conflicts found",
            now: now
        )
        let isEstablished = conditions.contains { $0["type"] == "Established" && $0["status"] == "True" }
        if conflict == nil {
            set(
                &conditions,
                "Established",
                isTrue: true,
                reason: "InitialNamesAccepted",
                message: "the initial names have been accepted",
                now: now
            )
        } else if !isEstablished {
            set(&conditions, "Established", isTrue: false, reason: "NotAccepted", message: "not all names are accepted", now: now)
        }
        status["conditions"] = .array(conditions)
        return status
    }

    static func isEstablished(_ definition: JSON) -> Bool {
        (definition["status"]?["conditions"]?.arrayValue ?? []).contains { $0["type"] == "Established" && $0["status"] == "True" }
    }

    private static func set(
        _ conditions: inout [JSON],
        _ type: String,
        isTrue: Bool,
        reason: String,
        message: String,
        now: String
    ) {
        var condition: JSON = [
            "type": .string(type), "status": isTrue ? "True" : "False", "lastTransitionTime": .string(now), "reason": .string(reason),
            "message": .string(message),
        ]
        guard let index = conditions.firstIndex(where: { $0["type"]?.stringValue == type }) else {
            conditions.append(condition)
            return
        }
        if conditions[index]["status"] == condition["status"] {
            condition["lastTransitionTime"] = conditions[index]["lastTransitionTime"]
        }
        conditions[index] = condition
    }

    /// The storage name of a definition's objects.
    static func instances(_ definition: JSON) -> String {
        let plural = definition["spec"]?["names"]?["plural"]?.stringValue ?? ""
        return "\(plural).\(definition["spec"]?["group"]?.stringValue ?? "")"
    }

    private static func deprecation(of version: JSON, _ type: ResourceType) -> String? {
        guard version["deprecated"] == true else { return nil }
        return version["deprecationWarning"]?.stringValue ?? "\(type.apiVersion) \(type.kind) is deprecated"
    }

    /// What an established definition makes the server serve.
    static func resources(_ definition: JSON) throws -> [ServedResource] {
        guard isEstablished(definition) else { return [] }
        let name = ObjectFields.name(definition)
        var served: [ServedResource] = []
        for version in definition["spec"]?["versions"]?.arrayValue ?? [] where version["served"] == true {
            let strategy = try CustomResourceStrategy(definition: definition, version: version["name"]?.stringValue ?? "")
            served.append(
                ServedResource(
                    strategy: strategy,
                    columns: CustomColumns.columns(version["additionalPrinterColumns"]?.arrayValue ?? []),
                    definitionName: name,
                    definitionRevision: ObjectFields.resourceVersion(definition).flatMap { Int64($0) } ?? 0,
                    isTerminating: ObjectFields.isDeleting(definition),
                    deprecation: deprecation(of: version, strategy.definition.type)
                )
            )
        }
        return served
    }
}
