import Crypto
import JSONValue

/// Brings desired states that mean the same into the same form. Projector, drift and repair all use this one.
///
/// A member that is null counts as absent, a whole number has no fraction, and what the API server would fill in is filled in: so an
/// object before and after defaulting, and with members in any order, is the same. Arrays keep their order.
public enum Normaliser {
    /// The normal form of a desired state.
    ///
    /// - Parameters:
    ///   - spec: the object's `spec`; anything but an object counts as empty.
    ///   - kind: the kind of the object, which has the defaults.
    public static func spec(_ spec: JSON, of kind: ProjectedKind) -> JSON {
        let plain = value(spec)
        var result: JSON = plain.objectValue == nil ? .object([:]) : plain
        switch kind {
        case .tenant:
            result.fill("suspended", with: false)
            if result["runtime"] == nil { result["runtime"] = .object([:]) }
            result[at: ["runtime"]]?.fill("type", with: "Pod")
        case .accessPolicy:
            result[at: ["domains"]]?.fill("defaultDeny", with: true)
            if let rules = result["egressRules"]?.arrayValue {
                result["egressRules"] = .array(rules.map { $0.filled("protocol", with: "TCP") })
            }
        case .clusterTenant:
            result.fill("isolationTier", with: "shared")
            if result["compute"] == nil { result["compute"] = .object([:]) }
            result[at: ["compute"]]?.fill("mode", with: "shared")
        }
        return result
    }

    /// A hash of a normal form: the same for the same state.
    public static func hash(_ normalised: JSON) -> String {
        SHA256.hash(data: normalised.serialized()).prefix(16).map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
    }

    /// Which members of two normal forms differ: the compared fields in their order, then the others by name.
    static func differences(_ one: JSON, _ other: JSON, of kind: ProjectedKind) -> [String] {
        let names = Set(one.objectValue.map { Array($0.keys) } ?? []).union(other.objectValue.map { Array($0.keys) } ?? [])
        let differing = names.filter { one[$0] != other[$0] }
        return kind.comparedFields.filter(differing.contains) + differing.subtracting(kind.comparedFields).sorted()
    }

    private static func value(_ json: JSON) -> JSON {
        switch json {
        case .object(let members): .object(members.filter { !$0.value.isNull }.mapValues(value))
        case .array(let elements): .array(elements.map(value))
        case .number(let number): Int64(exactly: number).map { .integer($0) } ?? json
        default: json
        }
    }
}

extension JSON {
    /// Sets a member of an object that lacks it.
    fileprivate mutating func fill(_ member: String, with value: JSON) {
        guard objectValue != nil, self[member] == nil else { return }
        self[member] = value
    }

    fileprivate func filled(_ member: String, with value: JSON) -> JSON {
        var copy = self
        copy.fill(member, with: value)
        return copy
    }
}
