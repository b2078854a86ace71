import JSONValue
import KubernetesModel

/// Requests and limits of containers.
enum ResourceRule {
    /// Amounts are not negative, and a request is at most its limit.
    static func errors(_ resources: JSON, field: String) -> [FieldError] {
        var errors: [FieldError] = []
        for list in ["limits", "requests"] {
            for (name, amount) in resources.members(at: list).sorted(by: { $0.key < $1.key }) {
                if let quantity = quantity(amount), quantity < Quantity(0) {
                    errors.append(
                        FieldError(.invalid, "\(field).\(list)[\(name)]", "must be greater than or equal to 0", badValue: amount)
                    )
                }
            }
        }
        for (name, amount) in resources.members(at: "requests").sorted(by: { $0.key < $1.key }) {
            guard let request = quantity(amount), let limit = quantity(resources[at: ["limits", name]]), limit < request else { continue }
            errors.append(
                FieldError(.invalid, "\(field).requests", "must be less than or equal to \(name) limit of \(limit)", badValue: amount)
            )
        }
        return errors
    }

    private static func quantity(_ json: JSON?) -> Quantity? {
        json?.stringValue.flatMap { try? Quantity(parsing: $0) }
    }
}
