import JSONValue

/// Defaults and validation of services.
enum ServiceRules {
    /// A service is of type ClusterIP, its ports TCP to the same number.
    static func defaults(_ object: JSON) -> JSON {
        var object = object
        object.change(["spec"]) { spec in
            spec.fill(["type"], "ClusterIP")
            spec.fill(["sessionAffinity"], "None")
            if spec["sessionAffinity"] == "ClientIP" { spec.fill(["sessionAffinityConfig", "clientIP", "timeoutSeconds"], 10800) }
            if ["NodePort", "LoadBalancer"].contains(spec.text(at: "type")) { spec.fill(["externalTrafficPolicy"], "Cluster") }
            if spec["type"] == "LoadBalancer" { spec.fill(["allocateLoadBalancerNodePorts"], true) }
            spec.changeEach(["ports"]) { port in
                port.fill(["protocol"], "TCP")
                let target = port["targetPort"] ?? 0
                if target == 0 || target == "" { port["targetPort"] = port["port"] }
            }
        }
        return object
    }

    private static let types = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"]
    private static let protocols = ["SCTP", "TCP", "UDP"]

    /// Ports are there, numbered, named when there are several, and different.
    static func validate(_ object: JSON) -> [FieldError] {
        let spec = object["spec"] ?? [:]
        let ports = spec.list(at: "ports")
        let type = spec.text(at: "type")
        var errors: [FieldError] = []
        let isHeadless = spec["clusterIP"] == "None"
        if ports.isEmpty, !isHeadless, type != "ExternalName" { errors.append(FieldError(.required, "spec.ports")) }
        if !types.contains(type) { errors.append(.notSupported("spec.type", .string(type), types)) }
        if type == "ExternalName" {
            let name = spec.text(at: "externalName")
            if name.isEmpty {
                errors.append(FieldError(.required, "spec.externalName"))
            } else if !NameRule.isSubdomain(name) {
                errors.append(FieldError(.invalid, "spec.externalName", NameRule.subdomainMessage, badValue: .string(name)))
            }
        }
        if type == "LoadBalancer", isHeadless {
            errors.append(
                FieldError(.invalid, "spec.clusterIPs[0]", "may not be set to 'None' for LoadBalancer services", badValue: "None")
            )
        }
        if !["ClientIP", "None"].contains(spec.text(at: "sessionAffinity")) {
            errors.append(.notSupported("spec.sessionAffinity", spec["sessionAffinity"] ?? "", ["ClientIP", "None"]))
        }
        for (key, value) in spec.members(at: "selector").sorted(by: { $0.key < $1.key }) {
            errors += MetadataValidation.labelErrors(key: key, value: value.stringValue ?? "", field: "spec.selector")
        }
        return errors + portErrors(ports)
    }

    private static func portErrors(_ ports: [JSON]) -> [FieldError] {
        var errors: [FieldError] = []
        var names: Set<String> = []
        var numbers: Set<String> = []
        for (index, port) in ports.enumerated() {
            let field = "spec.ports[\(index)]"
            let name = port.text(at: "name")
            if name.isEmpty {
                if ports.count > 1 { errors.append(FieldError(.required, "\(field).name")) }
            } else if !NameRule.isLabel(name) || name.utf8.count > 63 {
                errors.append(FieldError(.invalid, "\(field).name", NameRule.labelMessage, badValue: .string(name)))
            } else if !names.insert(name).inserted {
                errors.append(FieldError(.duplicate, "\(field).name", badValue: .string(name)))
            }
            errors += PortRule.numberErrors(port["port"], field: "\(field).port")
            if !protocols.contains(port.text(at: "protocol")) {
                errors.append(.notSupported("\(field).protocol", port["protocol"] ?? "", protocols))
            }
            errors += PortRule.nameOrNumberErrors(port["targetPort"], field: "\(field).targetPort")
            let key = "\(port.text(at: "protocol"))/\(port["port"] ?? .null)"
            if !numbers.insert(key).inserted {
                errors.append(
                    FieldError(.duplicate, field, badValue: ["protocol": port["protocol"] ?? "", "port": port["port"] ?? 0])
                )
            }
        }
        return errors
    }

    /// The address does not change once there is one, unless the type does away with it.
    static func validateChange(_ new: JSON, _ old: JSON) -> [FieldError] {
        let types = [old.text(at: "spec", "type"), new.text(at: "spec", "type")]
        if types.contains("ExternalName") { return [] }
        let before = old.text(at: "spec", "clusterIP")
        if before.isEmpty || before == new.text(at: "spec", "clusterIP") { return [] }
        let address = new[at: ["spec", "clusterIP"]] ?? ""
        return [FieldError(.invalid, "spec.clusterIPs[0]", "may not change once set", badValue: [address])]
    }
}

/// Ports by number and by name.
enum PortRule {
    /// What is wrong with a port number.
    static func numberErrors(_ port: JSON?, field: String) -> [FieldError] {
        (1...65535).contains(port?.integerValue ?? 0)
            ? [] : [FieldError(.invalid, field, "must be between 1 and 65535, inclusive", badValue: port ?? 0)]
    }

    /// What is wrong with a port that may be a name.
    static func nameOrNumberErrors(_ port: JSON?, field: String) -> [FieldError] {
        guard case .string(let name)? = port else { return numberErrors(port, field: field) }
        let isName =
            name.utf8.count <= 15 && NameRule.isLabel(name) && !name.contains("--") && name.contains { $0.isLetter }
        return isName
            ? []
            : [
                FieldError(
                    .invalid,
                    field,
                    "must contain at least one letter (a-z) and be a name of at most 15 characters",
                    badValue: .string(name)
                )
            ]
    }
}
