import JSONValue
import KubernetesModel

/// Which objects of a list or watch are wanted: by labels and by fields.
struct ObjectSelection: Sendable {
    private let labels: LabelRequirements?
    private let fields: FieldRequirements?

    /// Everything.
    init() {
        labels = nil
        fields = nil
    }

    /// Reads the parameters; a field that the resource cannot select by is a bad request.
    init(_ query: QueryParameters, definition: ResourceDefinition) throws(APIError) {
        do throws(SelectorError) {
            labels = try query["labelSelector"].map { text throws(SelectorError) in try LabelRequirements(parsing: text) }
            fields = try query["fieldSelector"].map { text throws(SelectorError) in try FieldRequirements(parsing: text) }
        } catch {
            throw .badRequest(error.description)
        }
        let known: Set<String> = ["metadata.name", "metadata.namespace"]
        for requirement in fields?.requirements ?? [] {
            guard known.contains(requirement.field) || definition.selectableFields.contains(requirement.field) else {
                throw .badRequest("field label not supported: \(requirement.field)")
            }
        }
    }

    var isEverything: Bool { labels == nil && fields == nil }

    /// The name, when exactly one object is asked for.
    var name: String? { fields?.value(of: "metadata.name") }

    /// The name, when a request asks for exactly one object; nil also when its fields cannot be read.
    static func name(_ query: QueryParameters) -> String? {
        query["fieldSelector"].flatMap { try? FieldRequirements(parsing: $0) }?.value(of: "metadata.name")
    }

    func matches(_ object: JSON) -> Bool {
        if let labels, !labels.matches(ObjectFields.labels(object)) { return false }
        if let fields, !fields.matches({ ObjectFields.text(object, path: $0) }) { return false }
        return true
    }
}
