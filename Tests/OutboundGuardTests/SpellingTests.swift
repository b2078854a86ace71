import Testing

@testable import OutboundGuard

/// Spellings of addresses that must not be asked, and how each is refused.
private let forbidden: [(host: String, code: OutboundError.Code)] = {
    func all(_ code: OutboundError.Code, _ hosts: [String]) -> [(host: String, code: OutboundError.Code)] { hosts.map { ($0, code) } }
    let addresses = [
        // This host.
        "127.0.0.1", "127.0.0.2", "127.1.2.3", "127.255.255.255", "0.0.0.0", "0.0.0.1", "0.1.2.3", "[::1]", "[::]", "[0:0:0:0:0:0:0:1]",
        "[0000:0000:0000:0000:0000:0000:0000:0001]", "[0::1]", "[::0:1]", "[::0001]",
        // Private networks.
        "10.0.0.1", "10.96.0.1", "10.255.255.255", "172.16.0.1", "172.17.0.1", "172.31.255.255", "192.168.0.1", "192.168.1.1",
        "192.168.255.255",
        "[fc00::1]", "[fd00::1]", "[fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]", "[FD12:3456:789A::1]",
        // Links, carriers, clouds.
        "169.254.0.1", "169.254.169.254", "169.254.170.2", "169.254.170.23", "169.254.255.255", "100.64.0.1", "100.100.100.200",
        "100.127.255.255",
        "168.63.129.16", "192.0.0.192", "[fe80::1]", "[fe80::a9fe:a9fe]", "[febf::1]", "[fec0::1]", "[fd00:ec2::254]", "[fd00:ec2::23]",
        "[fd20:ce::254]",
        // Groups, examples, benchmarks, reserved.
        "224.0.0.1", "239.255.255.250", "255.255.255.255", "240.0.0.1", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1",
        "203.0.113.1",
        "192.88.99.1", "[ff02::1]", "[ff0e::1]", "[2001:db8::1]", "[3fff::1]", "[100::1]", "[5f00::1]", "[4000::1]", "[2001:2::1]",
        "[2001:20::1]",
        // IPv4 within IPv6.
        "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::FFFF:127.0.0.1]", "[0:0:0:0:0:ffff:7f00:0001]", "[::ffff:10.0.0.1]",
        "[::ffff:169.254.169.254]",
        "[::ffff:a9fe:a9fe]", "[::ffff:8.8.8.8]", "[::ffff:0:0]", "[::127.0.0.1]", "[::7f00:1]", "[::10.0.0.1]", "[::a9fe:a9fe]",
        "[::ffff:0:127.0.0.1]", "[::ffff:0:7f00:1]", "[64:ff9b::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b::a00:1]",
        "[64:ff9b::169.254.169.254]",
        "[64:ff9b:1::7f00:1]", "[64:ff9b:1:ffff::10.0.0.1]", "[2002:7f00:1::]", "[2002:0a00:0001::1]", "[2002:a9fe:a9fe::]",
        "[2002:c0a8:101::1]",
        "[2001::7f00:1]", "[2001:0:7f00:1::]", "[2001:0:4136:e378:8000:63bf:3fff:fdd2]", "[2a00:1450::5efe:10.0.0.1]",
        "[2a00:1450::200:5efe:7f00:1]",
    ]
    let ambiguous = [
        // Decimal.
        "2130706433", "3232235521", "2852039166", "0", "1", "4294967295", "4294967296", "21307064330",
        // Octal.
        "0177.0.0.1", "0177.0.0.01", "00000177.0.0.1", "017700000001", "0300.0250.0.1", "012.0.0.1", "0251.0376.0251.0376", "127.0.0.01",
        "010.010.010.010", "127.00.0.1",
        // Hexadecimal.
        "0x7f000001", "0x7F000001", "0X7f000001", "0x7f.0.0.1", "0x7f.0x0.0x0.0x1", "0xa.0.0.1", "0xA9FEA9FE", "0xa9.0xfe.0xa9.0xfe", "0x",
        "127.0.0.0x1",
        "127.0.0.0x", "0x0000000000007f000001",
        // Parts left out, and too many.
        "127.1", "127.0.1", "10.1", "192.168.1", "169.16689662", "127.65530", "1.2.3.4.5", "127.0.0.1.1", "8.8", "256.256.256.256",
        "127.0.0.256",
        "0177.1", "0x7f.1", "10.0.257", "foo.127", "foo.0x7f", "example.1",
    ]
    let unreadable = [
        // Dots too many, bytes of other alphabets, percent signs, zones, brackets.
        "127.0.0.1.", "127..0.1", ".127.0.0.1", "localhost.", "%31%32%37.0.0.1", "127.0.0.%31", "127%2e0%2e0%2e1", "１２７.０.０.１", "127。0。0。1",
        "①②⑦.0.0.1",
        "١٢٧.0.0.1", "loc%61lhost", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ", "localhost%00.example.com", "127.0.0.1%00", "127.0.0.1%20", "127.0.0.1\t", "127.0.0.1\n",
        "127.0.0.1 ",
        "127.0.0.1\\.example.com", "[::1", "::1]", "[::1%25lo]", "[::1%lo]", "[fe80::1%25eth0]", "[127.0.0.1]", "[localhost]", "[]",
        "[::1].example.com",
        "[v1.fe80::1]", "127.0.0.1_", "ex_ample.com", "-a.example.com", "a-.example.com", "a..example.com", "", "\u{00AD}localhost",
        "local\u{200B}host",
    ]
    let names = [
        "localhost", "LOCALHOST", "LocalHost", "foo.localhost", "localhost.localdomain", "kubernetes", "kubernetes.default.svc",
        "kubernetes.default.svc.cluster.local", "postgres", "litellm.opencrane.svc.cluster.local", "printer.local", "router.lan",
        "nas.home.arpa",
        "metadata.google.internal", "METADATA.google.internal", "metadata.goog", "metadata.azure.com", "instance-data.ec2.internal",
        "ip-10-0-0-1.ec2.internal", "wiki.corp", "1.0.0.127.in-addr.arpa", "x.onion", "10-0-0-1.default.pod.cluster.local", "a.test",
    ]
    return all(.addressNotAllowed, addresses) + all(.ambiguousAddress, ambiguous) + all(.invalidURL, unreadable)
        + all(.hostNotAllowed, names)
}()

@Suite struct SpellingTests {
    @Test func theTableIsLong() { #expect(forbidden.count >= 200) }

    @Test(arguments: forbidden) func isRefused(host: String, code: OutboundError.Code) async {
        let gate = OutboundGuard(policy: OutboundPolicy(schemes: ["http", "https"], ports: [80, 443, 8080]), resolver: Nowhere())
        for text in ["https://\(host)/", "http://\(host)", "http://\(host):8080/a?b#c"] {
            await #expect(throws: OutboundError.self, "\(text)") { try await gate.destination(of: text) }
            #expect(await refusal { _ = try await gate.destination(of: text) } == code, "\(text)")
        }
    }

    @Test(
        arguments: [
            ("file:///etc/passwd", OutboundError.Code.invalidURL), ("file://localhost/etc/passwd", .schemeNotAllowed),
            ("http://example.com/", .schemeNotAllowed),
            ("gopher://example.com/", .schemeNotAllowed), ("ftp://example.com/", .schemeNotAllowed),
            ("unix://example.com/", .schemeNotAllowed),
            ("http+unix://%2Ftmp%2Fx.sock/", .invalidURL), ("javascript:alert(1)", .invalidURL), ("data:text/plain,x", .invalidURL),
            ("//example.com/", .invalidURL),
            ("/path", .invalidURL), ("example.com", .invalidURL), ("", .invalidURL), ("https:example.com", .invalidURL),
            ("https:/example.com", .invalidURL),
            ("https:///example.com", .invalidURL), ("https:\\\\example.com", .invalidURL),
            ("https://example.com\\@127.0.0.1/", .invalidURL),
            ("https://user@example.com/", .credentialsInURL), ("https://user:password@example.com/", .credentialsInURL),
            ("https://@example.com/", .credentialsInURL),
            ("https://example.com@127.0.0.1/", .credentialsInURL), ("https://127.0.0.1:80@example.com/", .credentialsInURL),
            ("https://example.com:80/", .portNotAllowed), ("https://example.com:22/", .portNotAllowed),
            ("https://example.com:6379/", .portNotAllowed),
            ("https://example.com:/", .invalidURL), ("https://example.com:0/", .invalidURL), ("https://example.com:65536/", .invalidURL),
            ("https://example.com:443443/", .invalidURL), ("https://example.com:+443/", .invalidURL),
            ("https://example.com:0443/", .invalidURL),
            ("https://example.com:443:443/", .invalidURL), ("https://example.com:٤٤٣/", .invalidURL),
            (" https://example.com/", .invalidURL),
            ("https://example.com/ x", .invalidURL), ("https://example.com/\r\nHost: x", .invalidURL),
            ("https://example.com/\u{0}", .invalidURL),
            ("https://exam\tple.com/", .invalidURL), ("https://example.com/%zz", .invalidURL), ("https://example.com/%2", .invalidURL),
            ("https://example.com/{x}", .invalidURL), ("https://exämple.com/", .invalidURL), ("https://example.com/ä", .invalidURL),
            ("https+x://", .invalidURL),
            ("https://" + String(repeating: "a.", count: 127) + "com/", .invalidURL),
            ("https://" + String(repeating: "a", count: 64) + ".com/", .invalidURL),
            ("https://example.com/" + String(repeating: "a", count: 2048), .invalidURL), ("1https://example.com/", .invalidURL),
            ("://example.com/", .invalidURL),
        ] as [(String, OutboundError.Code)]
    )
    func refusesURL(text: String, code: OutboundError.Code) async {
        let gate = OutboundGuard(resolver: Nowhere())
        #expect(await refusal { _ = try await gate.destination(of: text) } == code, "\(text)")
    }

    @Test(
        arguments: [
            ("https://example.com", "https://example.com/"), ("HTTPS://Example.COM:443/A?b=C#frag", "https://example.com/A?b=C"),
            ("https://example.com?q", "https://example.com/?q"),
            ("https://xn--bcher-kva.example.com/%2F..", "https://xn--bcher-kva.example.com/%2F.."),
            ("https://8.8.8.8/", "https://8.8.8.8/"), ("https://[2606:4700:4700:0::1111]/", "https://[2606:4700:4700::1111]/"),
            ("https://a1.b2.example.org/a/b;c=d?e=f&g=%20h", "https://a1.b2.example.org/a/b;c=d?e=f&g=%20h"),
            ("https://127.0.0.1.nip.io/", "https://127.0.0.1.nip.io/"),
            ("https://0x7f.example.com/", "https://0x7f.example.com/"), ("https://1.1.1.1.example.com", "https://1.1.1.1.example.com/"),
            ("https://mylocalhost.com/", "https://mylocalhost.com/"),
            ("https://internal.example.com/@x", "https://internal.example.com/@x"),
            ("https://example.com/?u=user@host", "https://example.com/?u=user@host"),
        ] as [(String, String)]
    )
    func readsURL(text: String, canonical: String) throws {
        #expect(try OutboundGuard(resolver: Nowhere()).check(text).description == canonical)
    }

    /// Every number that C libraries read as an internal address, in a spelling made at random, is refused; the four-number spelling of a
    /// public one passes.
    @Test func refusesInternalAddressesInAnySpelling() {
        var numbers = Numbers(state: 42)
        let gate = OutboundGuard(resolver: Nowhere())
        let blocks: [(UInt32, UInt32)] = [
            (0x7F00_0000, 8), (0x0A00_0000, 8), (0xAC10_0000, 12), (0xC0A8_0000, 16), (0xA9FE_0000, 16), (0x6440_0000, 10),
        ]
        for _ in 0..<5000 {
            let (block, prefix) = blocks[Int(numbers.next() % UInt64(blocks.count))]
            let address = block | (UInt32(truncatingIfNeeded: numbers.next()) & (UInt32.max >> prefix))
            let text = spelled(address, with: &numbers)
            #expect(throws: OutboundError.self, "\(text)") { try gate.check("https://\(text)/") }
        }
    }

    private func spelled(_ address: UInt32, with numbers: inout Numbers) -> String {
        let partCount = Int(numbers.next() % 4) + 1
        var parts: [UInt32] = (0..<(partCount - 1)).map { address >> UInt32(24 - 8 * $0) & 0xFF }
        parts.append(partCount == 1 ? address : address & (UInt32.max >> UInt32(8 * (partCount - 1))))
        return parts.map { part in
            switch numbers.next() % 5 {
            case 0: "0" + String(part, radix: 8)
            case 1: "0x" + String(part, radix: 16)
            case 2: "0X" + String(part, radix: 16, uppercase: true)
            case 3: String(repeating: "0", count: Int(numbers.next() % 4) + 1) + String(part, radix: 8)
            default: String(part)
            }
        }.joined(separator: ".")
    }
}

/// A resolver that must not be asked.
struct Nowhere: HostResolver {
    func addresses(of name: String, within limit: Duration) async throws(OutboundError) -> [IPAddress] {
        throw OutboundError(.nameNotFound, "\(name) was looked up")
    }
}

/// A small generator, for the same numbers everywhere (SplitMix64).
struct Numbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

func refusal(_ work: () async throws -> Void) async -> OutboundError.Code? {
    do {
        try await work()
        return nil
    } catch {
        return (error as? OutboundError)?.code
    }
}
