import CraneAPI
import KubernetesModel
import Testing

@testable import CraneOperator

@Suite("What a policy opens")
struct EgressCompilationTests {
    /// Settings of an installation that says which blocks are the cluster's.
    static var known: NetworkSettings {
        var network = NetworkSettings()
        network.clusterBlocks = [AddressBlock(base: 0x0AF4_0000, prefix: 16)]
        return network
    }

    private static func isOpen(_ address: String, _ compilation: EgressCompilation) throws -> Bool {
        let address = try #require(AddressBlock(parsing: "\(address)/32"))
        return compilation.openings.contains { opening in
            opening.block.contains(address) && !opening.except.contains { $0.contains(address) }
        }
    }

    @Test(
        "Addresses that serve credentials stay closed, whoever opens what",
        arguments: ["169.254.169.254", "168.63.129.16", "100.100.100.200", "192.0.0.192", "100.64.0.1"]
    )
    func credentials(_ address: String) throws {
        for network in [NetworkSettings(), Self.known] {
            let internet = compile(network: network) { $0.domains = DomainRules(defaultDeny: false) }
            let broad = compile(network: network) { $0.egressRules = [EgressRule(cidr: "0.0.0.0/0")] }
            let narrow = compile(network: network) { $0.egressRules = [EgressRule(cidr: "\(address)/32")] }
            for compilation in [internet, broad, narrow] { #expect(try !Self.isOpen(address, compilation)) }
            #expect(narrow.unenforced.count == 1)
        }
    }

    @Test("Nobody having said which blocks are the cluster's, private ones stay closed, and that is reported")
    func unknownCluster() throws {
        let narrow = compile { $0.egressRules = [EgressRule(cidr: "10.1.0.0/16")] }
        #expect(narrow.openings.isEmpty && narrow.unenforced.count == 1)
        let broad = compile { $0.egressRules = [EgressRule(cidr: "0.0.0.0/0"), EgressRule(cidr: "8.0.0.0/5")] }
        for address in ["10.0.0.1", "172.16.0.1", "192.168.0.1"] { #expect(try !Self.isOpen(address, broad)) }
        #expect(try Self.isOpen("192.0.2.1", broad) && Self.isOpen("9.0.0.1", broad))
        #expect(broad.unenforced.contains { $0.hasPrefix("egressRules 8.0.0.0/5 stays closed for 10.0.0.0/8 because") })
        #expect(broad.unenforced.contains { $0.contains("egressRules 0.0.0.0/0") })
    }

    @Test("Private blocks that the operator is told of can be opened")
    func privateBlocks() throws {
        var network = NetworkSettings()
        network.privateBlocks = [AddressBlock(base: 0x0A01_0000, prefix: 16), .shared]
        let compilation = compile(network: network) {
            $0.egressRules = [EgressRule(cidr: "10.1.2.0/24"), EgressRule(cidr: "10.2.0.0/24"), EgressRule(cidr: "100.65.0.0/16")]
        }
        #expect(try Self.isOpen("10.1.2.3", compilation) && Self.isOpen("100.65.0.1", compilation))
        #expect(try !Self.isOpen("10.2.0.1", compilation))
        #expect(compilation.unenforced.count == 1)
    }

    private func compile(
        names: Bool = true,
        network: NetworkSettings = NetworkSettings(),
        _ change: (inout AccessPolicySpec) -> Void
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
        let compilation = compile(network: Self.known) {
            $0.egressRules = [EgressRule(cidr: "10.1.0.0/16"), EgressRule(cidr: "192.0.2.0/24", ports: [53, 5353], protocol: .udp)]
        }
        #expect(
            compilation.openings == [
                .init(block: AddressBlock(base: 0x0A01_0000, prefix: 16), except: [], ports: [443], protocol: "TCP"),
                .init(block: AddressBlock(base: 0xC000_0200, prefix: 24), except: [], ports: [53, 5353], protocol: "UDP"),
            ]
        )
    }

    @Test(
        "The metadata service stays closed, whichever block holds it",
        arguments: ["0.0.0.0/0", "169.254.0.0/16", "169.254.169.254/32", "160.0.0.0/4"]
    )
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
        let clouds = AddressBlock.cloudServices.filter { !AddressBlock.shared.contains($0) }
        #expect(Set(opening.except) == Set(AddressBlock.privateRanges + [.linkLocal, .shared] + clouds))
    }

    @Test("defaultDeny false with denied names stays closed, because single names cannot be denied")
    func openWithDenials() {
        let compilation = compile { $0.domains = DomainRules(deny: ["bad.test"], defaultDeny: false) }
        #expect(compilation.openings.isEmpty)
        #expect(compilation.unenforced.count == 1)
    }

    @Test(
        "Blocks are read strictly",
        arguments: [
            ("10.0.0.0/8", "10.0.0.0/8"), ("10.1.2.3/8", "10.0.0.0/8"), ("0.0.0.0/0", "0.0.0.0/0"),
            ("255.255.255.255/32", "255.255.255.255/32"),
            ("256.0.0.0/8", nil), ("10.0.0.0/33", nil), ("10.0.0/8", nil), ("10.0.0.0", nil), ("::/0", nil), ("10.0.0.0/", nil),
            ("a.b.c.d/8", nil),
        ] as [(String, String?)]
    )
    func blocks(_ text: String, _ expected: String?) {
        #expect(AddressBlock(parsing: text)?.description == expected)
    }
}
