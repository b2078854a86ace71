import Foundation

/// The proxy that the environment names for a server: `HTTPS_PROXY` or `HTTP_PROXY`, unless `NO_PROXY` excepts the server. Names in small
/// letters count where those in capitals are not set. The rules are those of Go's `net/http`, and so kubectl's.
enum ProxyEnvironment {
    /// The proxy's URL; `nil` to connect without.
    static func proxy(for server: String, environment: [String: String]) -> String? {
        guard let url = URLComponents(string: server), let host = url.host?.trimmingCharacters(in: ["[", "]"]).lowercased() else {
            return nil
        }
        let isSecure = url.scheme == "https"
        let found =
            isSecure
            ? text(environment["HTTPS_PROXY"]) ?? text(environment["https_proxy"])
            : text(environment["HTTP_PROXY"]) ?? text(environment["http_proxy"])
        guard let found else { return nil }
        let exceptions = text(environment["NO_PROXY"]) ?? text(environment["no_proxy"]) ?? ""
        guard !isExcepted(host: host, port: url.port ?? (isSecure ? 443 : 80), exceptions: exceptions) else { return nil }
        return found.contains("://") ? found : "http://\(found)"
    }

    private static func text(_ value: String?) -> String? { value.flatMap { $0.isEmpty ? nil : $0 } }

    /// Whether a server is reached without a proxy. This machine always is.
    static func isExcepted(host: String, port: Int, exceptions: String) -> Bool {
        let address = bytes(ofAddress: host)
        if host == "localhost" || address?.isLoopback == true { return true }
        return exceptions.split(separator: ",").contains { entry in
            let entry = entry.trimmingCharacters(in: .whitespaces).lowercased()
            return !entry.isEmpty && matches(entry, host: host, address: address, port: port)
        }
    }

    private static func matches(_ entry: String, host: String, address: [UInt8]?, port: Int) -> Bool {
        if entry == "*" { return true }
        let block = entry.split(separator: "/", omittingEmptySubsequences: false)
        if block.count == 2, let network = bytes(ofAddress: String(block[0])), let length = Int(block[1]) {
            guard let address, address.count == network.count, (0...(network.count * 8)).contains(length) else { return false }
            return (0..<length).allSatisfy { bit in
                let mask = UInt8(0x80) >> UInt8(bit % 8)
                return address[bit / 8] & mask == network[bit / 8] & mask
            }
        }
        var name = entry
        // A port is what follows the one colon; addresses of version 6 have more, unless they are in brackets.
        if let colon = entry.lastIndex(of: ":"), entry.hasPrefix("[") ? entry[..<colon].hasSuffix("]") : entry.firstIndex(of: ":") == colon
        {
            guard Int(entry[entry.index(after: colon)...]) == port else { return false }
            name = String(entry[..<colon])
        }
        name = name.trimmingCharacters(in: ["[", "]"])
        if let other = bytes(ofAddress: name) { return other == address }
        if name.hasPrefix("*.") { name.removeFirst() }
        return name.hasPrefix(".") ? host.hasSuffix(name) : host == name || host.hasSuffix("." + name)
    }

    /// The bytes of an IP address of either version; `nil` for a name.
    private static func bytes(ofAddress text: String) -> [UInt8]? {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 { return withUnsafeBytes(of: four) { Array($0) } }
        var six = in6_addr()
        if inet_pton(AF_INET6, text, &six) == 1 { return withUnsafeBytes(of: six) { Array($0) } }
        return nil
    }
}

extension [UInt8] {
    fileprivate var isLoopback: Bool { count == 4 ? first == 127 : dropLast().allSatisfy { $0 == 0 } && last == 1 }
}
