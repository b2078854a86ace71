import CraneAPI
import KubernetesModel

/// What an AccessPolicy opens, in the terms of network policies, and what of it nobody can enforce here.
///
/// Whatever cannot be enforced exactly stays closed.
public struct EgressCompilation: Sendable, Hashable {
    /// Addresses and ports that are opened.
    public struct Opening: Sendable, Hashable {
        /// The addresses.
        public var block: AddressBlock
        /// Blocks within it that stay closed.
        public var except: [AddressBlock]
        /// Ports.
        public var ports: [Int]
        /// `TCP` or `UDP`.
        public var `protocol`: String
    }

    /// Openings by address, in the order of the policy.
    public var openings: [Opening] = []
    /// DNS names and patterns (with `*`) that are opened on port 443, sorted; only Cilium can enforce them.
    public var names: [String] = []
    /// Sentences on what stays closed although the policy opens it, or open although the policy denies it; stable.
    public var unenforced: [String] = []

    /// Compiles a policy.
    ///
    /// - Parameters:
    ///   - spec: the policy; `nil` opens nothing.
    ///   - hasNamePolicies: whether the cluster serves CiliumNetworkPolicy.
    ///   - network: the cluster's own address blocks.
    public init(_ spec: AccessPolicySpec?, hasNamePolicies: Bool, network: NetworkSettings) {
        guard let spec else { return }
        for rule in spec.egressRules ?? [] { open(rule, network) }
        compileNames(spec, hasNamePolicies: hasNamePolicies)
        if let domains = spec.domains, !domains.deniesByDefault { openInternet(domains, network) }
    }

    private mutating func open(_ rule: EgressRule, _ network: NetworkSettings) {
        guard let block = AddressBlock(parsing: rule.cidr) else {
            unenforced.append("egressRules \(rule.cidr) is no IPv4 block")
            return
        }
        let unknown = Self.unknownBlocks(network).filter { unknown in
            !network.privateBlocks.contains { $0.contains(block) || $0.contains(unknown) }
        }
        let closed = Self.smallest(Self.closedBlocks(network) + unknown)
        if let inside = closed.first(where: { $0.contains(block) }) {
            unenforced.append("egressRules \(rule.cidr) stays closed because \(inside) \(Self.reason(inside, network))")
            return
        }
        let parts = unknown.filter { $0 != .shared && block.contains($0) }.map(\.description)
        if !parts.isEmpty {
            unenforced.append(
                "egressRules \(rule.cidr) stays closed for \(parts.joined(separator: ", ")) because CLUSTER_CIDRS does not say "
                    + "which addresses belong to the cluster"
            )
        }
        openings.append(
            Opening(
                block: block,
                except: closed.filter { block.contains($0) },
                ports: rule.effectivePorts,
                protocol: rule.effectiveProtocol.rawValue
            )
        )
    }

    private mutating func compileNames(_ spec: AccessPolicySpec, hasNamePolicies: Bool) {
        let deny = Set((spec.domains?.deny ?? []).map(DomainPattern.init)).sorted()
        var allow = Set((spec.domains?.allow ?? []).map(DomainPattern.init)).sorted()
        // Deny goes first: what it covers is simply not opened. Neither kind of policy can cut a name out of an open pattern,
        // so a pattern that also matches a denied name stays closed altogether.
        allow.removeAll { name in deny.contains { $0.covers(name) } }
        for pattern in allow {
            guard let denied = deny.first(where: { pattern.overlaps($0) }) else { continue }
            unenforced.append("domains.allow \(pattern.text) stays closed because domains.deny \(denied.text) lies within it")
        }
        allow.removeAll { pattern in deny.contains { pattern.overlaps($0) } }
        if !deny.isEmpty, !openings.isEmpty {
            unenforced.append("domains.deny does not hold for the addresses that egressRules opens")
        }
        if hasNamePolicies {
            names = allow.map(\.text)
        } else if !allow.isEmpty {
            unenforced.append("domains.allow stays closed because the cluster does not serve CiliumNetworkPolicy")
        }
    }

    private mutating func openInternet(_ domains: DomainRules, _ network: NetworkSettings) {
        guard (domains.deny ?? []).isEmpty else {
            unenforced.append("domains.defaultDeny false has no effect together with domains.deny because single names cannot be denied")
            return
        }
        let closed = Self.smallest(Self.closedBlocks(network) + AddressBlock.privateRanges + [.shared])
        openings.append(Opening(block: .everything, except: closed, ports: [80, 443], protocol: EgressProtocol.tcp.rawValue))
    }

    /// Blocks that no policy opens.
    private static func closedBlocks(_ network: NetworkSettings) -> [AddressBlock] {
        [.linkLocal] + AddressBlock.cloudServices + network.clusterBlocks
    }

    /// Blocks that may belong to the cluster: all private ones as long as nobody has said which it has.
    private static func unknownBlocks(_ network: NetworkSettings) -> [AddressBlock] {
        [.shared] + (network.clusterBlocks.isEmpty ? AddressBlock.privateRanges : [])
    }

    /// Blocks in order, without those that lie in another.
    private static func smallest(_ blocks: [AddressBlock]) -> [AddressBlock] {
        let distinct = Set(blocks)
        return distinct.filter { block in !distinct.contains { $0 != block && $0.contains(block) } }
            .sorted { ($0.base, $0.prefix) < ($1.base, $1.prefix) }
    }

    private static func reason(_ block: AddressBlock, _ network: NetworkSettings) -> String {
        if block == .linkLocal || AddressBlock.cloudServices.contains(block) { return "holds the metadata service" }
        if network.clusterBlocks.contains(block) { return "belongs to the cluster" }
        return "may belong to the cluster, and EGRESS_PRIVATE_CIDRS does not hold it"
    }
}

/// A DNS name, or a pattern of names with `*`.
struct DomainPattern: Hashable, Comparable {
    /// In lower case, without a final dot.
    let text: String

    init(_ text: String) {
        let lower = text.lowercased()
        self.text = lower.hasSuffix(".") ? String(lower.dropLast()) : lower
    }

    /// Whether every name of the other is one of this.
    func covers(_ other: DomainPattern) -> Bool {
        if self == other { return true }
        return Self.matches(Array(text.utf8)[...], Array(other.text.utf8)[...])
    }

    /// Whether some name may belong to both. Errs on the side of yes.
    func overlaps(_ other: DomainPattern) -> Bool {
        if covers(other) || other.covers(self) { return true }
        guard text.contains("*"), other.text.contains("*") else { return false }
        return Self.endsMeet(text, other.text)
    }

    static func < (left: DomainPattern, right: DomainPattern) -> Bool { left.text < right.text }

    /// Glob match; `*` stands for any characters, a literal `*` of the text included.
    private static func matches(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
        let star = UInt8(ascii: "*")
        var pattern = pattern
        var text = text
        var retry: (pattern: ArraySlice<UInt8>, text: ArraySlice<UInt8>)?
        while !text.isEmpty {
            if pattern.first == star {
                pattern = pattern.dropFirst()
                retry = (pattern, text)
            } else if let head = pattern.first, head == text.first {
                pattern = pattern.dropFirst()
                text = text.dropFirst()
            } else if let last = retry {
                pattern = last.pattern
                text = last.text.dropFirst()
                retry = (last.pattern, text)
            } else {
                return false
            }
        }
        return pattern.allSatisfy { $0 == star }
    }

    /// Whether two patterns agree in what stands before the first and after the last `*`.
    private static func endsMeet(_ left: String, _ right: String) -> Bool {
        func ends(_ text: String) -> (String, String) {
            let parts = text.split(separator: "*", omittingEmptySubsequences: false)
            return (String(parts.first ?? ""), String(parts.last ?? ""))
        }
        let (leftHead, leftTail) = ends(left)
        let (rightHead, rightTail) = ends(right)
        let heads = leftHead.hasPrefix(rightHead) || rightHead.hasPrefix(leftHead)
        return heads && (leftTail.hasSuffix(rightTail) || rightTail.hasSuffix(leftTail))
    }
}
