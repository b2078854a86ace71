import Schema
import Testing

@Suite struct RegularExpressionTests {
    @Test(arguments: [
        ("^[a-z][a-z0-9-]*$", "abc-1", true), ("^[a-z][a-z0-9-]*$", "Abc", false), ("b", "abc", true), ("^$", "", true),
        ("^$", "a", false), ("a{2,3}", "xaax", true), ("^a{2,3}$", "aaaa", false), ("^a{2}$", "aa", true), ("^(ab|cd)+$", "abcdab", true),
        ("^(ab|cd)+$", "abc", false), ("^[^ @]+@[^ @]+$", "mia@corp.test", true), ("^[^ @]+@[^ @]+$", "mia corp", false),
        ("(?i)^HELLO$", "hello", true), ("^.$", "\n", false), ("(?s)^.$", "\n", true), (#"^\d+$"#, "42", true), (#"^\D+$"#, "42", false),
        (#"^[\w.]+$"#, "a_b.c", true), ("^[[:alpha:]]+$", "abc", true), ("^[[:alpha:]]+$", "ab1", false), (#"\bfoo\b"#, "a foo b", true),
        (#"\bfoo\b"#, "afoob", false), (#"^\x41$"#, "A", true), (#"^\p{Lu}$"#, "Ä", true), ("^a{,2}$", "a{,2}", true),
        ("^[]a]+$", "]a", true),
        ("^[a-]+$", "a-", true), ("^(?P<name>x)$", "x", true), ("^(?:x|y)?$", "y", true), (#"^\Qa.b\E$"#, "a.b", true), ("^ü$", "ü", true),
        ("x*", "", true), ("^(a?){3}$", "aa", true), ("(?m)^b$", "a\nb\nc", true), ("^(|a)+$", "aaa", true), (#"^[^\d]$"#, "7", false),
    ])
    func matches(pattern: String, text: String, expected: Bool) throws {
        #expect(try RegularExpression(pattern).matches(text) == expected)
    }

    @Test(arguments: [
        ("^(?=a)b$", "invalid or unsupported Perl syntax: `(?=`"), ("(?!a)", "invalid or unsupported Perl syntax: `(?!`"),
        ("(?<=a)b", "invalid or unsupported Perl syntax: `(?<`"), (#"(a)\1"#, #"invalid escape sequence: `\1`"#),
        ("(a", "missing closing ): `(a`"), ("a)", "unexpected ): `a)`"), ("[a", "missing closing ]: `[a`"),
        ("*a", "missing argument to repetition operator: `*`"), ("a**", "invalid nested repetition operator: `**`"),
        ("a{1001}", "invalid repeat count: `{1001}`"), ("[z-a]", "invalid character class range: `z-a`"),
        (#"a\"#, #"trailing backslash at end of expression: ``"#),
    ])
    func refuses(pattern: String, message: String) {
        #expect { try RegularExpression(pattern) } throws: { ($0 as? RegularExpressionError)?.message == message }
    }

    @Test func takesLinearTimeWhereBacktrackingExplodes() throws {
        let expression = try RegularExpression("^(a+)+$")
        #expect(expression.matches(String(repeating: "a", count: 5_000)))
        #expect(!expression.matches(String(repeating: "a", count: 5_000) + "b"))
    }
}
