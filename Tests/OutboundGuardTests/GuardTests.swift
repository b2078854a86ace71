import Testing

@testable import OutboundGuard

/// Answers from a table.
struct Table: HostResolver {
    var names: [String: [String]]

    func addresses(of name: String, within limit: Duration) async throws(OutboundError) -> [IPAddress] {
        guard let texts = names[name] else { throw OutboundError(.nameNotFound, "not in the table") }
        return texts.compactMap { IPAddress($0) }
    }
}

@Suite struct GuardTests {
    @Test(arguments: [
        ["127.0.0.1"], ["10.0.0.5"], ["169.254.169.254"], ["::1"], ["::ffff:10.0.0.1"], ["fd00:ec2::254"], ["64:ff9b::a00:1"],
        ["8.8.8.8", "10.0.0.1"], ["2606:4700::1", "fe80::1"], ["8.8.8.8", "8.8.4.4", "127.0.0.1"], ["0.0.0.0"], ["100.64.0.1"],
    ])
    func refusesNamesThatLeadInside(addresses: [String]) async {
        let gate = OutboundGuard(resolver: Table(names: ["evil.example.com": addresses]))
        #expect(await refusal { _ = try await gate.destination(of: "https://evil.example.com/") } == .addressNotAllowed)
    }

    @Test func neverTellsWhereANameLeads() async {
        let gate = OutboundGuard(resolver: Table(names: ["evil.example.com": ["10.11.12.13"]]))
        do {
            _ = try await gate.destination(of: "https://evil.example.com/")
            Issue.record("passed")
        } catch {
            #expect(!error.description.contains("10.11"))
            #expect(!error.description.contains("private"))
        }
    }

    @Test(
        arguments: [(["8.8.8.8"], "8.8.8.8"), (["2606:4700::1", "8.8.8.8", "8.8.4.4"], "8.8.8.8"), (["2606:4700::1"], "2606:4700::1")]
            as [([String], String)]
    )
    func pinsOneAddress(addresses: [String], pinned: String) async throws {
        let gate = OutboundGuard(resolver: Table(names: ["example.com": addresses]))
        let destination = try await gate.destination(of: "https://Example.com/x")
        #expect(destination.address.description == pinned)
        #expect(destination.url.description == "https://example.com/x")
    }

    @Test func refusesNamesThatLeadNowhere() async {
        let gate = OutboundGuard(resolver: Table(names: ["empty.example.com": []]))
        #expect(await refusal { _ = try await gate.destination(of: "https://empty.example.com/") } == .nameNotFound)
        #expect(await refusal { _ = try await gate.destination(of: "https://missing.example.com/") } == .nameNotFound)
    }

    @Test func permitsWhatTheOperatorNames() async throws {
        let ranges = try ["10.1.0.0/16", "fd12::/16"].map { try #require(AddressRange($0)) }
        let gate = OutboundGuard(
            policy: OutboundPolicy(permittedRanges: ranges),
            resolver: Table(names: ["in.example.com": ["10.1.2.3"], "out.example.com": ["10.2.2.3"], "six.example.com": ["fd12::1"]])
        )
        #expect(try await gate.destination(of: "https://in.example.com/").address.description == "10.1.2.3")
        #expect(try await gate.destination(of: "https://10.1.9.9/").address.description == "10.1.9.9")
        #expect(try await gate.destination(of: "https://six.example.com/").address.description == "fd12::1")
        #expect(await refusal { _ = try await gate.destination(of: "https://out.example.com/") } == .addressNotAllowed)
    }

    /// A permitted block does not open what hands out credentials, nor another spelling of what is refused.
    @Test(arguments: [
        "169.254.169.254", "169.254.1.1", "100.100.100.200", "168.63.129.16", "0.0.0.0", "255.255.255.255", "224.0.0.1", "240.0.0.1",
        "[::]",
        "[fd00:ec2::254]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fe80::1]", "[ff02::1]",
    ])
    func staysClosedWhateverIsPermitted(host: String) async throws {
        let everything = try ["0.0.0.0/0", "::/0"].map { try #require(AddressRange($0)) }
        let gate = OutboundGuard(policy: OutboundPolicy(permittedRanges: everything), resolver: Nowhere())
        #expect(await refusal { _ = try await gate.destination(of: "https://\(host)/") } == .addressNotAllowed)
    }

    @Test func refusesPublicBlocksOfTheOperators() async throws {
        let block = try #require(AddressRange("8.8.8.0/24"))
        let gate = OutboundGuard(policy: OutboundPolicy(permittedRanges: [block], refusedRanges: [block]), resolver: Nowhere())
        #expect(await refusal { _ = try await gate.destination(of: "https://8.8.8.8/") } == .addressNotAllowed)
        #expect(try await gate.destination(of: "https://8.8.4.4/").address.description == "8.8.4.4")
    }

    @Test(
        arguments: [
            ("https://github.com/", true), ("https://raw.githubusercontent.com/", true), ("https://githubusercontent.com/", false),
            ("https://evilgithub.com/", false), ("https://github.com.evil.org/", false), ("https://a.b.githubusercontent.com/", true),
            ("https://evilgithubusercontent.com/", false), ("https://8.8.8.8/", false),
        ] as [(String, Bool)]
    )
    func keepsToTheListOfHosts(text: String, passes: Bool) {
        let gate = OutboundGuard(policy: OutboundPolicy(hosts: ["GitHub.com", "*.GitHubUserContent.com"]), resolver: Nowhere())
        #expect(((try? gate.check(text)) != nil) == passes)
    }

    @Test func asksForShortNamesOnlyWhenAllowed() async throws {
        let range = try #require(AddressRange("10.0.0.0/8"))
        let gate = OutboundGuard(
            policy: OutboundPolicy(schemes: ["http"], ports: [5000], allowsSingleLabels: true, permittedRanges: [range]),
            resolver: Table(names: ["registry": ["10.0.0.9"]])
        )
        #expect(try await gate.destination(of: "http://registry:5000/v2/").address.description == "10.0.0.9")
    }

    @Test(
        arguments: [
            ("https://b.example.com/x", "https://b.example.com/x"), ("//b.example.com/x", "https://b.example.com/x"),
            ("/x?y", "https://a.example.com/x?y"),
            ("x", "https://a.example.com/d/x"), ("../x", "https://a.example.com/x"), ("../../../x", "https://a.example.com/x"),
            ("./x/./y/../z", "https://a.example.com/d/x/z"),
            ("?z", "https://a.example.com/d/f?z"), ("", "https://a.example.com/d/f?q"), ("#f", "https://a.example.com/d/f?q"),
            ("..", "https://a.example.com/"),
            (".", "https://a.example.com/d/"), ("x?a=../b", "https://a.example.com/d/x?a=../b"), ("x:8/y", ""),
            ("./x:8/y", "https://a.example.com/d/x:8/y"),
            ("HTTP://b.example.com:80/", "http://b.example.com/"), ("//u@b.example.com/", ""), ("/\\b.example.com/", ""), ("//127.1/", ""),
            ("/%", ""),
        ] as [(String, String)]
    )
    func resolvesReferences(reference: String, expected: String) throws {
        let base = try OutboundURL(parsing: "https://a.example.com/d/f?q")
        #expect((try? base.resolving(reference))?.description ?? "" == expected)
    }

    @Test func looksUpLoopbackNamesOfTheSystem() async throws {
        let resolver = SystemHostResolver()
        let addresses = try await resolver.addresses(of: "localhost", within: .seconds(10))
        #expect(!addresses.isEmpty)
        #expect(addresses.allSatisfy { AddressKind(of: $0) == .loopback })
        // With a name server the name is refused, without one the look-up does not end in time.
        let code = await refusal { _ = try await resolver.addresses(of: "no-such-host.invalid", within: .milliseconds(300)) }
        #expect(code == .nameNotFound || code == .timedOut)
    }
}
