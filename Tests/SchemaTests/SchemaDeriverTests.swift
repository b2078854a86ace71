import Foundation
import JSONValue
import Schema
import Testing

enum Colour: String, SchemaEnum { case red, green }

struct Point: Codable, SchemaDescribing {
    var x: Double
    var y: Double?
    static let schemaNotes: [String: SchemaNote] = ["x": SchemaNote("To the right.", minimum: 0), "y": "Up."]
    static let schemaNote = SchemaNote("A place.", rules: [ValidationRule("self.x > 0.0")])
}

struct Shape: Codable, SchemaDescribing {
    var name: String
    var colour: Colour
    var other: Colour?
    var corners: [Point]
    var centre: Point?
    var labels: [String: String]?
    var made: Date
    var extra: JSON?
    var count: Int
    var small: Int32?
    var parts: [Shape]?
    var limit: Int
    var tags: Set<String>?
    var perhaps: String??
    static let schemaNotes: [String: SchemaNote] = [
        "limit": SchemaNote("At most.", default: 10, minimum: 1), "labels": SchemaNote(items: SchemaNote(maxLength: 63)),
        "extra": SchemaNote(type: .object),
    ]
}

struct Page<Item: Codable>: Codable { var items: [Item] }

struct Wrapped: Codable, Hashable {
    var text: String
    init(from decoder: any Decoder) throws { text = try decoder.singleValueContainer().decode(String.self) }
    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

struct Choosy: Codable, SchemaRepresentable {
    var text: String
    static var jsonSchema: JSONSchema { .string(pattern: "^yes$") }
    static var schemaSample: JSON { "yes" }
    init(from decoder: any Decoder) throws {
        text = try decoder.singleValueContainer().decode(String.self)
        guard text == "yes" else { throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: "not yes")) }
    }
}

struct HandWritten: Decodable {
    var a: Int
    var b: String
    var choosy: Choosy
    var wrapped: Wrapped
    enum CodingKeys: String, CodingKey { case a, b, choosy, wrapped }
    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        a = try container.decodeIfPresent(Int.self, forKey: .a) ?? 1
        b = container.contains(.b) ? try container.decode(String.self, forKey: .b) : ""
        choosy = try container.decode(Choosy.self, forKey: .choosy)
        wrapped = try container.decode(Wrapped.self, forKey: .wrapped)
    }
}

enum Silent: String, Codable { case one }
struct Undescribable: Codable { var silent: Silent }
struct BadNotes: Codable, SchemaDescribing {
    var a: Int
    static let schemaNotes: [String: SchemaNote] = ["b": "Not there."]
}

@Suite struct SchemaDeriverTests {
    @Test func derivesObjectsWithComponents() throws {
        var deriver = SchemaDeriver()
        #expect(try deriver.schema(for: Shape.self) == .reference("Shape"))
        #expect(deriver.components.keys.sorted() == ["Point", "Shape"])
        let shape = try #require(deriver.components["Shape"])
        #expect(shape.required == ["colour", "corners", "count", "made", "name"])
        #expect(
            shape.json(.openAPI31) == [
                "type": "object", "required": ["colour", "corners", "count", "made", "name"],
                "properties": [
                    "name": ["type": "string"], "colour": ["type": "string", "enum": ["red", "green"]],
                    "other": ["type": "string", "enum": ["red", "green"]],
                    "corners": ["type": "array", "items": ["$ref": "#/components/schemas/Point"]],
                    "centre": ["$ref": "#/components/schemas/Point"],
                    "labels": ["type": "object", "additionalProperties": ["type": "string", "maxLength": 63]],
                    "made": ["type": "string", "format": "date-time"],
                    "extra": ["type": "object"], "count": ["type": "integer", "format": "int64"],
                    "small": ["type": "integer", "format": "int32"],
                    "parts": ["type": "array", "items": ["$ref": "#/components/schemas/Shape"]], "perhaps": ["type": ["string", "null"]],
                    "limit": ["type": "integer", "format": "int64", "default": 10, "minimum": 1, "description": "At most."],
                    "tags": ["type": "array", "items": ["type": "string"], "uniqueItems": true],
                ],
            ]
        )
        let point = try #require(deriver.components["Point"])
        #expect(point.description == "A place." && point.validations.map(\.rule) == ["self.x > 0.0"])
        #expect(point.properties["y"]?.description == "Up." && point.required == ["x"])
        #expect(try deriver.schema(for: [Shape].self) == .array(of: .reference("Shape")))
    }

    @Test func writesEverythingInLine() throws {
        let schema = try JSONSchema.derived(from: Page<Point>.self)
        #expect(schema.properties["items"]?.items?.properties["x"]?.minimum == 0)
        #expect { try JSONSchema.derived(from: Shape.self) } throws: { ($0 as? SchemaError)?.code == .recursive }
    }

    @Test func namesGenericTypes() throws {
        var deriver = SchemaDeriver()
        #expect(try deriver.schema(for: Page<Point>.self) == .reference("PageOfPoint"))
    }

    @Test func understandsHandWrittenDecoding() throws {
        let schema = try JSONSchema.derived(from: HandWritten.self)
        #expect(schema.required == ["choosy", "wrapped"])
        #expect(schema.properties["a"]?.type == .integer && schema.properties["b"]?.type == .string)
        #expect(schema.properties["choosy"] == .string(pattern: "^yes$") && schema.properties["wrapped"] == .string)
    }

    @Test func saysWhyATypeCannotBeDescribed() {
        #expect { try JSONSchema.derived(from: Undescribable.self) } throws: {
            ($0 as? SchemaError)?.code == .notDescribable && "\($0)".contains("Silent")
        }
        #expect { try JSONSchema.derived(from: BadNotes.self) } throws: { ($0 as? SchemaError)?.code == .unknownProperty }
    }

    @Test func defaultsMakeInputDecodable() throws {
        var deriver = SchemaDeriver()
        let validator = try SchemaValidator(try deriver.schema(for: Shape.self), components: deriver.components)
        let input: JSON = ["name": "a", "colour": "red", "corners": [], "made": "2026-01-01T00:00:00Z", "count": 2]
        #expect(validator.violations(in: input).isEmpty)
        #expect(validator.defaulting(input)["limit"] == 10)
        #expect(validator.unknownFields(in: ["name": "a", "nam": "b", "extra": ["x": 1]]).map(\.fieldPath) == ["nam"])
    }
}
