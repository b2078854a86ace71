import JSONValue
import KubernetesModel
import Testing

/// Texts at random, made of what each parser knows: whatever comes, it is read or refused, and the program goes on.
@Suite("No text ends the program") struct ParserFuzzTests {
    private struct Random: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }
    }

    private static func texts(_ pieces: [String], seed: UInt64, count: Int = 4000) -> [String] {
        var random = Random(state: seed)
        return (0..<count).map { _ in
            (0..<Int.random(in: 0...9, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
        }
    }

    private static let numbers = [
        "0", "1", "9", "-", "+", ".", "e", "E", "9223372036854775807", "-9223372036854775808", "170141183460469231731687303715884105727",
        "00000000000000000000000000000000000000", "1e308", "1e-400", "", "é", "٣", "\u{301}", "\0",
    ]

    @Test("An exponent without a magnitude is refused", arguments: ["1e-9223372036854775808", "1E9223372036854775807", "1e31", "1e-31"])
    func exponents(text: String) { #expect(throws: QuantityError.self) { try Quantity(parsing: text) } }

    @Test("Quantities that are read can be shown and read again")
    func quantities() {
        for text in Self.texts(Self.numbers + ["Ki", "Ei", "n", "m", "k"], seed: 1) {
            guard let quantity = try? Quantity(parsing: text) else { continue }
            #expect((try? Quantity(parsing: quantity.description)) == quantity, "\(text)")
            _ = (quantity.roundedUp, quantity.doubleValue)
        }
    }

    @Test("Times that are read can be shown and read again")
    func times() {
        let pieces =
            Self.numbers + ["2026-01-02T03:04:05", "0000-01-01T00:00:00", "9999-12-31T23:59:60", "Z", "-23:59", "+23:59", "T", ":"]
        for text in Self.texts(pieces, seed: 2) {
            guard let time = Timestamp(parsing: text) else { continue }
            _ = (time.description, time.microTime, time.date)
        }
    }

    @Test("Selectors")
    func selectors() {
        let pieces = ["a", "b/c", "=", "!", "in", "notin", "(", ")", ",", "<", ">", "\\", " ", "9223372036854775808", "é", "\u{301}"]
        var read = 0
        for text in Self.texts(pieces, seed: 3) {
            if let labels = try? LabelRequirements(parsing: text) { read += labels.matches(["a": "b"]) ? 1 : 1 }
            if let fields = try? FieldRequirements(parsing: text) { read += fields.matches { _ in "a" } ? 1 : 1 }
        }
        #expect(read > 100)
    }

    @Test("JSON that is read is written and read again as the same")
    func json() {
        let pieces =
            Self.numbers + ["{", "}", "[", "]", ":", ",", "\"", "\"a\"", "\\u", "\\uD800", "\\uDC00", "null", "true", " ", "\u{FEFF}"]
        for text in Self.texts(pieces, seed: 4) {
            guard let json = try? JSON(parsing: text) else { continue }
            #expect((try? JSON(parsing: json.text())) == json, "\(text)")
            _ = (json.integerValue, try? json.decode(Quantity.self), try? json.decode(Int32.self), try? json.decode(ObjectMeta.self))
        }
        for open in ["[", "{\"a\":", "[{\"a\":"] {
            #expect(throws: JSONError.self) { try JSON(parsing: String(repeating: open, count: 100_000)) }
        }
    }

    @Test("Patches")
    func patches() {
        let paths = ["", "/", "/a", "/a/0", "/a/-", "/a/9223372036854775807", "/a/9223372036854775808", "/~", "/~0~1", "/a/-1", "/b/c/d"]
        let document: JSON = ["a": [1, ["x": 2]], "b": ["c": "text"]]
        var random = Random(state: 5)
        var applied = 0
        for _ in 0..<4000 {
            let operations = (0..<Int.random(in: 1...4, using: &random)).map { _ -> JSON in
                let operation = ["add", "remove", "replace", "move", "copy", "test"].randomElement(using: &random) ?? ""
                return [
                    "op": .string(operation), "path": .string(paths.randomElement(using: &random) ?? ""),
                    "from": .string(paths.randomElement(using: &random) ?? ""), "value": 1,
                ]
            }
            guard let patch = try? JSONPatch(.array(operations)) else { continue }
            if (try? patch.apply(to: document)) != nil { applied += 1 }
        }
        #expect(applied > 100)
    }
}
