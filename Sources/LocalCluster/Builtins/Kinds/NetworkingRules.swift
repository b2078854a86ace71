import JSONValue

/// Defaults and validation of the group networking.k8s.io.
enum NetworkingRules {
    private static let pathTypes = ["Exact", "ImplementationSpecific", "Prefix"]

    /// An ingress has rules or a default backend; its paths have a type and a backend.
    static func ingress(_ object: JSON) -> [FieldError] {
        let spec = object["spec"] ?? [:]
        let rules = spec.list(at: "rules")
        var errors: [FieldError] = []
        if rules.isEmpty, spec["defaultBackend"] == nil {
            errors.append(
                FieldError(.invalid, "spec", "either `defaultBackend` or `rules` must be specified", badValue: spec)
            )
        }
        if let backend = spec["defaultBackend"] { errors += backendErrors(backend, field: "spec.defaultBackend") }
        for (index, rule) in rules.enumerated() {
            let host = rule.text(at: "host")
            let name = host.hasPrefix("*.") ? String(host.dropFirst(2)) : host
            if !host.isEmpty, !NameRule.isSubdomain(name) {
                errors.append(FieldError(.invalid, "spec.rules[\(index)].host", NameRule.subdomainMessage, badValue: .string(host)))
            }
            guard let http = rule["http"] else { continue }
            let paths = http.list(at: "paths")
            if paths.isEmpty { errors.append(FieldError(.required, "spec.rules[\(index)].http.paths")) }
            for (position, path) in paths.enumerated() {
                errors += pathErrors(path, field: "spec.rules[\(index)].http.paths[\(position)]")
            }
        }
        for (index, tls) in spec.list(at: "tls").enumerated() {
            for (position, host) in tls.list(at: "hosts").enumerated() {
                let text = host.stringValue ?? ""
                if !NameRule.isSubdomain(text.hasPrefix("*.") ? String(text.dropFirst(2)) : text) {
                    errors.append(
                        FieldError(.invalid, "spec.tls[\(index)].hosts[\(position)]", NameRule.subdomainMessage, badValue: host)
                    )
                }
            }
        }
        return errors
    }

    private static func pathErrors(_ path: JSON, field: String) -> [FieldError] {
        var errors: [FieldError] = []
        let text = path.text(at: "path")
        switch path["pathType"]?.stringValue {
        case nil: errors.append(FieldError(.required, "\(field).pathType", "pathType must be specified"))
        case "Exact", "Prefix":
            if !text.hasPrefix("/") {
                errors.append(FieldError(.invalid, "\(field).path", "must be an absolute path", badValue: .string(text)))
            }
        case "ImplementationSpecific":
            if !text.isEmpty, !text.hasPrefix("/") {
                errors.append(FieldError(.invalid, "\(field).path", "must be an absolute path", badValue: .string(text)))
            }
        case let other?: errors.append(.notSupported("\(field).pathType", .string(other), pathTypes))
        }
        return errors + backendErrors(path["backend"] ?? [:], field: "\(field).backend")
    }

    private static func backendErrors(_ backend: JSON, field: String) -> [FieldError] {
        switch (backend["service"], backend["resource"]) {
        case (nil, nil): return [FieldError(.required, "\(field)", "either service or resource must be specified")]
        case (_?, _?): return [FieldError(.invalid, field, "cannot set both resource and service backends", badValue: "")]
        case (nil, _?): return []
        case (let service?, nil):
            var errors: [FieldError] = []
            if service.text(at: "name").isEmpty { errors.append(FieldError(.required, "\(field).service.name")) }
            let name = service.text(at: "port", "name")
            let number = service[at: ["port", "number"]]
            if name.isEmpty, number == nil {
                errors.append(FieldError(.required, "\(field).service.port", "port name or number is required"))
            } else if !name.isEmpty, number != nil {
                errors.append(FieldError(.invalid, "\(field).service.port", "cannot set both port name & port number", badValue: ""))
            } else if let number {
                errors += PortRule.numberErrors(number, field: "\(field).service.port.number")
            } else {
                errors += PortRule.nameOrNumberErrors(.string(name), field: "\(field).service.port.name")
            }
            return errors
        }
    }

    /// The controller of a class does not change.
    static func ingressClassChange(_ new: JSON, _ old: JSON) -> [FieldError] {
        let controller = new[at: ["spec", "controller"]]
        return controller == old[at: ["spec", "controller"]] ? [] : [.immutable("spec.controller", controller)]
    }

    /// Ports are TCP; a policy is about ingress, and about egress when it has rules for it.
    static func networkPolicyDefaults(_ object: JSON) -> JSON {
        var object = object
        for direction in ["ingress", "egress"] {
            object.changeEach(["spec", direction]) { $0.changeEach(["ports"]) { $0.fill(["protocol"], "TCP") } }
        }
        if object.list(at: "spec", "policyTypes").isEmpty {
            let hasEgress = !object.list(at: "spec", "egress").isEmpty
            object[at: ["spec", "policyTypes"]] = hasEgress ? ["Ingress", "Egress"] : ["Ingress"]
        }
        return object
    }

    /// Peers, ports and address blocks of a policy.
    static func networkPolicy(_ object: JSON) -> [FieldError] {
        let spec = object["spec"] ?? [:]
        var errors = SelectorRule.errors(spec["podSelector"] ?? [:], field: "spec.podSelector")
        for (direction, peers) in [("ingress", "from"), ("egress", "to")] {
            for (index, rule) in spec.list(at: direction).enumerated() {
                let field = "spec.\(direction)[\(index)]"
                for (position, port) in rule.list(at: "ports").enumerated() {
                    errors += policyPortErrors(port, field: "\(field).ports[\(position)]")
                }
                for (position, peer) in rule.list(at: peers).enumerated() {
                    errors += peerErrors(peer, field: "\(field).\(peers)[\(position)]")
                }
            }
        }
        for (index, type) in spec.list(at: "policyTypes").enumerated() where !["Ingress", "Egress"].contains(type.stringValue ?? "") {
            errors.append(.notSupported("spec.policyTypes[\(index)]", type, ["Egress", "Ingress"]))
        }
        return errors
    }

    private static func policyPortErrors(_ port: JSON, field: String) -> [FieldError] {
        var errors: [FieldError] = []
        if !["TCP", "UDP", "SCTP"].contains(port.text(at: "protocol")) {
            errors.append(.notSupported("\(field).protocol", port["protocol"] ?? "", ["SCTP", "TCP", "UDP"]))
        }
        if let number = port["port"] { errors += PortRule.nameOrNumberErrors(number, field: "\(field).port") }
        if let end = port["endPort"]?.integerValue {
            if let start = port["port"]?.integerValue {
                if end < start {
                    errors.append(
                        FieldError(.invalid, "\(field).endPort", "must be greater than or equal to `port`", badValue: .integer(end))
                    )
                }
            } else {
                errors.append(
                    FieldError(.invalid, "\(field).endPort", "may not be specified when `port` is not specified", badValue: .integer(end))
                )
            }
        }
        return errors
    }

    private static func peerErrors(_ peer: JSON, field: String) -> [FieldError] {
        var errors: [FieldError] = []
        for name in ["podSelector", "namespaceSelector"] {
            if let selector = peer[name] { errors += SelectorRule.errors(selector, field: "\(field).\(name)") }
        }
        if let block = peer["ipBlock"] {
            if peer["podSelector"] != nil || peer["namespaceSelector"] != nil {
                errors.append(FieldError(.forbidden, field, "may not specify both ipBlock and another peer"))
            }
            errors += AddressBlock.errors(block, field: "\(field).ipBlock")
        } else if peer["podSelector"] == nil, peer["namespaceSelector"] == nil {
            errors.append(FieldError(.required, field, "must specify a peer"))
        }
        return errors
    }

    /// A slice's ports are TCP.
    static func endpointSliceDefaults(_ object: JSON) -> JSON {
        var object = object
        object.changeEach(["ports"]) { port in
            port.fill(["name"], "")
            port.fill(["protocol"], "TCP")
        }
        return object
    }
}
