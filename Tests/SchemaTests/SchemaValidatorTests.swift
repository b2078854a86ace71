import JSONValue
import Schema
import Testing

@Suite struct SchemaValidatorTests {
    let validator: SchemaValidator

    init() throws { validator = try SchemaValidator(JSONSchema(parsing: Widget.schema)) }

    private func causes(_ spec: JSON) -> [String] {
        validator.violations(in: ["spec": spec]).map { "\($0.fieldCause.field): \($0.fieldCause.reason): \($0.fieldCause.message)" }
    }

    @Test(
        arguments: [
            (["limit": 4], "spec.size: FieldValueRequired: Required value"),
            (
                ["size": "three"],
                #"spec.size: FieldValueTypeInvalid: Invalid value: "string": spec.size in body must be of type integer: "string""#
            ),
            (["size": 0], "spec.size: FieldValueInvalid: Invalid value: 0: spec.size in body should be greater than or equal to 1"),
            (
                ["size": 1, "kind": "odd"],
                #"spec.kind: FieldValueNotSupported: Unsupported value: "odd": supported values: "plain", "fancy""#
            ),
            (
                ["size": 1, "name": "Q!"],
                #"spec.name: FieldValueInvalid: Invalid value: "Q!": spec.name in body should match '^[a-z][a-z0-9-]*$'"#
            ),
            (
                ["size": 1, "owner": ["email": "nobody"]],
                #"spec.owner.email: FieldValueTypeInvalid: Invalid value: "nobody": spec.owner.email in body must be of type email: "nobody""#
            ),
            (["size": 1, "tags": ["a", "b", "c", "d"]], "spec.tags: FieldValueTooMany: Too many: 4: must have at most 3 items"),
            (["size": 1, "tags": ["a", "a"]], #"spec.tags[1]: FieldValueDuplicate: Duplicate value: "a""#),
            (["size": 1, "ports": [["name": "p"], ["name": "p"]]], #"spec.ports[1]: FieldValueDuplicate: Duplicate value: {"name":"p"}"#),
            (
                ["size": 1, "amount": true],
                #"spec.amount: FieldValueTypeInvalid: Invalid value: "boolean": spec.amount in body must be of type integer,string: "boolean""#
            ),
            (
                ["size": 1, "labels": ["a": 1]],
                #"spec.labels.a: FieldValueTypeInvalid: Invalid value: "integer": spec.labels.a in body must be of type string: "integer""#
            ),
        ] as [(JSON, String)]
    )
    func wordsViolationsLikeAnAPIServer(spec: JSON, cause: String) {
        #expect(causes(spec) == [cause])
    }

    @Test func reportsShortTextsWithoutTheirPattern() {
        #expect(
            causes(["size": 1, "name": "x"]) == [
                #"spec.name: FieldValueInvalid: Invalid value: "x": spec.name in body should be at least 2 chars long"#
            ]
        )
    }

    @Test func tellsWhichViolationsBlockRules() {
        let kinds: [(JSON, Bool)] = [(["size": 0], false), ([:], true), (["size": "x"], true), (["size": 1, "tags": ["a", "a"]], false)]
        for (spec, blocks) in kinds { #expect(validator.violations(in: ["spec": spec]).contains(where: \.blocksRules) == blocks) }
    }

    @Test func acceptsWhatFits() {
        #expect(causes(["size": 3, "amount": "10%", "free": ["anything": [1, 2]], "ports": [["name": "a"], ["name": "b"]]]) == [])
        #expect(causes(["size": 3.0, "amount": 4]) == [])
    }

    @Test func fillsDefaultsOnlyWhereTheParentIsThere() {
        let filled = validator.defaulting(["spec": ["size": 3, "ports": [["name": "http"]], "owner": [:]]])
        #expect(
            filled == [
                "spec": ["size": 3, "limit": 50, "kind": "plain", "ports": [["name": "http", "port": 80]], "owner": ["active": true]]
            ]
        )
        #expect(validator.defaulting([:]) == [:])
    }

    @Test func treatsNullOfANonNullableFieldAsAbsent() {
        #expect(
            validator.defaulting(["spec": ["size": 3, "kind": .null, "name": .null, "limit": 1]]) == [
                "spec": ["size": 3, "kind": "plain", "limit": 1]
            ]
        )
    }

    @Test func prunesUnknownFieldsAndNamesThem() {
        let object: JSON = [
            "apiVersion": "v1", "kind": "Widget", "metadata": ["name": "a"], "extra": 1,
            "spec": ["size": 3, "surprise": true, "owner": ["odd": 1], "ports": [["name": "a", "b": 2]], "free": ["x": ["y": 1]]],
        ]
        let (value, pruned) = validator.pruning(object, isResource: true)
        #expect(pruned.map(\.fieldPath) == ["extra", "spec.owner.odd", "spec.ports[0].b", "spec.surprise"])
        #expect(value["spec"] == ["size": 3, "owner": [:], "ports": [["name": "a"]], "free": ["x": ["y": 1]]])
        #expect(value["metadata"] == ["name": "a"])
    }

    @Test func appliesCompositions() throws {
        var schema = JSONSchema()
        schema.oneOf = [.integer, .number]
        #expect(
            try SchemaValidator(schema).violations(in: 1).map(\.message) == [
                "must validate one and only one schema (oneOf). Found 2 valid alternatives"
            ]
        )
        #expect(try SchemaValidator(schema).violations(in: 1.5).isEmpty)
        var not = JSONSchema()
        not.not = .string
        #expect(try SchemaValidator(not).violations(in: "x").count == 1)
        var any = JSONSchema()
        any.anyOf = [.string, .boolean]
        #expect(try SchemaValidator(any).violations(in: 1).count == 1)
    }

    @Test func followsRecursiveComponents() throws {
        let tree = JSONSchema.object(["name": .string, "children": .array(of: .reference("Tree"))], required: ["name"])
        let validator = try SchemaValidator(.reference("Tree"), components: ["Tree": tree])
        let found = validator.violations(in: ["name": "a", "children": [["name": "b", "children": [["name": 1]]]]])
        #expect(found.map(\.path.fieldPath) == ["children[0].children[0].name"])
    }

    @Test func stopsAtTheLimit() throws {
        let validator = try SchemaValidator(.array(of: .string))
        #expect(validator.violations(in: .array(Array(repeating: 1, count: 50)), limit: 5).count == 5)
    }

    @Test func refusesUnsafePatternsAndUnknownReferences() {
        #expect { try SchemaValidator(.string(pattern: "(?=a)")) } throws: { ($0 as? SchemaError)?.code == .badPattern }
        #expect { try SchemaValidator(.reference("Nothing")) } throws: { ($0 as? SchemaError)?.code == .unknownReference }
    }

    @Test func refusesForbiddenMembers() throws {
        var schema = JSONSchema.object(["a": .string])
        schema.additionalProperties = .forbidden
        #expect(try SchemaValidator(schema).violations(in: ["a": "x", "b": 1]).map(\.kind) == [.unknownField])
    }
}
