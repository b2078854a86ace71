import JSONValue
import KubernetesModel

/// Which objects a cache with selectors holds.
struct CacheSelection: Sendable {
    private let labels: LabelRequirements?
    private let fields: FieldRequirements?
    /// A selector that cannot be read selects nothing that is known here; the server judges it.
    private let isUnreadable: Bool

    init(labels: String?, fields: String?) {
        let labelText = labels.flatMap { $0.isEmpty ? nil : $0 }
        let fieldText = fields.flatMap { $0.isEmpty ? nil : $0 }
        self.labels = labelText.flatMap { try? LabelRequirements(parsing: $0) }
        self.fields = fieldText.flatMap { try? FieldRequirements(parsing: $0) }
        isUnreadable = (labelText != nil && self.labels == nil) || (fieldText != nil && self.fields == nil)
    }

    /// Whether the cache holds an object.
    func matches(_ object: JSON) -> Bool {
        guard !isUnreadable else { return false }
        if let labels {
            let values = object[at: ["metadata", "labels"]]?.objectValue?.compactMapValues(\.stringValue) ?? [:]
            guard labels.matches(values) else { return false }
        }
        guard let fields else { return true }
        return fields.matches { field in
            let value = object[at: field.split(separator: ".").map(String.init)]
            return value?.stringValue ?? value.map { $0.isNull ? "" : $0.text() } ?? ""
        }
    }
}
