import JSONValue

/// Columns of services, ingresses and network policies.
enum NetworkColumns {
    private typealias Columns = BuiltinColumns

    static func columns(_ plural: String) -> [(String, Int, BuiltinColumns.Cell)]? {
        switch plural {
        case "services":
            [
                ("Type", 0, { Columns.text($0, "spec.type", missing: "ClusterIP") }),
                ("Cluster-IP", 0, { Columns.text($0, "spec.clusterIP", missing: "<none>") }),
                ("External-IP", 0, { .string(externalAddress($0)) }), ("Port(s)", 0, { .string(ports($0)) }),
                ("Selector", 1, { Columns.selector($0, "spec.selector") }),
            ]
        case "ingresses":
            [
                ("Class", 0, { Columns.text($0, "spec.ingressClassName", missing: "<none>") }), ("Hosts", 0, { .string(hosts($0)) }),
                ("Address", 0, { .string(balancers($0).joined(separator: ",")) }),
                ("Ports", 0, { ($0["spec"]?["tls"]?.arrayValue ?? []).isEmpty ? "80" : "80, 443" }),
            ]
        case "ingressclasses": [("Controller", 0, { Columns.text($0, "spec.controller") })]
        case "networkpolicies": [("Pod-Selector", 0, { Columns.selector($0, "spec.podSelector") })]
        case "endpoints": [("Endpoints", 0, { .string(endpoints($0)) })]
        case "endpointslices": [("AddressType", 0, { Columns.text($0, "addressType") })]
        default: nil
        }
    }

    private static func balancers(_ object: JSON) -> [String] {
        (object["status"]?["loadBalancer"]?["ingress"]?.arrayValue ?? []).compactMap {
            $0["ip"]?.stringValue ?? $0["hostname"]?.stringValue
        }
    }

    private static func externalAddress(_ service: JSON) -> String {
        let fixed = (service["spec"]?["externalIPs"]?.arrayValue ?? []).compactMap { $0.stringValue }
        switch service["spec"]?["type"]?.stringValue {
        case "LoadBalancer":
            let found = balancers(service) + fixed
            return found.isEmpty ? "<pending>" : found.joined(separator: ",")
        case "ExternalName": return service["spec"]?["externalName"]?.stringValue ?? "<none>"
        default: return fixed.isEmpty ? "<none>" : fixed.joined(separator: ",")
        }
    }

    private static func ports(_ service: JSON) -> String {
        let ports = (service["spec"]?["ports"]?.arrayValue ?? []).map { port in
            let node = port["nodePort"]?.integerValue.map { ":\($0)" } ?? ""
            return "\(port["port"]?.integerValue ?? 0)\(node)/\(port["protocol"]?.stringValue ?? "TCP")"
        }
        return ports.isEmpty ? "<none>" : ports.joined(separator: ",")
    }

    private static func hosts(_ ingress: JSON) -> String {
        let hosts = (ingress["spec"]?["rules"]?.arrayValue ?? []).compactMap { $0["host"]?.stringValue }.filter { !$0.isEmpty }
        guard hosts.count > 3 else { return hosts.isEmpty ? "*" : hosts.joined(separator: ",") }
        return hosts.prefix(3).joined(separator: ",") + " + \(hosts.count - 3) more..."
    }

    private static func endpoints(_ object: JSON) -> String {
        var found: [String] = []
        for subset in object["subsets"]?.arrayValue ?? [] {
            for address in subset["addresses"]?.arrayValue ?? [] {
                for port in subset["ports"]?.arrayValue ?? [] {
                    found.append("\(address["ip"]?.stringValue ?? ""):\(port["port"]?.integerValue ?? 0)")
                }
            }
        }
        guard !found.isEmpty else { return "<none>" }
        return found.prefix(3).joined(separator: ",") + (found.count > 3 ? " + \(found.count - 3) more..." : "")
    }
}
