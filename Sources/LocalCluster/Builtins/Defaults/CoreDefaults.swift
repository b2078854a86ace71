import Foundation
import JSONValue

/// Defaults of kinds of the core group.
enum CoreDefaults {
    /// A namespace is active, and carries its name as a label.
    static func namespace(_ object: JSON) -> JSON {
        var object = object
        object.fill(["status", "phase"], "Active")
        return object
    }

    /// `stringData` becomes `data`; the type is `Opaque`.
    static func secret(_ object: JSON) -> JSON {
        var object = object
        for (key, value) in object.members(at: "stringData") {
            object[at: ["data", key]] = .string(Data((value.stringValue ?? "").utf8).base64EncodedString())
        }
        object["stringData"] = nil
        object.fill(["type"], "Opaque")
        return object
    }

    /// The protocol of a port is TCP.
    static func endpoints(_ object: JSON) -> JSON {
        var object = object
        object.changeEach(["subsets"]) { $0.changeEach(["ports"]) { $0.fill(["protocol"], "TCP") } }
        return object
    }

    /// A claim waits and is for a file system.
    static func claim(_ object: JSON) -> JSON {
        var object = object
        object.fill(["status", "phase"], "Pending")
        object.change(["spec"], claimSpec)
        return object
    }

    /// Defaults of the wanted part of a claim.
    static func claimSpec(_ spec: inout JSON) { spec.fill(["volumeMode"], "Filesystem") }

    /// A volume waits, is kept when released, and is for a file system.
    static func volume(_ object: JSON) -> JSON {
        var object = object
        object.fill(["status", "phase"], "Pending")
        object.fill(["spec", "persistentVolumeReclaimPolicy"], "Retain")
        object.fill(["spec", "volumeMode"], "Filesystem")
        object.change(["spec", "hostPath"]) { $0.fill(["type"], "") }
        return object
    }

    /// The defaults of containers follow from the maxima, the default requests from the defaults and minima.
    static func limitRange(_ object: JSON) -> JSON {
        var object = object
        object.changeEach(["spec", "limits"]) { limit in
            guard limit.text(at: "type") == "Container" else { return }
            for (name, amount) in limit.members(at: "max") { limit.fill(["default", name], amount) }
            for (name, amount) in limit.members(at: "default") { limit.fill(["defaultRequest", name], amount) }
            for (name, amount) in limit.members(at: "min") { limit.fill(["defaultRequest", name], amount) }
        }
        return object
    }
}
