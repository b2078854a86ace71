import JSONValue
import Schema
import Testing

/// What keeps a schema from being that of a definition.
@Suite struct StructuralProblemTests {
    private func problems(_ property: JSON) throws -> [String] {
        let schema: JSON = ["type": "object", "properties": ["a": property]]
        return try JSONSchema(parsing: schema).structuralProblems().map {
            "\($0.location.replacing("properties[a].", with: "")): \($0.causeMessage)"
        }
    }

    @Test func elementsOfSetsAndMapsCanBeToldApart() throws {
        #expect(
            try problems(["type": "array", "x-kubernetes-list-type": "set", "items": ["type": "string", "nullable": true]])
                == ["items.nullable: Forbidden: cannot be nullable when x-kubernetes-list-type is set"]
        )
        #expect(
            try problems(["type": "array", "x-kubernetes-list-type": "set", "items": ["type": "object"]]).first?
                .hasPrefix("items.x-kubernetes-map-type: Invalid value") == true
        )
        #expect(
            try problems([
                "type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k"],
                "items": ["type": "object", "required": ["k"], "properties": ["k": ["type": "object"]]],
            ]).first?.hasPrefix("items.properties[k].type: Invalid value: \"object\": must be a scalar type") == true
        )
        #expect(
            try problems(["type": "array", "x-kubernetes-list-map-keys": ["k"], "items": ["type": "object"]]).first
                == "x-kubernetes-list-type: Required value: must be map if x-kubernetes-list-map-keys is non-empty"
        )
    }

    @Test func defaultsAreValues() throws {
        #expect(try problems(["type": "integer", "minimum": 3, "default": 2]).first?.hasPrefix("default: Invalid value: 2: ") == true)
        #expect(try problems(["type": "integer", "default": "x"]).count == 1)
        #expect(try problems(["type": "integer", "minimum": 1, "default": 2]) == [])
        #expect(
            try problems([
                "type": "object", "default": [:], "required": ["b"], "properties": ["b": ["type": "string", "default": "x"]],
            ]) == []
        )
    }

    @Test func compositionsOnlyRestrict() throws {
        #expect(
            try problems([
                "type": "object", "properties": ["b": ["type": "string"]],
                "oneOf": [["required": ["b"]], ["properties": ["b": ["pattern": "x"]]]],
            ])
                == []
        )
        #expect(
            try problems(["type": "string", "anyOf": [["type": "string"]]]) == ["anyOf[0].type: Forbidden: must be empty to be structural"]
        )
        #expect(try problems(["x-kubernetes-int-or-string": true, "anyOf": [["type": "integer"], ["type": "string"]]]) == [])
        #expect(try problems(["type": "string", "not": ["default": "x"]]).count == 1)
    }

    @Test func metadataIsGiven() throws {
        let fine: JSON = [
            "type": "object", "properties": ["metadata": ["type": "object", "properties": ["name": ["type": "string", "maxLength": 9]]]],
        ]
        #expect(try JSONSchema(parsing: fine).structuralProblems() == [])
        let wrong: JSON = ["type": "object", "properties": ["metadata": ["type": "object", "properties": ["labels": ["type": "object"]]]]]
        #expect(try JSONSchema(parsing: wrong).structuralProblems().first?.location == "properties[metadata]")
    }

    @Test func rulesSayWhatTheyWant() throws {
        func rule(_ rule: JSON) -> JSON { ["type": "string", "x-kubernetes-validations": [rule]] }
        #expect(try problems(rule(["rule": " "])).first == "x-kubernetes-validations[0].rule: Required value: rule is not specified")
        #expect(try problems(rule(["rule": "true", "message": "a\nb"])).count == 1)
        #expect(try problems(rule(["rule": "true\n", "message": "a\n"])) == [])
        #expect(try problems(rule(["rule": "true &&\nfalse"])).count == 1)
        #expect(try problems(rule(["rule": "true &&\nfalse", "message": "a"])) == [])
        func object(_ path: JSON) -> JSON {
            [
                "type": "object", "properties": ["b": ["type": "object", "additionalProperties": ["type": "string"]]],
                "x-kubernetes-validations": [["rule": "true", "fieldPath": path]],
            ]
        }
        #expect(try problems(object(".b['c']")) == [])
        #expect(try problems(object(".c")).first?.hasSuffix("fieldPath must be a valid path") == true)
    }
}
