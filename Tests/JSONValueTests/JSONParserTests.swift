import Foundation
import JSONValue
import Testing

@Suite("Parsing JSON text (RFC 8259)")
struct JSONParserTests {
    static let accepted: [(String, JSON)] = [
        ("null", .null), ("true", true), ("false", false), (" \n\t\r1 ", 1), ("-0", .number(-0.0)), ("0", 0), ("-12", -12),
        ("1.5", 1.5), ("1e3", .number(1000)), ("1E+2", .number(100)), ("2.5e-1", 0.25), ("9223372036854775807", .integer(.max)),
        ("-9223372036854775808", .integer(.min)), ("9223372036854775808", .number(9_223_372_036_854_775_808)), ("1.0", .number(1)),
        ("\"\"", ""), (#""a\"\\\/\b\f\n\r\t""#, "a\"\\/\u{8}\u{c}\n\r\t"), (#""é😀""#, "é😀"), ("\"é\"", "é"),
        (#""\u0000""#, "\u{0}"), ("[]", []), ("[1,[2],{}]", [1, [2], [:]]), ("{}", [:]),
        (#"{"a":1,"b":{"c":null}}"#, ["a": 1, "b": ["c": .null]]),
        (#"{"a":1,"a":2}"#, ["a": 2]), (#"{"":0}"#, ["": 0]), ("\"\u{7f}\"", "\u{7f}"),
    ]

    @Test("Valid text gives its value", arguments: accepted)
    func accepts(text: String, expected: JSON) throws {
        #expect(try JSON(parsing: text) == expected)
    }

    static let refused: [(String, JSONError.Code)] = [
        ("", .unexpectedEnd), (" ", .unexpectedEnd), ("nul", .unexpectedEnd), ("nulL", .unexpectedCharacter),
        ("True", .unexpectedCharacter),
        ("[1,]", .unexpectedCharacter), ("[1 2]", .unexpectedCharacter), ("{\"a\":1,}", .unexpectedCharacter),
        ("{a:1}", .unexpectedCharacter),
        ("{\"a\" 1}", .unexpectedCharacter), ("{\"a\":}", .unexpectedCharacter), ("[", .unexpectedEnd), ("{", .unexpectedEnd),
        ("{\"a\":1", .unexpectedEnd), ("1 1", .trailingContent), ("01", .trailingContent), ("-", .unexpectedEnd), ("-a", .badNumber),
        ("1.", .badNumber), ("1.e1", .badNumber), ("1e", .badNumber), ("1e+", .badNumber), (".5", .unexpectedCharacter),
        ("+1", .unexpectedCharacter),
        ("1e999", .badNumber), ("NaN", .unexpectedCharacter), ("\"a", .unexpectedEnd), ("\"\n\"", .badString), ("\"\\x\"", .badString),
        ("\"\\u12g4\"", .badString), ("\"\\ud83d\"", .badString), ("\"\\ude00\"", .badString), ("\"\\ud83d\\u0041\"", .badString),
        ("'a'", .unexpectedCharacter), ("// c\n1", .unexpectedCharacter), ("\u{feff}1", .unexpectedCharacter),
    ]

    @Test("Invalid text is refused", arguments: refused)
    func refuses(text: String, code: JSONError.Code) {
        let error = #expect(throws: JSONError.self) { try JSON(parsing: text) }
        #expect(error?.code == code)
    }

    @Test("Bytes that are no UTF-8 are refused")
    func refusesBadEncoding() {
        #expect(throws: JSONError(.badEncoding, offset: 1)) { try JSON(parsing: [0x22, 0xFF, 0x22] as [UInt8]) }
        #expect(throws: JSONError(.badEncoding, offset: 1)) { try JSON(parsing: [0x22, 0x5C, 0x6E, 0xC3, 0x22] as [UInt8]) }
    }

    @Test("Nesting is bounded")
    func boundsDepth() throws {
        let deep = { (count: Int) in String(repeating: "[", count: count) + String(repeating: "]", count: count) }
        #expect(throws: Never.self) { try JSON(parsing: deep(JSONParser.maximumDepth)) }
        let error = #expect(throws: JSONError.self) { try JSON(parsing: deep(JSONParser.maximumDepth + 1)) }
        #expect(error?.code == .tooDeep)
    }

    /// Kubernetes reads the bodies of server-side apply as YAML 1.1.
    @Test(
        "What YAML does not take as it is is escaped",
        arguments: [
            ("\u{7f}", #"\u007f"#), ("\u{80}\u{85}\u{9f}", #"\u0080\u0085\u009f"#), ("a\u{2028}b\u{2029}", #"a\u2028b\u2029"#),
            ("\u{feff}\u{fffe}\u{ffff}", #"\ufeff\ufffe\uffff"#), ("\u{1}\u{1f}", #"\u0001\u001f"#),
            ("\u{a0}é\u{2027}\u{202a}€\u{fefe}\u{ff00}\u{fffd}😀", "\u{a0}é\u{2027}\u{202a}€\u{fefe}\u{ff00}\u{fffd}😀"),
        ]
    )
    func escapesWhatYAMLRefuses(text: String, expected: String) throws {
        let value = JSON.object([text: .string(text)])
        let escaped = value.serialized(forYAML: true)
        #expect(String(decoding: escaped, as: UTF8.self) == "{\"\(expected)\":\"\(expected)\"}")
        #expect(try JSON(parsing: escaped) == value)
    }

    /// Digests of the text have to be those that other programs compute.
    @Test("The canonical text escapes no more than it must")
    func canonicalTextIsMinimal() throws {
        let text = "\u{1}\u{7f}\u{85}\u{2028}\u{feff}é😀/"
        #expect(JSON.string(text).text() == "\"\\u0001\u{7f}\u{85}\u{2028}\u{feff}é😀/\"")
    }

    @Test("What is written is read back, and the text is canonical", arguments: accepted)
    func roundTrip(text: String, expected: JSON) throws {
        let value = try JSON(parsing: text)
        #expect(try JSON(parsing: value.serialized()) == value)
        #expect(try JSON(parsing: value.serialized(pretty: true)) == value)
    }

    @Test("Random values survive writing and reading, and damaged text never traps")
    func randomValues() throws {
        var random = SplitMix(state: 20_26)
        for _ in 0..<500 {
            let value = random.value(depth: 0)
            var bytes = value.serialized()
            #expect(try JSON(parsing: bytes) == value)
            // Whatever a damaged text is, reading it ends in a value or an error.
            if let index = bytes.indices.randomElement(using: &random) { bytes[index] = UInt8.random(in: 0...255, using: &random) }
            if let damaged = try? JSON(parsing: bytes) { #expect(try JSON(parsing: damaged.serialized()) == damaged) }
        }
    }

    @Test("Agrees with Foundation's parser on what is JSON")
    func agreesWithFoundation() throws {
        for (text, _) in Self.accepted {
            #expect((try? JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)) != nil, "\(text)")
        }
    }
}

/// A seeded generator: a failure can be repeated.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func value(depth: Int) -> JSON {
        switch Int.random(in: 0..<(depth > 4 ? 5 : 7), using: &self) {
        case 0: .null
        case 1: .bool(Bool.random(using: &self))
        case 2: .integer(Int64.random(in: .min ... .max, using: &self))
        case 3: .number(Double.random(in: -1e12...1e12, using: &self) + 0.5)
        case 4: .string(text())
        case 5: .array((0..<Int.random(in: 0..<5, using: &self)).map { _ in value(depth: depth + 1) })
        default:
            .object(
                Dictionary(
                    (0..<Int.random(in: 0..<5, using: &self)).map { _ in (text(), value(depth: depth + 1)) },
                    uniquingKeysWith: { $1 }
                )
            )
        }
    }

    private mutating func text() -> String {
        let alphabet: [Character] = ["a", "B", "7", "\"", "\\", "/", "\n", "\u{1}", "é", "😀", "\u{2028}", " "]
        return String((0..<Int.random(in: 0..<8, using: &self)).compactMap { _ in alphabet.randomElement(using: &self) })
    }
}
