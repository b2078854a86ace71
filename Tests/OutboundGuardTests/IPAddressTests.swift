import Testing

@testable import OutboundGuard

@Suite struct IPAddressTests {
    @Test(
        arguments: [
            ("0.0.0.0", "0.0.0.0"), ("1.2.3.4", "1.2.3.4"), ("255.255.255.255", "255.255.255.255"), ("::", "::"), ("::1", "::1"),
            ("1::", "1::"),
            ("2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("0:0:0:0:0:0:0:0", "::"),
            ("::ffff:1.2.3.4", "::ffff:102:304"), ("64:ff9b::10.0.0.1", "64:ff9b::a00:1"), ("1:2:3:4:5:6:7.8.9.10", "1:2:3:4:5:6:708:90a"),
            ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"), ("fe80::1", "fe80::1"),
            ("2001:0db8::0001", "2001:db8::1"), ("1:0:0:2:0:0:0:3", "1:0:0:2::3"),
        ] as [(String, String)]
    )
    func reads(text: String, canonical: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.description == canonical)
        #expect(IPAddress(canonical) == address)
    }

    @Test(arguments: [
        "", "1", "1.2.3", "1.2.3.4.5", "1.2.3.", ".1.2.3", "1..2.3", "01.2.3.4", "1.2.3.256", "1.2.3.0x4", "1.2.3.4 ", " 1.2.3.4",
        "1.2.3.+4",
        "1.2.3.4444", "١.٢.٣.٤", ":", ":::", "1:::2", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::",
        "::1:2:3:4:5:6:7:8",
        "12345::", "g::", "::1%eth0", "[::1]", "1.2.3.4::", "::1.2.3", "::1.2.3.4:5", "::01.2.3.4", "::1.2.3.4.5", "::-1", "::+1",
        ":1:2:3:4:5:6:7",
    ])
    func refuses(text: String) { #expect(IPAddress(text) == nil) }

    @Test func rangesContainTheirAddressesOnly() throws {
        let range = try #require(AddressRange("172.16.0.0/12"))
        for inside in ["172.16.0.0", "172.31.255.255"] { #expect(range.contains(try #require(IPAddress(inside)))) }
        for outside in ["172.15.255.255", "172.32.0.0", "::ac10:0", "::ffff:172.16.0.1"] {
            #expect(!range.contains(try #require(IPAddress(outside))))
        }
        #expect(try #require(AddressRange("0.0.0.0/0")).contains(.v4(.max)))
        #expect(try #require(AddressRange("::/0")).contains(.v6(.max)))
        #expect(try #require(AddressRange("1.2.3.4")).prefix == 32)
        #expect(try #require(AddressRange("::1")).description == "::1/128")
        for wrong in [
            "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8/8", "x/8", "::/129", "2001::1/16",
        ] {
            #expect(AddressRange(wrong) == nil, "\(wrong)")
        }
    }

    /// Every block of the table is read; one with a slip would be left out silently.
    @Test func readsEveryBlockOfTheTable() { #expect(AddressKind.blockCount == 42) }

    @Test(
        arguments: [
            ("8.8.8.8", AddressKind.global), ("9.255.255.255", .global), ("11.0.0.0", .global), ("100.63.255.255", .global),
            ("100.128.0.0", .global),
            ("126.255.255.255", .global), ("128.0.0.0", .global), ("172.15.255.255", .global), ("172.32.0.0", .global),
            ("192.167.255.255", .global),
            ("192.169.0.0", .global), ("198.17.255.255", .global), ("198.20.0.0", .global), ("223.255.255.255", .global),
            ("1.1.1.1", .global),
            ("2606:4700:4700::1111", .global), ("2a00:1450::1", .global), ("2001:200::", .global), ("2003::", .global),
            ("2001:4860:4860::8888", .global),
            ("0.255.255.255", .unspecified), ("10.255.255.255", .privateUse), ("127.255.255.254", .loopback), ("169.254.1.1", .linkLocal),
            ("169.254.169.254", .metadata), ("100.100.100.200", .metadata), ("100.64.0.1", .sharedSpace), ("224.0.0.1", .multicast),
            ("239.255.255.255", .multicast), ("240.0.0.1", .reserved), ("255.255.255.255", .broadcast), ("192.0.0.8", .protocolAssignment),
            ("192.0.2.1", .documentation), ("198.19.0.1", .benchmarking), ("::", .unspecified), ("::1", .loopback), ("::2", .embeddedV4),
            ("::7f00:1", .embeddedV4), ("::ffff:8.8.8.8", .embeddedV4), ("64:ff9b::808:808", .embeddedV4), ("64:ff9b:1::1", .embeddedV4),
            ("2002:7f00:1::", .embeddedV4), ("2001:0:1::", .embeddedV4), ("2a00::5efe:10.0.0.1", .embeddedV4),
            ("2a00::200:5efe:10.0.0.1", .embeddedV4),
            ("fc00::1", .privateUse), ("fdff::1", .privateUse), ("fe80::1", .linkLocal), ("febf::1", .linkLocal), ("fec0::1", .linkLocal),
            ("ff02::1", .multicast), ("2001:db8::1", .documentation), ("3fff::1", .documentation), ("2001:20::1", .protocolAssignment),
            ("100::1", .reserved), ("4000::1", .reserved), ("5f00::1", .reserved), ("fd00:ec2::254", .metadata),
        ] as [(String, AddressKind)]
    )
    func tellsKinds(text: String, kind: AddressKind) throws { #expect(AddressKind(of: try #require(IPAddress(text))) == kind) }
}
