import JSONValue
import KubernetesModel

/// The kinds of reviews: they are only asked, so they have no rules.
struct ReviewStrategy: ResourceStrategy {
    let definition: ResourceDefinition
    let mergeSchema = MergeSchema.untyped
    let supportsStrategicMerge = false

    var zeroObject: JSON {
        ["apiVersion": .string(definition.type.apiVersion), "kind": .string(definition.type.kind), "metadata": [:]]
    }

    private init(_ group: String, _ kind: String, isNamespaced: Bool = false) {
        let type = ResourceType(
            group: group,
            version: "v1",
            kind: kind,
            plural: kind.lowercased() + "s",
            isNamespaced: isNamespaced
        )
        definition = ResourceDefinition(
            type: type,
            singular: kind.lowercased(),
            listKind: kind + "List",
            verbs: ["create"],
            storage: type
        )
    }

    /// All reviews of authentication and authorisation.
    static let all: [ReviewStrategy] = [
        ReviewStrategy("authentication.k8s.io", "SelfSubjectReview"),
        ReviewStrategy("authentication.k8s.io", "TokenReview"),
        ReviewStrategy("authorization.k8s.io", "LocalSubjectAccessReview", isNamespaced: true),
        ReviewStrategy("authorization.k8s.io", "SelfSubjectAccessReview"),
        ReviewStrategy("authorization.k8s.io", "SelfSubjectRulesReview"),
        ReviewStrategy("authorization.k8s.io", "SubjectAccessReview"),
    ]

    func decode(_ body: JSON) throws(DecodeFailure) -> DecodedObject { DecodedObject(object: body, unknownFields: []) }
    func prepareCreate(_ object: JSON) -> JSON { object }
    func prepareUpdate(_ new: JSON, old: JSON, subresource: String?) -> JSON { new }
    func finishCreate(_ object: JSON, environment: any AllocationEnvironment) throws(FieldErrors) -> JSON { object }
    func finishUpdate(
        _ new: JSON,
        old: JSON,
        subresource: String?,
        environment: any AllocationEnvironment
    ) throws(FieldErrors) -> JSON { new }
    func validateCreate(_ object: JSON) -> [FieldError] { [] }
    func validateUpdate(_ new: JSON, old: JSON, subresource: String?) -> [FieldError] { [] }
    func strategicMerge(_ patch: JSON, to object: JSON) throws(StrategicMergeError) -> JSON { object }
    func checkApplied(_ applied: JSON) -> String? { nil }
    func toStored(_ object: JSON) -> JSON { object }
    func fromStored(_ object: JSON) -> JSON { object }
    func invalidStatus(_ errors: [FieldError], name: String) -> Status {
        FieldErrors.status(errors, group: definition.type.group, kind: definition.type.kind, name: name)
    }
}
