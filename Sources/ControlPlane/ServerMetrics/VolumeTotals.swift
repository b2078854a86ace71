import JSONValue
import KubernetesModel

/// Sums over PersistentVolumes, which are as many as tenants and so are not kept.
struct VolumeTotals: Sendable, Hashable {
    private var all: Double? = 0
    private var claimed: Double? = 0

    /// Adds a volume. One whose capacity cannot be read makes the sums unknown.
    mutating func add(_ volume: DynamicObject) {
        let capacity = volume["spec"]?["capacity"]?["storage"]?.stringValue.flatMap { try? Quantity(parsing: $0) }?.doubleValue
        all = Self.sum(all, capacity)
        if volume["status"]?["phase"] == "Bound" { claimed = Self.sum(claimed, capacity) }
    }

    /// Bytes of all volumes; nil when a capacity could not be read.
    var total: Int64? { all.flatMap { Int64(exactly: $0.rounded()) } }
    /// Bytes of those that are bound to a claim.
    var bound: Int64? { claimed.flatMap { Int64(exactly: $0.rounded()) } }

    private static func sum(_ sum: Double?, _ next: Double?) -> Double? {
        guard let sum, let next else { return nil }
        return sum + next
    }
}
