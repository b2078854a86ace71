import Schema
import Testing

@Suite struct StringFormatTests {
    @Test(arguments: [
        ("email", ["a@example.org", "first.last+tag@corp.test"], ["nobody", "@x", "a@", "a..b@x.y", ".a@x.y", "a b@x"]),
        (
            "date-time", ["2026-01-01T00:00:00Z", "2024-02-29T23:59:60.5+02:00"],
            ["2026-02-29T00:00:00Z", "2026-01-01", "2026-01-01T24:00:00Z", "2026-01-01 00:00:00Z"]
        ),
        ("date", ["2026-12-31"], ["2026-13-01", "26-01-01"]),
        ("uuid", ["123e4567-e89b-12d3-a456-426614174000"], ["123e4567", "123e4567-e89b-12d3-a456-42661417400g"]),
        ("ipv4", ["10.0.0.1"], ["10.0.0.256", "10.0.0", "010.0.0.1"]),
        (
            "ipv6", ["::1", "fe80::1:2", "::", "1:2:3:4:5:6:7:8", "::ffff:1.2.3.4", "1::1.2.3.4"],
            ["1:2:3", ":::", "1::2::3", "12345::", "1:2:3:4:5:6:7:8:9", "fe80::1%eth0"]
        ),
        ("cidr", ["10.0.0.0/8", "0.0.0.0/0", "2001:db8::/32"], ["10.0.0.0", "10.0.0.0/33", "300.0.0.0/8", "::/129", "10.0.0.0/08"]),
        ("hostname", ["a.example.org", "localhost"], ["-a", "a..b", "a_b"]),
        ("uri", ["https://x.test/a", "/path", "mailto:a@b"], ["nope", "ht tp://x", ""]),
        ("byte", ["aGk=", ""], ["aGk", "a=b="]), ("duration", ["1h30m", "250ms", "0"], ["1", "h", "1x"]),
        ("mac", ["01:23:45:67:89:ab"], ["01:23"]),
        ("hexcolor", ["#fff", "a0b1c2"], ["#ff"]),
    ])
    func tells(format: String, valid: [String], invalid: [String]) {
        for text in valid { #expect(StringFormat.isValid(text, format: format) == true, "\(text) is a \(format)") }
        for text in invalid { #expect(StringFormat.isValid(text, format: format) == false, "\(text) is no \(format)") }
    }

    @Test func leavesUnknownFormatsAlone() { #expect(StringFormat.isValid("x", format: "made-up") == nil) }
}
