/// What an address is for, as far as it decides whether a caller's URL may lead there.
///
/// The blocks are those of the IANA special-purpose address registries (RFC 6890) that are not globally reachable, the addresses on which
/// clouds serve the credentials of their machines, and every form of IPv6 that carries an IPv4 address.
public enum AddressKind: String, Sendable, CaseIterable {
    /// An ordinary public address.
    case global = "public"
    /// This host, any address.
    case unspecified
    /// This host.
    case loopback
    /// A private network (RFC 1918), or a unique local address (RFC 4193).
    case privateUse = "private"
    /// One link only (RFC 3927, RFC 4291), or site-local (RFC 3879).
    case linkLocal = "link-local"
    /// Carrier-grade NAT (RFC 6598), which clusters like to use for pods.
    case sharedSpace = "shared"
    /// Serves the credentials of a cloud's machines.
    case metadata
    /// Groups.
    case multicast
    /// All hosts of a link.
    case broadcast
    /// IETF protocol assignments.
    case protocolAssignment = "protocol-assignment"
    /// Examples in documents.
    case documentation
    /// Benchmarks of networks.
    case benchmarking
    /// An IPv6 form that carries an IPv4 address: mapped, compatible, NAT64, 6to4, Teredo, ISATAP.
    case embeddedV4 = "embedded-ipv4"
    /// Not for use.
    case reserved

    /// Whether no configuration can permit it.
    public var isNeverPermitted: Bool {
        switch self {
        case .metadata, .linkLocal, .multicast, .broadcast, .unspecified, .embeddedV4, .reserved: true
        default: false
        }
    }

    /// The kind of an address.
    public init(of address: IPAddress) {
        if let special = Self.special.first(where: { $0.range.contains(address) }) {
            self = special.kind
            return
        }
        switch address {
        case .v4: self = .global
        case .v6(let number):
            // Nothing outside of 2000::/3 is handed out as global unicast.
            if number >> 125 != 1 {
                self = .reserved
                return
            }
            // ISATAP (RFC 5214): the interface identifier is 0000:5efe or 0200:5efe and an IPv4 address.
            let identifier = UInt32(truncatingIfNeeded: number >> 32)
            self = identifier == 0x0000_5EFE || identifier == 0x0200_5EFE ? .embeddedV4 : .global
        }
    }

    private struct Special: Sendable {
        var range: AddressRange
        var kind: AddressKind
    }

    /// The first match counts.
    private static let special: [Special] = [
        (.metadata, ["169.254.169.254", "169.254.170.2", "169.254.170.23", "100.100.100.200", "168.63.129.16", "192.0.0.192"]),
        (.metadata, ["fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254"]),
        (.unspecified, ["0.0.0.0/8", "::"]),
        (.loopback, ["127.0.0.0/8", "::1"]),
        (.privateUse, ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"]),
        (.linkLocal, ["169.254.0.0/16", "fe80::/10", "fec0::/10"]),
        (.sharedSpace, ["100.64.0.0/10"]),
        (.broadcast, ["255.255.255.255"]),
        (.multicast, ["224.0.0.0/4", "ff00::/8"]),
        (.benchmarking, ["198.18.0.0/15", "2001:2::/48"]),
        (.documentation, ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20"]),
        (.embeddedV4, ["::ffff:0:0/96", "::/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"]),
        (.embeddedV4, ["192.88.99.0/24"]),
        (.protocolAssignment, ["192.0.0.0/24", "2001::/23"]),
        (.reserved, ["240.0.0.0/4"]),
    ].flatMap { kind, blocks in blocks.compactMap(AddressRange.init).map { Special(range: $0, kind: kind) } }

    static var blockCount: Int { special.count }
}
