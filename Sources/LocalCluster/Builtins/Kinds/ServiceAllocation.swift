import JSONValue

/// The addresses and node ports of services.
enum ServiceAllocation {
    /// A new service with its address and ports.
    static func allocating(_ object: JSON, environment: any AllocationEnvironment) throws(FieldErrors) -> JSON {
        var object = object
        if object.text(at: "spec", "type") != "ExternalName" {
            let wanted = object.text(at: "spec", "clusterIP")
            if wanted != "None" {
                switch environment.allocateClusterIP(requested: wanted.isEmpty ? nil : wanted) {
                case .allocated(let address): object[at: ["spec", "clusterIP"]] = .string(address)
                case .taken: throw failure("provided IP is already allocated", wanted)
                case .outOfRange: throw failure("provided IP is not in the valid range", wanted)
                }
            }
            object[at: ["spec", "clusterIPs"]] = [object[at: ["spec", "clusterIP"]] ?? "None"]
        }
        return try ports(object, environment: environment)
    }

    private static func failure(_ reason: String, _ address: String) -> FieldErrors {
        FieldErrors(errors: [
            FieldError(.invalid, "spec.clusterIPs", "failed to allocate IP \(address): \(reason)", badValue: .array([.string(address)]))
        ])
    }

    private static func ports(_ object: JSON, environment: any AllocationEnvironment) throws(FieldErrors) -> JSON {
        guard ["NodePort", "LoadBalancer"].contains(object.text(at: "spec", "type")),
            object[at: ["spec", "allocateLoadBalancerNodePorts"]] != false
        else { return object }
        var object = object
        var ports = object.list(at: "spec", "ports")
        for index in ports.indices {
            let wanted = ports[index]["nodePort"]?.integerValue ?? 0
            // A port that the caller names is the caller's; only missing ones are handed out.
            if wanted != 0 { continue }
            guard let port = environment.allocateNodePort(requested: nil) else {
                throw FieldErrors(errors: [FieldError(.internalError, "spec.ports[\(index)].nodePort", "no free port in the range")])
            }
            ports[index]["nodePort"] = .integer(Int64(port))
        }
        object[at: ["spec", "ports"]] = .array(ports)
        return object
    }

    /// A change that says nothing about the address and the node ports keeps them.
    static func keeping(_ new: JSON, old: JSON) -> JSON {
        guard new.text(at: "spec", "type") != "ExternalName", old.text(at: "spec", "type") != "ExternalName" else { return new }
        var object = new
        for member in ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"] where object[at: ["spec", member]] == nil {
            object[at: ["spec", member]] = old[at: ["spec", member]]
        }
        if ["NodePort", "LoadBalancer"].contains(new.text(at: "spec", "type")) {
            let before = old.list(at: "spec", "ports")
            object.changeEach(["spec", "ports"]) { port in
                let same = before.first { $0["port"] == port["port"] && $0["protocol"] ?? "TCP" == port["protocol"] ?? "TCP" }
                if let known = same?["nodePort"] { port.fill(["nodePort"], known) }
            }
        }
        return object
    }

    /// A changed service with what its new type needs; an address no longer needed is given back.
    static func changing(_ new: JSON, old: JSON, environment: any AllocationEnvironment) throws(FieldErrors) -> JSON {
        let isExternal = new.text(at: "spec", "type") == "ExternalName"
        let address = old.text(at: "spec", "clusterIP")
        if isExternal {
            if !address.isEmpty, address != "None" { environment.releaseClusterIP(address) }
            var object = new
            object[at: ["spec", "clusterIP"]] = nil
            object[at: ["spec", "clusterIPs"]] = nil
            return object
        }
        if old.text(at: "spec", "type") == "ExternalName" { return try allocating(new, environment: environment) }
        return try ports(new, environment: environment)
    }

    /// A change of the type without what belonged to the old type only, unless the change itself says so anew.
    static func dropping(_ new: JSON, old: JSON) -> JSON {
        let before = old.text(at: "spec", "type")
        let after = new.text(at: "spec", "type")
        guard before != after else { return new }
        var object = new
        if before == "LoadBalancer" {
            for member in ["allocateLoadBalancerNodePorts", "loadBalancerClass"] { forget(member, in: &object, old: old) }
        }
        if ["NodePort", "LoadBalancer"].contains(before), !["NodePort", "LoadBalancer"].contains(after) {
            for member in ["externalTrafficPolicy", "healthCheckNodePort"] { forget(member, in: &object, old: old) }
            let known = Set(old.list(at: "spec", "ports").compactMap { $0["nodePort"] })
            object.changeEach(["spec", "ports"]) { port in
                if let number = port["nodePort"], known.contains(number) { port["nodePort"] = nil }
            }
        }
        if before == "ExternalName" { forget("externalName", in: &object, old: old) }
        return object
    }

    private static func forget(_ member: String, in object: inout JSON, old: JSON) {
        if object[at: ["spec", member]] == old[at: ["spec", member]] { object[at: ["spec", member]] = nil }
    }
}

/// The selector of a Job, by which it knows its pods.
enum JobSelector {
    /// Unless the caller brings a selector, pods are told by the identity of the job.
    static func filled(_ object: JSON) -> JSON {
        guard object[at: ["spec", "manualSelector"]] != true, object[at: ["spec", "selector"]] == nil else { return object }
        var object = object
        let uid = object[at: ["metadata", "uid"]] ?? ""
        object[at: ["spec", "selector"]] = ["matchLabels": ["controller-uid": uid]]
        object[at: ["spec", "template", "metadata", "labels", "controller-uid"]] = uid
        object[at: ["spec", "template", "metadata", "labels", "job-name"]] = object[at: ["metadata", "name"]]
        return object
    }
}
