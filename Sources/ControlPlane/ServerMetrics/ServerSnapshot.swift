import Foundation
import JSONValue
import KubernetesModel

/// What the installation used at a moment. What there was no source for is nil, never a guess.
struct ServerSnapshot: Codable, Sendable, Hashable {
    /// What figures are taken from.
    enum Source: String, Codable, Sendable, Hashable, CaseIterable {
        /// The nodes of the cluster.
        case nodes
        /// `metrics.k8s.io`, which says what nodes use.
        case nodeUsage
        /// The PersistentVolumes of the cluster.
        case volumes
        /// The operating system of the control plane.
        case process
    }

    /// Processors in use, in percent of those that the nodes have whose use is known.
    var cpuPercent: Double?
    /// Memory that nodes use.
    var memoryUsedBytes: Int64?
    /// Memory that nodes have.
    var memoryTotalBytes: Int64?
    /// Size of the PersistentVolumes that are bound to claims.
    var storageUsedBytes: Int64?
    /// Size of all PersistentVolumes.
    var storageTotalBytes: Int64?
    /// Nodes.
    var nodes: Int64?
    /// Tenants that are not suspended.
    var activeTenants: Int64 = 0
    /// Tenants by phase.
    var tenantsByPhase: [String: Int64] = [:]
    /// Machines of tenants by state.
    var machinesByState: [String: Int64] = [:]
    /// Size of the database.
    var databaseBytes: Int64 = 0
    /// Memory of the control plane that took the snapshot.
    var processMemoryBytes: Int64?
    /// Processor time it has taken since its start, in seconds.
    var processCPUSeconds: Double?
    /// Files and sockets it has open.
    var processOpenFiles: Int64?
    /// What nothing could be learnt from.
    var unavailable: [Source] = []

    /// Adds what is known of nodes.
    ///
    /// - Parameters:
    ///   - nodes: the nodes; nil when they could not be read.
    ///   - usage: what they use; nil when it could not be read.
    mutating func add(nodes: [DynamicObject]?, usage: [DynamicObject]?) {
        if nodes == nil { unavailable.append(.nodes) }
        if let nodes {
            self.nodes = Int64(nodes.count)
            memoryTotalBytes = Self.bytes(nodes.map { $0["status"]?["capacity"]?["memory"] })
        }
        guard let usage, !usage.isEmpty else {
            unavailable.append(.nodeUsage)
            return
        }
        memoryUsedBytes = Self.bytes(usage.map { $0["usage"]?["memory"] })
        let known = Set(usage.map(\.metadata.name))
        let capacity = (nodes ?? []).filter { known.contains($0.metadata.name) }.map { $0["status"]?["capacity"]?["cpu"] }
        if !capacity.isEmpty, let all = Self.sum(capacity), all > 0, let used = Self.sum(usage.map { $0["usage"]?["cpu"] }) {
            cpuPercent = (used / all * 10_000).rounded() / 100
        }
    }

    /// Adds what is known of volumes.
    ///
    /// - Parameter volumes: the sums over all PersistentVolumes; nil when they could not be read.
    mutating func add(volumes: VolumeTotals?) {
        guard let volumes else {
            unavailable.append(.volumes)
            return
        }
        storageTotalBytes = volumes.total
        storageUsedBytes = volumes.bound
    }

    private static func sum(_ quantities: [JSON?]) -> Double? {
        var sum = 0.0
        for quantity in quantities {
            let text = quantity?.stringValue ?? quantity?.numberValue.map { "\($0)" } ?? quantity?.integerValue.map { "\($0)" }
            guard let text, let value = try? Quantity(parsing: text) else { return nil }
            sum += value.doubleValue
        }
        return sum
    }

    private static func bytes(_ quantities: [JSON?]) -> Int64? { sum(quantities).flatMap { Int64(exactly: $0.rounded()) } }
}
