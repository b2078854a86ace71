import Foundation
import JSONValue
import Schema
import Testing

@testable import LocalCluster

/// The estimate of what rules cost, against figures of Kubernetes itself.
@Suite struct CELCostTests {
    private func cost(_ rule: String, of schema: JSON) throws -> UInt64 {
        try CELRule(ValidationRule(rule), schema: try JSONSchema(parsing: schema), isRoot: false).cost
    }

    private static func list(_ items: JSON, atMost count: Int64? = nil) -> JSON {
        var schema: JSON = ["type": "array", "items": items]
        schema["maxItems"] = count.map { .integer($0) }
        return schema
    }

    @Test func loopsCostAsOftenAsTheSchemaAllows() throws {
        // A list that nothing bounds is as long as a request can make it.
        #expect(try cost("self.all(x, true)", of: Self.list(["type": "integer"])) == 4_718_591)
        #expect(try cost("self.all(x, true)", of: Self.list(["type": "integer"], atMost: 10)) == 32)
        #expect(try cost("self.all(x, true)", of: Self.list(["type": "string"])) == 3_145_727)
        #expect(try cost("self.all(x, true)", of: Self.list(["type": "boolean"])) == 1_887_437)
        let map: JSON = ["type": "object", "additionalProperties": ["type": "string"], "maxProperties": 10]
        #expect(try cost("self.all(x, true)", of: map) == 32)
        let nested = Self.list(Self.list(["type": "integer"], atMost: 10), atMost: 10)
        #expect(try cost("self.all(x, x.all(y, true))", of: nested) == 352)
    }

    @Test func textCostsByItsLength() throws {
        let text: JSON = ["type": "string", "maxLength": 10]
        #expect(try cost("self.contains('abc')", of: text) == 5)
        #expect(try cost("self == oldSelf", of: text) == 6)
        #expect(try cost("self.matches('[a-z]+')", of: text) == 1 + 5 * 2)
        #expect(try cost("self.startsWith('abc')", of: text) == 2)
        #expect(try cost("self in ['a', 'b']", of: text) == 13)
        #expect(try cost("size(self) > 3 && self.lowerAscii() == self", of: text) == 13)
        // Numbers cost nothing to compare but their access; of a choice the dearer branch counts.
        #expect(try cost("self == 1 ? self > 2 : true", of: ["type": "integer"]) == 3)
    }

    private func problems(message: Int64, part: Int64, items: Int64?) throws -> [CELRuleSet.Problem] {
        var cases: JSON = [
            "type": "array",
            "items": [
                "type": "object",
                "properties": [
                    "message": ["type": "string", "maxLength": .integer(message)], "part": ["type": "string", "maxLength": .integer(part)],
                ],
                "x-kubernetes-validations": [["rule": "!has(self.part) || !self.message.contains(self.part)"]],
            ],
        ]
        cases["maxItems"] = items.map { .integer($0) }
        return CELRuleSet(schema: try JSONSchema(parsing: ["type": "object", "properties": ["cases": cases]])).problems
    }

    @Test func dearRulesAreRefusedAsARealServerRefusesThem() throws {
        // What API servers of Kubernetes were measured to take and to refuse.
        #expect(try problems(message: 1024, part: 1024, items: 20) == [])
        #expect(try problems(message: 4096, part: 512, items: 20) == [])
        let refused = try #require(try problems(message: 4096, part: 4096, items: 20).first)
        #expect(refused.location == "properties[cases].items.x-kubernetes-validations[0].rule")
        #expect(refused.message.hasPrefix("Forbidden: estimated rule cost exceeds budget by factor of 5.4x (try simplifying"))
        let unbounded = try problems(message: 4096, part: 4096, items: nil)
        #expect(unbounded.first?.message.contains("more than 100x") == true)
        #expect(unbounded.last?.location == "")
        #expect(
            unbounded.last?.message.contains("cost total for entire OpenAPIv3 schema exceeds budget by factor of more than 100x") == true
        )
    }

    @Test func changesAreComparedWhereElementsCanBeToldApartOnly() throws {
        let rule: JSON = [["rule": "self == oldSelf"]]
        let schema: JSON = [
            "type": "object",
            "properties": [
                "a": ["type": "array", "maxItems": 3, "items": ["type": "string", "maxLength": 5, "x-kubernetes-validations": rule]],
                "b": ["type": "integer", "x-kubernetes-validations": [["rule": "self > 0", "optionalOldSelf": true]]],
            ],
        ]
        let problems = CELRuleSet(schema: try JSONSchema(parsing: schema)).problems
        #expect(
            problems.map(\.location) == [
                "properties[a].items.x-kubernetes-validations[0].rule", "properties[b].x-kubernetes-validations[0].optionalOldSelf",
            ]
        )
        #expect(problems.first?.message.contains("uncorrelatable portion of the schema within properties[a]") == true)
    }

    /// The definitions of the product, as they are shipped.
    @Test func ourOwnDefinitionsAreAccepted() async throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appending(
            path: "crds"
        )
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".yaml") }
        #expect(files.count == 3)
        try await withServer { _, client in
            for file in files {
                let text = try Data(contentsOf: folder.appending(path: file))
                let path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions?fieldValidation=Strict"
                expect(201, try await client.send("POST", path, body: Array(text), contentType: "application/yaml"))
            }
        }
    }
}
