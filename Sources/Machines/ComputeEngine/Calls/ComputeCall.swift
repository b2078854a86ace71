import JSONValue

/// The calls that are made.
enum ComputeVerb: String, Sendable, Hashable, CaseIterable {
    case insert, get, list, delete, start, stop, suspend, resume, setLabels, operation

    init(_ kind: MachineOperation.Kind) {
        self =
            switch kind {
            case .insert: .insert
            case .start: .start
            case .stop: .stop
            case .suspend: .suspend
            case .resume: .resume
            case .delete: .delete
            }
    }
}

/// One call of Compute Engine REST v1, without project and endpoint.
struct ComputeCall: Sendable, Hashable {
    var verb: ComputeVerb
    /// `GET`, `POST` or `DELETE`.
    var method: String
    /// Below `/compute/v1/projects/{project}/`.
    var path: String
    var query: [String: String] = [:]
    var body: JSON?

    static func insert(_ body: JSON, zone: String, requestID: String) -> ComputeCall {
        ComputeCall(verb: .insert, method: "POST", path: "zones/\(zone)/instances", query: ["requestId": requestID], body: body)
    }

    static func get(_ name: String, zone: String) -> ComputeCall {
        ComputeCall(verb: .get, method: "GET", path: "zones/\(zone)/instances/\(name)")
    }

    /// - Parameter label: a label that the instances carry, and its value.
    static func list(zone: String, label: (key: String, value: String), pageToken: String?) -> ComputeCall {
        var query = ["filter": "labels.\(label.key)=\(label.value)", "maxResults": "500"]
        query["pageToken"] = pageToken
        return ComputeCall(verb: .list, method: "GET", path: "zones/\(zone)/instances", query: query)
    }

    /// Start, stop, suspend, resume or delete.
    static func change(_ kind: MachineOperation.Kind, _ name: String, zone: String, requestID: String) -> ComputeCall {
        let path = "zones/\(zone)/instances/\(name)"
        return ComputeCall(
            verb: ComputeVerb(kind),
            method: kind == .delete ? "DELETE" : "POST",
            path: kind == .delete ? path : "\(path)/\(kind.rawValue)",
            query: ["requestId": requestID]
        )
    }

    static func setLabels(_ labels: [String: String], fingerprint: String, name: String, zone: String) -> ComputeCall {
        ComputeCall(
            verb: .setLabels,
            method: "POST",
            path: "zones/\(zone)/instances/\(name)/setLabels",
            body: ["labels": .object(labels.mapValues { .string($0) }), "labelFingerprint": .string(fingerprint)]
        )
    }

    static func operation(_ name: String, zone: String) -> ComputeCall {
        ComputeCall(verb: .operation, method: "GET", path: "zones/\(zone)/operations/\(name)")
    }

    /// Path and query, with everything that could be mistaken encoded.
    var target: String {
        guard !query.isEmpty else { return path }
        let pairs = query.sorted { $0.key < $1.key }.map { "\(Self.encode($0.key))=\(Self.encode($0.value))" }
        return "\(path)?\(pairs.joined(separator: "&"))"
    }

    /// Percent-encodes all but the unreserved characters (RFC 3986 section 2.3).
    static func encode(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF")
        return text.utf8.reduce(into: "") { result, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "~"):
                result.append(Character(UnicodeScalar(byte)))
            default: result += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }
    }
}
