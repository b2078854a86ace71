import JSONValue
import Testing

@Suite struct DocumentComparisonTests {
    /// A document with one of each.
    static let sample: JSON = [
        "servers": [["url": "/api/v1"]], "security": [["bearerAuth": []]],
        "paths": [
            "/kites": [
                "get": [
                    "operationId": "listKites", "x-opencrane-roles": ["viewer", "admin"],
                    "parameters": [
                        ["name": "limit", "in": "query", "required": false, "schema": ["type": "integer", "maximum": 100]],
                        ["name": "colour", "in": "query", "required": false, "schema": ["type": "string", "enum": ["red", "blue"]]],
                    ],
                    "responses": [
                        "200": [
                            "headers": ["Link": ["schema": ["type": "string"]]],
                            "content": ["application/json": ["schema": ["type": "array", "items": ["$ref": "#/components/schemas/Kite"]]]],
                        ],
                        "404": ["description": "None."],
                    ],
                ],
                "post": [
                    "operationId": "createKite", "security": [["bearerAuth": []], ["apiKey": []]],
                    "requestBody": [
                        "required": false, "content": ["application/json": ["schema": ["$ref": "#/components/schemas/KiteOrder"]]],
                    ],
                    "responses": ["201": ["description": "Made."]],
                ],
            ],
            "/open": ["get": ["operationId": "open", "security": [], "responses": ["204": [:]]]],
        ],
        "components": [
            "schemas": [
                "Kite": [
                    "type": "object", "required": ["name", "colour"],
                    "properties": [
                        "name": ["type": "string", "format": "uuid"], "colour": ["type": "string", "enum": ["red", "blue"]],
                        "note": ["type": "string"], "tail": ["$ref": "#/components/schemas/Kite"],
                    ],
                ],
                "KiteOrder": [
                    "type": "object", "required": ["name"],
                    "properties": [
                        "name": ["type": "string", "maxLength": 10],
                        "colour": ["type": "string", "enum": ["red", "blue"], "default": "red"],
                        "note": ["type": ["string", "null"]], "size": ["type": "integer"],
                    ],
                ],
            ]
        ],
    ]

    private static func list(_ more: String...) -> [String] { ["paths", "/kites", "get"] + more }
    private static func create(_ more: String...) -> [String] { ["paths", "/kites", "post"] + more }
    private static func kite(_ more: String...) -> [String] { ["components", "schemas", "Kite"] + more }
    private static func order(_ more: String...) -> [String] { ["components", "schemas", "KiteOrder"] + more }

    static let operations: [Change] = [
        .set("an operation is removed", .operationRemoved, at: ["paths", "/kites", "post"], to: nil, place: "POST /kites"),
        .set("a path is removed", .operationRemoved, at: ["paths", "/open"], to: nil, place: "GET /open"),
        .set("an operation has another name", .operationRenamed, at: list("operationId"), to: "getKites"),
        .set("a path has another server", .addressChanged, at: ["paths", "/open", "servers"], to: [["url": "/"]]),
        .set("a parameter is removed", .parameterRemoved, at: list("parameters", "1"), to: nil, place: "query colour"),
        .set("a parameter becomes required", .parameterRequired, at: list("parameters", "0", "required"), to: true),
        .set("a parameter takes less", .boundTightened, at: list("parameters", "0", "schema", "maximum"), to: 50, place: "query limit"),
        .set("a value of a parameter is removed", .enumNarrowed, at: list("parameters", "1", "schema", "enum"), to: ["red"]),
        .set("a body becomes required", .bodyRequired, at: create("requestBody", "required"), to: true),
        .set("a body has another type", .contentRemoved, at: create("requestBody", "content"), to: ["text/plain": [:]]),
        .set("an answer is removed", .answerRemoved, at: create("responses"), to: ["202": [:]], place: "201"),
        .set("an answer has another type", .contentRemoved, at: list("responses", "200", "content"), to: ["text/plain": [:]]),
        .set("a header is removed", .headerRemoved, at: list("responses", "200", "headers"), to: nil, place: "Link"),
        .set("a credential is needed", .accessNarrowed, at: ["paths", "/open", "get", "security"], to: [["bearerAuth": []]]),
        .set("a credential opens it no more", .accessNarrowed, at: create("security"), to: [["bearerAuth": []]]),
        .set("a role may call it no more", .accessNarrowed, at: list("x-opencrane-roles"), to: ["admin"]),
    ]

    static let schemas: [Change] = [
        .set("a member of an answer is removed", .memberRemoved, at: kite("properties", "note"), to: nil, place: "[].note"),
        .set("a member of an answer may be absent", .memberNotRequired, at: kite("required"), to: ["name"], place: ".colour"),
        .set("a member of an answer has another type", .typeChanged, at: kite("properties", "note", "type"), to: "integer"),
        .set("a member of an answer may be null", .nullAllowed, at: kite("properties", "name", "type"), to: ["string", "null"]),
        .set("a member of an answer has another format", .formatChanged, at: kite("properties", "name", "format"), to: "date"),
        .set(
            "an answer has a value more",
            .enumWidened,
            at: kite("properties", "colour", "enum"),
            to: ["red", "blue", "x"],
            warning: true
        ),
        .set("an answer has any value", .enumWidened, at: kite("properties", "colour", "enum"), to: nil, warning: true),
        .set("a member of a request is removed", .memberRemoved, at: order("properties", "size"), to: nil, place: "body.size"),
        .set("a member of a request becomes required", .memberRequired, at: order("required"), to: ["name", "size"], place: ".size"),
        .set("one with a default becomes required", .memberRequired, at: order("required"), to: ["name", "colour"], place: ".colour"),
        .set("a value of a request is removed", .enumNarrowed, at: order("properties", "colour", "enum"), to: ["red"]),
        .set("a request may have no null", .nullRefused, at: order("properties", "note", "type"), to: "string"),
        .set("a request takes less", .boundTightened, at: order("properties", "name", "maxLength"), to: 9),
        .set("a request needs a pattern", .patternChanged, at: order("properties", "name", "pattern"), to: "^a"),
        .set("a request has another default", .defaultChanged, at: order("properties", "colour", "default"), to: "blue"),
        .set("a request may have nothing more", .unknownMembersRefused, at: order("additionalProperties"), to: false),
        .set("what a request has more is of a type", .unknownMembersTyped, at: order("additionalProperties"), to: ["type": "string"]),
    ]

    static let compatible: [Change] = [
        .set("an operation comes", nil, at: ["paths", "/new"], to: ["get": ["operationId": "new", "responses": ["200": [:]]]]),
        .set("a member of an answer comes", nil, at: kite("properties", "new"), to: ["type": "string"]),
        .set("a member of an answer is always there", nil, at: kite("required"), to: ["name", "colour", "note"]),
        .set("an answer is shorter", nil, at: kite("properties", "note", "maxLength"), to: 3),
        .set("an answer has a value less", nil, at: kite("properties", "colour", "enum"), to: ["red"]),
        .set("a member of a request comes", nil, at: order("properties", "new"), to: ["type": "string", "default": "x"]),
        .set("a request needs less", nil, at: order("required"), to: []),
        .set("a request takes a value more", nil, at: order("properties", "colour", "enum"), to: ["red", "blue", "x"]),
        .set("a request takes more", nil, at: order("properties", "name", "maxLength"), to: 11),
        .set("a parameter that may be absent comes", nil, at: create("parameters"), to: [["name": "x", "in": "query", "schema": [:]]]),
        .set("a failure comes", nil, at: list("responses", "503"), to: [:]),
        .set("a failure goes", nil, at: list("responses", "404"), to: nil),
        .set("another credential opens it", nil, at: list("security"), to: [["bearerAuth": []], ["apiKey": []]]),
        .set("anybody may come in", nil, at: create("security"), to: []),
        .set("a role more may call it", nil, at: list("x-opencrane-roles"), to: ["viewer", "admin", "owner"]),
    ]

    @Test(arguments: operations + schemas + compatible)
    func findsEachKindOfChange(_ change: Change) {
        var after = Self.sample
        change.edit(&after)
        change.check(DocumentComparison(Self.sample, after).findings)
    }

    @Test func everyRuleHasACase() {
        let cases =
            DefinitionComparisonTests.schemaChanges + DefinitionComparisonTests.definitionChanges + Self.operations + Self.schemas
        let missing = Set(Finding.Rule.allCases).subtracting(cases.compactMap(\.rule))
        #expect(missing.isEmpty, "no test changes: \(missing)")
    }
}
