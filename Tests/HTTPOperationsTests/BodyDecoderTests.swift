import HTTPTypes
import JSONValue
import Schema
import Testing

@testable import HTTPOperations

/// Bodies on their way from JSON to values.
@Suite struct BodyDecoderTests {
    struct Grant: Decodable, Sendable, Hashable {
        var priority: Int
        var small: Int8?
        var share: Double?
    }
    struct Body: Decodable, Sendable { var grants: [Grant] }

    /// Says more of a value than its schema does.
    struct Even: Decodable, Sendable, SchemaDescribing {
        var number: Int
        static let schemaNotes: [String: SchemaNote] = ["number": "An even number."]
        init(from decoder: any Decoder) throws {
            number = try decoder.container(keyedBy: Keys.self).decode(Int.self, forKey: .number)
            guard number.isMultiple(of: 2) else {
                throw DecodingError.dataCorrupted(
                    .init(codingPath: decoder.codingPath + [Keys.number], debugDescription: "must be even")
                )
            }
        }
        enum Keys: String, CodingKey { case number }
    }
    /// A member with a default, which is not null.
    struct Sized: Decodable, Sendable, SchemaDescribing {
        var size: Int
        var note: String?
        var parts: [Sized.Part]?
        static let schemaNotes: [String: SchemaNote] = ["size": SchemaNote(default: 7), "note": SchemaNote(nullable: true)]
        struct Part: Decodable, Sendable, SchemaDescribing {
            var size: Int
            static let schemaNotes: [String: SchemaNote] = ["size": SchemaNote(default: 7)]
        }
    }
    struct Pairs: Decodable, Sendable { var pairs: [[Even]] }

    // JSON Schema 2020-12 section 6.1.1: a number with a zero fractional part is an integer.
    @Test(arguments: [("4", 4), ("4.0", 4), ("-4.000", -4), ("4e0", 4), ("0.4e1", 4), ("-0", 0), ("-0.0", 0)])
    func takesWholeNumbersHoweverTheyAreWritten(text: String, expected: Int) throws {
        let json = try JSON(parsing: #"{"grants": [{"priority": 1}, {"priority": \#(text), "small": \#(text), "share": \#(text)}]}"#)
        let body = try BodyDecoder<Body>().decode(json)
        #expect(body.grants[1] == Grant(priority: expected, small: Int8(expected), share: Double(expected)))
    }

    @Test(arguments: ["4.5", "1e300", "\"4\"", "true", "9223372036854775808", "9223372036854775808.0"])
    func refusesOtherNumbersAtTheirPlace(text: String) throws {
        let json = try JSON(parsing: #"{"grants": [{"priority": 1}, {"priority": \#(text)}]}"#)
        let error = #expect(throws: OperationError.self) { try BodyDecoder<Body>().decode(json) }
        #expect(error?.status == .unprocessableContent && error?.fields.map(\.field) == ["grants[1].priority"])
    }

    /// What only a type knows is refused at its place too, written as everything else is.
    @Test func namesThePlaceThatADecoderRefuses() throws {
        let json: JSON = ["pairs": [[], [["number": 2], ["number": 3]]]]
        let error = #expect(throws: OperationError.self) { try BodyDecoder<Pairs>().decode(json) }
        #expect(error?.fields.map(\.field) == ["pairs[1][1].number"])
        #expect(error?.fields.map(\.path.jsonPointer) == ["/pairs/1/1/number"])
    }

    @Test func namesThePlaceOfASmallNumberThatIsTooLarge() throws {
        let json = try JSON(parsing: #"{"grants": [{"priority": 1, "small": 300.0}]}"#)
        let error = #expect(throws: OperationError.self) { try BodyDecoder<Body>().decode(json) }
        #expect(error?.fields.map(\.field) == ["grants[0].small"])
    }

    /// A default is for a member that is absent: the document does not allow a null there.
    @Test func refusesANullThatADefaultWouldReplace() throws {
        let decoder = try BodyDecoder<Sized>()
        #expect(try decoder.decode(["note": .null]).size == 7)
        let error = #expect(throws: OperationError.self) {
            try decoder.decode(["size": .null, "parts": [["size": 1], ["size": .null]]])
        }
        #expect(error?.status == .unprocessableContent && error?.fields.map(\.field) == ["parts[1].size", "size"])
    }
}
