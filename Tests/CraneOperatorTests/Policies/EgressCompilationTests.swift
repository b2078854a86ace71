import CraneAPI
import KubernetesModel
import Testing

@testable import CraneOperator

@Suite("What a policy opens")
struct EgressCompilationTests {
    private func compile(
        names: Bool = true, network: NetworkSettings = NetworkSettings(), _ change: (inout AccessPolicySpec) -> Void
    ) -> EgressCompilation {
        EgressCompilation(Samples.policy("base", change: change).spec, hasNamePolicies: names, network: network)
    }

    @Test("No policy opens nothing")
    func nothing() {
        let compilation = EgressCompilation(nil, hasNamePolicies: true, network: NetworkSettings())
        #expect(compilation.openings.isEmpty && compilation.names.isEmpty && compilation.unenforced.isEmpty)
    }

    @Test("A rule opens its block on port 443 and TCP unless it says otherwise")
    func rule() {
        let compilation = compile {
            $0.egressRules = [EgressRule(cidr: "10.1.0.0/16"), EgressRule(cidr: "192.0.2.0/24", ports: [53, 5353], protocol: .udp)]
        }
        #expect(
            compilation.openings == [
                .init(block: AddressBlock(base: 0x0A01_0000, prefix: 16), except: [], ports: [443], protocol: "TCP"),
                .init(block: AddressBlock(base: 0xC000_0200, prefix: 24), except: [], ports: [53, 5353], protocol: "UDP"),
            ])
    }

    @Test("The metadata service stays closed, whichever block holds it", arguments: ["0.0.0.0/0", "169.254.0.0/16", "169.254.169.254/32", "160.0.0.0/4"])
    func metadata(_ cidr: String) {
        let compilation = compile { $0.egressRules = [EgressRule(cidr: cidr)] }
        let isOpen = compilation.openings.contains { opening in
            opening.block.contains(.metadata) && !opening.except.contains { $0.contains(.metadata) }
        }
        #expect(!isOpen)
        if cidr.hasPrefix("169") { #expect(compilation.unenforced.count == 1) }
    }

    @Test("The cluster's own blocks are cut out, and a rule for them alone is reported")
    func clusterBlocks() {
        var network = NetworkSettings()
        network.clusterBlocks = [AddressBlock(base: 0x0AF4_0000, prefix: 16)]
        let compilation = compile(network: network) {
            $0.egressRules = [EgressRule(cidr: "10.0.0.0/8"), EgressRule(cidr: "10.244.3.0/24")]
        }
        #expect(compilation.openings.map(\.except) == [network.clusterBlocks])
        #expect(compilation.unenforced == ["egressRules 10.244.3.0/24 stays closed because 10.244.0.0/16 belongs to the cluster"])
    }

    @Test("Names need Cilium; without it they stay closed and are reported")
    func names() {
        let spec: (inout AccessPolicySpec) -> Void = { $0.domains = DomainRules(allow: ["*.corp.test", "API.test."]) }
        #expect(compile(spec).names == ["*.corp.test", "api.test"])
        #expect(compile(spec).unenforced.isEmpty)
        let without = compile(names: false, spec)
        #expect(without.names.isEmpty)
        #expect(without.unenforced == ["domains.allow stays closed because the cluster does not serve CiliumNetworkPolicy"])
    }

    /// Allow, deny, what is left open, whether something is reported.
    static let denials: [([String], [String], [String], Bool)] = [
        (["a.test"], ["a.test"], [], false),
        (["a.test", "b.test"], ["a.test"], ["b.test"], false),
        (["api.corp.test"], ["*.corp.test"], [], false),
        (["*.corp.test"], ["bad.corp.test"], [], true),
        (["*.corp.test"], ["bad.other.test"], ["*.corp.test"], false),
        (["*.corp.test"], ["*.bad.corp.test"], [], true),
        (["a*.test"], ["*b.test"], [], true),
        (["a.test"], [], ["a.test"], false),
    ]

    @Test("A denied name is never opened", arguments: 0..<denials.count)
    func denial(_ index: Int) {
        let (allow, deny, open, isReported) = Self.denials[index]
        let compilation = compile { $0.domains = DomainRules(allow: allow, deny: deny) }
        #expect(compilation.names == open)
        #expect(!compilation.unenforced.isEmpty == isReported)
    }

    @Test("defaultDeny false opens the internet but no private, cluster or link-local address")
    func openInternet() throws {
        let compilation = compile { $0.domains = DomainRules(defaultDeny: false) }
        let opening = try #require(compilation.openings.first)
        #expect(opening.block == .everything && opening.ports == [80, 443])
        #expect(Set(opening.except) == Set(AddressBlock.privateRanges + [.linkLocal]))
    }

    @Test("defaultDeny false with denied names stays closed, because single names cannot be denied")
    func openWithDenials() {
        let compilation = compile { $0.domains = DomainRules(deny: ["bad.test"], defaultDeny: false) }
        #expect(compilation.openings.isEmpty)
        #expect(compilation.unenforced.count == 1)
    }

    @Test("Blocks are read strictly", arguments: [
        ("10.0.0.0/8", "10.0.0.0/8"), ("10.1.2.3/8", "10.0.0.0/8"), ("0.0.0.0/0", "0.0.0.0/0"), ("255.255.255.255/32", "255.255.255.255/32"),
        ("256.0.0.0/8", nil), ("10.0.0.0/33", nil), ("10.0.0/8", nil), ("10.0.0.0", nil), ("::/0", nil), ("10.0.0.0/", nil), ("a.b.c.d/8", nil),
    ] as [(String, String?)])
    func blocks(_ text: String, _ expected: String?) {
        #expect(AddressBlock(parsing: text)?.description == expected)
    }
}
