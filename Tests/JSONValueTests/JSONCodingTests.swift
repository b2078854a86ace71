import Foundation
import JSONValue
import Testing

@Suite("Coding Swift types as JSON values")
struct JSONCodingTests {
    enum Colour: String, Codable { case red, green }

    struct Shape: Codable, Equatable {
        var name: String
        var sides: Int
        var area: Double
        var colour: Colour?
        var tags: [String]
        var children: [String: Shape]
        var free: JSON?
        var at: Date
        var bytes: Data
        var small: UInt8 = 7
        var flag = true
    }

    private func shape(_ children: [String: Shape] = [:]) -> Shape {
        Shape(
            name: "square",
            sides: 4,
            area: 2.5,
            colour: .green,
            tags: ["a", "b"],
            children: children,
            free: ["x": [1, .null]],
            at: Date(timeIntervalSince1970: 1_700_000_000),
            bytes: Data([1, 2, 255])
        )
    }

    @Test("A nested type is written and read back")
    func roundTrip() throws {
        let value = shape(["inner": shape()])
        let json = try JSON(encoding: value)
        #expect(json["colour"] == "green")
        #expect(json["at"] == "2023-11-14T22:13:20Z")
        #expect(json["bytes"] == "AQL/")
        #expect(json["free"] == ["x": [1, .null]])
        #expect(json[at: ["children", "inner", "name"]] == "square")
        #expect(try json.decode(Shape.self) == value)
    }

    @Test("Agrees with Foundation's coder")
    func agreesWithFoundation() throws {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        let bytes = try encoder.encode(shape(["inner": shape()]))
        #expect(try JSON(parsing: bytes) == JSON(encoding: shape(["inner": shape()])))
        #expect(try JSONDecoder().decode(JSON.self, from: bytes) == JSON(parsing: bytes))
        #expect(try JSON(parsing: encoder.encode(JSON(parsing: bytes))) == JSON(parsing: bytes))
    }

    static let faults: [(String, JSON?, String)] = [
        ("name", 1, "name"), ("sides", "4", "sides"), ("sides", 4.5, "sides"), ("tags", ["a", 2], "tags.Index 1"), ("name", .null, "name"),
        ("name", nil, "name"),
        ("colour", "blue", "colour"), ("at", "yesterday", "at"), ("bytes", "***", "bytes"), ("small", 256, "small"), ("small", -1, "small"),
        ("children", ["x": ["name": "y"]], "children.x"),
    ]

    @Test("A fault names its path", arguments: faults)
    func faultPath(member: String, value: JSON?, path: String) throws {
        var json = try JSON(encoding: shape())
        json[member] = value
        let error = #expect(throws: DecodingError.self) { try json.decode(Shape.self) }
        let found: [any CodingKey]? =
            switch error {
            case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context): context.codingPath
            case .keyNotFound(let key, let context): value == nil ? context.codingPath + [key] : context.codingPath
            default: nil
            }
        #expect(found?.map(\.stringValue).joined(separator: ".") == path)
    }

    @Test("Hand-written containers nest")
    func nestedContainers() throws {
        struct Nested: Codable, Equatable {
            var pairs: [[Int]]
            enum Keys: String, CodingKey { case outer, list }
            init(pairs: [[Int]]) { self.pairs = pairs }
            init(from decoder: any Decoder) throws {
                let outer = try decoder.container(keyedBy: Keys.self).nestedContainer(keyedBy: Keys.self, forKey: .outer)
                var list = try outer.nestedUnkeyedContainer(forKey: .list)
                pairs = []
                while !list.isAtEnd {
                    var pair = try list.nestedUnkeyedContainer()
                    var numbers: [Int] = []
                    while !pair.isAtEnd { numbers.append(try pair.decode(Int.self)) }
                    pairs.append(numbers)
                }
            }
            func encode(to encoder: any Encoder) throws {
                var container = encoder.container(keyedBy: Keys.self)
                var outer = container.nestedContainer(keyedBy: Keys.self, forKey: .outer)
                var list = outer.nestedUnkeyedContainer(forKey: .list)
                for pair in pairs {
                    var inner = list.nestedUnkeyedContainer()
                    for number in pair { try inner.encode(number) }
                }
            }
        }
        let value = Nested(pairs: [[1, 2], [], [3]])
        let json = try JSON(encoding: value)
        #expect(json == ["outer": ["list": [[1, 2], [], [3]]]])
        #expect(try json.decode(Nested.self) == value)
    }
}
