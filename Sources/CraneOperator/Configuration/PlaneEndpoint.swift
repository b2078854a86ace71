/// Host and port of a URL of a platform service, and where in the cluster it runs.
struct PlaneEndpoint: Hashable {
    /// Host name or address, in lower case.
    var host: String
    /// Port, the scheme's when the URL names none.
    var port: Int

    /// Reads an `http` or `https` URL; `nil` when it is none, or carries a user name.
    init?(_ url: String) {
        let scheme = url.prefix { $0 != ":" }.lowercased()
        guard scheme == "http" || scheme == "https", url.dropFirst(scheme.count).hasPrefix("://") else { return nil }
        let authority = url.dropFirst(scheme.count + 3).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let parts = authority.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, !first.isEmpty, !authority.contains("@") else { return nil }
        guard first.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "-") }) else { return nil }
        host = first.lowercased()
        if parts.count == 2 {
            guard let number = Int(parts[1]), (1...65535).contains(number) else { return nil }
            port = number
        } else {
            port = scheme == "https" ? 443 : 80
        }
    }

    /// Host without the dot that ends an absolute name.
    var name: String { host.hasSuffix(".") ? String(host.dropLast()) : host }

    /// Namespace of a Service's DNS name (`name.namespace` or `name.namespace.svc…`), or the given one for a name without dots; `nil` for
    /// other hosts. A host of two labels outside the cluster is written as an absolute name, with a dot at its end.
    func namespace(whenShort platform: String) -> String? {
        let labels = name.split(separator: ".")
        if labels.count == 1 { return platform }
        if labels.count == 2, !host.hasSuffix(".") { return String(labels[1]) }
        if labels.count >= 3, labels[2] == "svc" { return String(labels[1]) }
        return nil
    }
}
