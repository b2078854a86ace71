import Foundation
import JSONValue
import KubernetesModel

@testable import LocalCluster

/// A recorded exchange with a real API server.
struct RecordedStep {
    let note: String
    let isSetup: Bool
    let method: String
    let path: String
    let contentType: String
    let body: JSON?
    let status: Int64
    let answer: JSON

    /// The steps of a recording, in order.
    static func all(_ file: String) throws -> [RecordedStep] {
        let url = Bundle.module.bundleURL.appending(path: "Fixtures/kubernetes-transcript/\(file).jsonl")
        return try String(contentsOf: url, encoding: .utf8).split(separator: "\n").map { line in
            let step = try JSON(parsing: String(line))
            let request = step["request"] ?? [:]
            return RecordedStep(
                note: step["note"]?.stringValue ?? "",
                isSetup: step["setup"] == true,
                method: request["method"]?.stringValue ?? "",
                path: request["path"]?.stringValue ?? "",
                contentType: request["contentType"]?.stringValue ?? "",
                body: request["body"],
                status: step[at: ["response", "status"]]?.integerValue ?? 0,
                answer: step[at: ["response", "body"]] ?? .null
            )
        }
    }
}

/// Hands out one address and ports from 30000.
struct FixedEnvironment: AllocationEnvironment {
    func allocateClusterIP(requested: String?) -> ClusterIPResult { .allocated(requested ?? "10.0.0.1") }
    func releaseClusterIP(_ address: String) {}
    func allocateNodePort(requested: Int?) -> Int? { requested ?? 30000 }
}

/// The write path without a server: what a strategy and the field manager make of bodies, one after the other.
struct PureWriter {
    let strategy: any ResourceStrategy
    var objects: [String: JSON] = [:]
    private var version = 0

    init(_ strategy: any ResourceStrategy) { self.strategy = strategy }

    /// An answer: an object or a Status.
    struct Answer {
        var status: Int64
        var body: JSON
    }

    private func identity(_ manager: String, _ operation: FieldManagerIdentity.Operation, _ subresource: String?) -> FieldManagerIdentity {
        FieldManagerIdentity(
            manager: manager,
            operation: operation,
            apiVersion: strategy.definition.type.apiVersion,
            subresource: strategy.definition.tracksSubresource ? subresource : nil
        )
    }

    private func refusal(_ status: Status) throws -> Answer {
        Answer(status: Int64(status.code ?? 0), body: try JSON(encoding: status))
    }

    mutating func create(_ body: JSON, manager: String = "unknown", now: String = "2026-01-01T00:00:00Z") throws -> Answer {
        do {
            var object = try strategy.decode(body).object
            object[at: ["metadata", "uid"]] = "u"
            object[at: ["metadata", "creationTimestamp"]] = .string(now)
            object = strategy.prepareCreate(object)
            object = FieldManager.update(
                live: strategy.zeroObject,
                new: object,
                isCreate: true,
                identity: identity(manager, .update, nil),
                schema: strategy.mergeSchema,
                now: now
            )
            return try insert(object)
        } catch let failure as DecodeFailure {
            return try refusal(failure.status)
        }
    }

    private mutating func insert(_ object: JSON) throws -> Answer {
        var object = try strategy.finishCreate(object, environment: FixedEnvironment())
        if strategy.definition.type.isNamespaced { object[at: ["metadata", "namespace"]] = "transcript" }
        let name = object[at: ["metadata", "name"]]?.stringValue ?? ""
        let errors = strategy.validateCreate(object)
        if !errors.isEmpty { return try refusal(strategy.invalidStatus(errors, name: name)) }
        objects[name] = object
        return Answer(status: 201, body: object)
    }

    /// Writes what `change` makes of the live object.
    mutating func update(
        _ name: String,
        subresource: String? = nil,
        manager: String = "unknown",
        now: String = "2026-01-01T00:00:01Z",
        _ change: (JSON) throws -> JSON
    ) throws -> Answer {
        let live = objects[name] ?? [:]
        do {
            var object = strategy.prepareUpdate(try strategy.decode(try change(live)).object, old: live, subresource: subresource)
            for member in ["uid", "creationTimestamp", "namespace"] {
                object[at: ["metadata", member]] = live[at: ["metadata", member]]
            }
            object = FieldManager.update(
                live: live,
                new: object,
                isCreate: false,
                identity: identity(manager, .update, subresource),
                schema: strategy.mergeSchema,
                now: now
            )
            return try store(object, live, subresource)
        } catch let failure as DecodeFailure {
            return try refusal(failure.status)
        }
    }

    private mutating func store(_ object: JSON, _ live: JSON, _ subresource: String?) throws -> Answer {
        let name = live[at: ["metadata", "name"]]?.stringValue ?? ""
        let object = try strategy.finishUpdate(object, old: live, subresource: subresource, environment: FixedEnvironment())
        let errors = strategy.validateUpdate(object, old: live, subresource: subresource)
        if !errors.isEmpty { return try refusal(strategy.invalidStatus(errors, name: name)) }
        objects[name] = object
        return Answer(status: 200, body: object)
    }

    mutating func apply(
        _ name: String,
        _ body: JSON,
        manager: String,
        force: Bool = false,
        subresource: String? = nil,
        now: String = "2026-01-01T00:00:02Z"
    ) throws -> Answer {
        let live = objects[name]
        do {
            var object = try FieldManager.apply(
                live: live,
                zero: strategy.zeroObject,
                applied: strategy.resetApplied(body, subresource: subresource),
                force: force,
                identity: identity(manager, .apply, subresource),
                schema: strategy.mergeSchema,
                now: now
            )
            object = try strategy.decode(object).object
            object[at: ["metadata", "namespace"]] = "transcript"
            guard let live else {
                object[at: ["metadata", "uid"]] = "u"
                object[at: ["metadata", "creationTimestamp"]] = .string(now)
                return try insert(strategy.prepareCreate(object))
            }
            return try store(strategy.prepareUpdate(object, old: live, subresource: subresource), live, subresource)
        } catch let conflict as ApplyConflict {
            return try refusal(conflict.status)
        }
    }
}

/// Where a recorded answer and another one differ; what changes from run to run is left out.
enum RecordedDifference {
    private static let volatile: Set<String> = [
        "uid", "resourceVersion", "time", "creationTimestamp", "deletionTimestamp", "selfLink", "namespace", "clusterIP", "clusterIPs",
        "message",
        "manager",
    ]

    static func between(_ recorded: JSON, _ found: JSON, at path: String = "") -> [String] {
        switch (recorded, found) {
        case (.object(let left), .object(let right)):
            return Set(left.keys).union(right.keys).sorted().flatMap { key -> [String] in
                // An answer that is no object has empty metadata, which the server adds.
                if volatile.contains(key) || (key == "metadata" && left["kind"] == "Status") { return [] }
                guard let wanted = left[key] else { return ["\(path).\(key): extra"] }
                guard let value = right[key] else { return ["\(path).\(key): missing"] }
                if key == "managedFields" || key == "causes" { return between(sorted(wanted), sorted(value), at: "\(path).\(key)") }
                return between(wanted, value, at: "\(path).\(key)")
            }
        case (.array(let left), .array(let right)):
            if left.count != right.count { return ["\(path): \(right.count) items instead of \(left.count)"] }
            return zip(left, right).enumerated().flatMap { between($0.element.0, $0.element.1, at: "\(path)[\($0.offset)]") }
        case (.string(let text), .string) where text.hasPrefix("<"): return []
        default: return recorded == found ? [] : ["\(path): \(found) instead of \(recorded)"]
        }
    }

    private static func sorted(_ entries: JSON) -> JSON {
        func key(_ entry: JSON) -> String {
            ["manager", "operation", "subresource", "field", "reason"].map { entry[$0]?.stringValue ?? "" }.joined(separator: "/")
        }
        return .array((entries.arrayValue ?? []).sorted { key($0) < key($1) })
    }
}
