import Foundation
import HTTPOperations
import JSONValue
import Projection
import Schema

/// What the installation used when it was last looked.
struct ServerMetricsView: Codable, Sendable, Hashable, SchemaDescribing {
    var cpuPercent: Nullable<Double>
    var memoryUsedBytes: Nullable<Int64>
    var memoryTotalBytes: Nullable<Int64>
    var storageUsedBytes: Nullable<Int64>
    var storageTotalBytes: Nullable<Int64>
    var activeTenants: Nullable<Int64>
    var sampledAt: Nullable<String>
    var ageSeconds: Nullable<Double>
    var nodes: Nullable<Int64>
    var tenantsByPhase: [String: Int64]
    var machinesByState: [String: Int64]
    var databaseBytes: Nullable<Int64>
    var processMemoryBytes: Nullable<Int64>
    var processCpuSeconds: Nullable<Double>
    var processOpenFiles: Nullable<Int64>
    var unavailable: [String]

    static var schemaName: String? { "ServerMetrics" }
    static let schemaNotes: [String: SchemaNote] = [
        "cpuPercent": "Processors in use, in percent of those of the nodes whose use is known; null without metrics.k8s.io.",
        "memoryUsedBytes": "Memory that nodes use; null without metrics.k8s.io.",
        "memoryTotalBytes": "Memory that nodes have; null where the control plane may not list nodes.",
        "storageUsedBytes": "Size of the PersistentVolumes that are bound; null where the control plane may not list them.",
        "storageTotalBytes": "Size of all PersistentVolumes; null where the control plane may not list them.",
        "activeTenants": "Tenants that are not suspended.",
        "sampledAt": "When the snapshot was taken (RFC 3339, UTC); null before the first one.",
        "ageSeconds": "How long ago that is.", "nodes": "Nodes of the cluster.", "tenantsByPhase": "Tenants by phase.",
        "machinesByState": "Machines of tenants by the provider's word for their state.", "databaseBytes": "Size of the database.",
        "processMemoryBytes": "Memory of the control plane that took the snapshot.",
        "processCpuSeconds": "Processor time it has taken since its start.", "processOpenFiles": "Files and sockets it has open.",
        "unavailable": SchemaNote(
            "What nothing could be learnt from; the figures that come from it are null.",
            items: SchemaNote(enum: ["nodes", "nodeUsage", "volumes", "process", "snapshot"])
        ),
    ]

    /// - Parameters:
    ///   - latest: the latest snapshot; nil before the first.
    ///   - now: the time.
    init(_ latest: (snapshot: ServerSnapshot, sampledAt: Date)?, now: Date) {
        let snapshot = latest?.snapshot
        cpuPercent = Nullable(snapshot?.cpuPercent)
        memoryUsedBytes = Nullable(snapshot?.memoryUsedBytes)
        memoryTotalBytes = Nullable(snapshot?.memoryTotalBytes)
        storageUsedBytes = Nullable(snapshot?.storageUsedBytes)
        storageTotalBytes = Nullable(snapshot?.storageTotalBytes)
        activeTenants = Nullable(snapshot?.activeTenants)
        sampledAt = Nullable(latest.map { RESTTimestamp.text($0.sampledAt) })
        ageSeconds = Nullable(latest.map { max(0, (now.timeIntervalSince($0.sampledAt) * 1000).rounded() / 1000) })
        nodes = Nullable(snapshot?.nodes)
        tenantsByPhase = snapshot?.tenantsByPhase ?? [:]
        machinesByState = snapshot?.machinesByState ?? [:]
        databaseBytes = Nullable(snapshot?.databaseBytes)
        processMemoryBytes = Nullable(snapshot?.processMemoryBytes)
        processCpuSeconds = Nullable(snapshot?.processCPUSeconds)
        processOpenFiles = Nullable(snapshot?.processOpenFiles)
        unavailable = snapshot.map { $0.unavailable.map(\.rawValue) } ?? ["snapshot"]
    }
}

/// What the latest look for drift found, and whether somebody was told.
struct ProjectionDriftMetrics: Codable, Sendable, Hashable, SchemaDescribing {
    /// One kind.
    struct Kind: Codable, Sendable, Hashable, SchemaDescribing {
        var sourceCount: Nullable<Int>
        var projectionCount: Nullable<Int>
        var driftCount: Nullable<Int>
        var maxProjectionLagSeconds: Nullable<Double>

        static var schemaName: String? { "ProjectionDriftKind" }
        static let schemaNotes: [String: SchemaNote] = [
            "sourceCount": "Objects; null before the first look.", "projectionCount": "Rows; null before the first look.",
            "driftCount": "Names that differ; null before the first look.",
            "maxProjectionLagSeconds": "How long ago the row was last written that differs for the longest; null when none does.",
        ]

        init(_ look: DriftEvaluation?) {
            sourceCount = Nullable(look?.sourceCount)
            projectionCount = Nullable(look?.projectionCount)
            driftCount = Nullable(look?.driftCount)
            maxProjectionLagSeconds = Nullable(look?.lag)
        }
    }

    var tenant: Kind
    var accessPolicy: Kind
    var clusterTenant: Kind
    var evaluatedAt: Nullable<String>
    var ageSeconds: Nullable<Double>
    var alertFired: Bool
    var alertChangedAt: Nullable<String>
    var threshold: Int
    var thresholdLooks: Int

    static var schemaName: String? { "ProjectionDriftMetrics" }
    static let schemaNotes: [String: SchemaNote] = [
        "tenant": "Tenants.", "accessPolicy": "Access policies.", "clusterTenant": "Cluster tenants.",
        "evaluatedAt": "When the latest look began (RFC 3339, UTC); null before the first one.", "ageSeconds": "How long ago that is.",
        "alertFired": "Whether the alert is on.", "alertChangedAt": "When it was last turned on or off; null for never.",
        "threshold": "From how many names on that differ, of all kinds together, the alert is on; 0 for never.",
        "thresholdLooks": "How many looks in a row must see so many before it is.",
    ]

    init(_ state: DriftState, settings: MetricsSettings, now: Date) {
        func look(_ kind: ProjectedKind) -> Kind { Kind(state.evaluations.first { $0.kind == kind }) }
        (tenant, accessPolicy, clusterTenant) = (look(.tenant), look(.accessPolicy), look(.clusterTenant))
        evaluatedAt = Nullable(state.evaluatedAt.map(RESTTimestamp.text))
        ageSeconds = Nullable(state.evaluatedAt.map { max(0, (now.timeIntervalSince($0) * 1000).rounded() / 1000) })
        alertFired = state.alert.isFiring
        alertChangedAt = Nullable(state.alert.changedAt.map(RESTTimestamp.text))
        (threshold, thresholdLooks) = (settings.driftThreshold, settings.driftLooks)
    }
}
