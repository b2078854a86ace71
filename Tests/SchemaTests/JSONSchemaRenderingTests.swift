import JSONValue
import Schema
import Testing

@Suite struct JSONSchemaRenderingTests {
    @Test func readsAndWritesKubernetesSchemasUnchanged() throws {
        #expect(try JSONSchema(parsing: Widget.schema).json(.kubernetes) == Widget.schema)
    }

    @Test func writesBothDialects() {
        var schema = JSONSchema(type: .number)
        schema.nullable = true
        schema.minimum = 0
        schema.exclusiveMinimum = true
        schema.example = 2
        #expect(schema.json(.kubernetes) == ["type": "number", "nullable": true, "minimum": 0, "exclusiveMinimum": true, "example": 2])
        #expect(schema.json(.openAPI31) == ["type": ["number", "null"], "exclusiveMinimum": 0, "examples": [2]])
    }

    @Test func readsWhatItWrites() throws {
        var schema = JSONSchema.object(["a": .reference("B"), "c": .map(of: .integer), "d": .free], required: ["a"], description: "An A.")
        schema.properties["e"] = .string(format: "date-time", pattern: "^x$", maxLength: 4)
        schema.properties["f"]?.nullable = true
        schema.maxProperties = 4
        schema.oneOf = [.string, .integer]
        schema.not = .boolean
        schema.validations = [ValidationRule("self.a", message: "m", reason: "FieldValueInvalid", fieldPath: ".a", optionalOldSelf: true)]
        #expect(try JSONSchema(parsing: schema.json(.kubernetes)) == schema)
        var exclusive = JSONSchema(type: .integer)
        exclusive.maximum = 3
        exclusive.exclusiveMaximum = true
        exclusive.nullable = true
        #expect(try JSONSchema(parsing: exclusive.json(.openAPI31)) == exclusive)
    }

    @Test func namesTheMemberThatIsMalformed() {
        let json: JSON = ["properties": ["a": ["type": "strin"]]]
        #expect { try JSONSchema(parsing: json) } throws: { "\($0)".contains(#"schema.properties[a].type must be one of"#) }
    }

    @Test func findsWhatIsNotStructural() throws {
        let schema: JSON = [
            "type": "object",
            "properties": [
                "spec": [
                    "type": "object",
                    "properties": [
                        "size": ["minimum": 1], "name": ["type": "string", "pattern": "^(?=a)b$"], "list": ["type": "array"],
                        "set": ["type": "array", "uniqueItems": true, "items": ["type": "string"]],
                        "map": [
                            "type": "array", "items": ["type": "object", "properties": ["k": ["type": "string"]]],
                            "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k", "z"],
                        ],
                    ],
                ]
            ],
        ]
        let problems = try JSONSchema(parsing: schema).structuralProblems()
        let base = "properties[spec].properties"
        #expect(
            problems.map { "\($0.location): \($0.causeMessage)" } == [
                "\(base)[list].items: Required value: must be specified",
                "\(base)[map].items.properties[k].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property",
                "\(base)[map].x-kubernetes-list-map-keys[1]: Invalid value: \"z\": must be a defined property of items",
                "\(base)[name].pattern: Invalid value: \"^(?=a)b$\": must be a valid regular expression, but isn't: error parsing regexp: invalid or unsupported Perl syntax: `(?=`",
                "\(base)[set].uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic",
                "\(base)[size].type: Required value: must not be empty for specified object fields",
            ]
        )
        #expect(try JSONSchema(parsing: Widget.schema).structuralProblems().isEmpty)
    }
}
