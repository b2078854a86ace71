import JSONValue
import Testing

@Suite struct DefinitionComparisonTests {
    /// A definition with one of each.
    static let sample: JSON = [
        "spec": [
            "group": "example.org", "scope": "Namespaced",
            "names": [
                "kind": "Kite", "plural": "kites", "singular": "kite", "listKind": "KiteList", "shortNames": ["kt"], "categories": ["all"],
            ],
            "versions": [
                [
                    "name": "v1", "served": true, "storage": true, "subresources": ["status": [:]],
                    "additionalPrinterColumns": [["name": "Colour", "jsonPath": ".spec.colour", "type": "string"]],
                    "schema": ["openAPIV3Schema": ["type": "object", "properties": ["spec": spec]]],
                ],
                ["name": "v0", "served": true, "storage": false, "schema": ["openAPIV3Schema": ["type": "object"]]],
            ],
        ]
    ]

    private static let spec: JSON = [
        "type": "object", "required": ["colour"],
        "properties": [
            "colour": ["type": "string", "enum": ["red", "blue"], "default": "red"],
            "name": ["type": "string", "minLength": 2, "maxLength": 10, "pattern": "^a"],
            "when": ["type": "string", "format": "date-time"],
            "length": ["type": "integer", "minimum": 1, "maximum": 9],
            "free": ["type": "string", "nullable": true],
            "tails": [
                "type": "array", "maxItems": 4, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["id"],
                "items": ["type": "object", "required": ["id"], "properties": ["id": ["type": "string"]]],
            ],
            "labels": ["type": "object", "maxProperties": 4, "additionalProperties": ["type": "string", "maxLength": 63]],
            "extra": ["type": "object", "x-kubernetes-preserve-unknown-fields": true],
            "either": ["anyOf": [["required": ["a"]], ["required": ["b"]]], "type": "object", "properties": ["a": [:], "b": [:]]],
            "fixed": ["type": "string", "x-kubernetes-validations": [["rule": "self == oldSelf", "message": "it cannot change"]]],
        ],
    ]

    private static let spot = ["spec", "versions", "0", "schema", "openAPIV3Schema", "properties", "spec"]
    private static func at(_ path: String...) -> [String] { spot + path }
    private static func member(_ name: String, _ more: String...) -> [String] { spot + ["properties", name] + more }

    static let schemaChanges: [Change] = [
        .set("a member is removed", .memberRemoved, at: member("free"), to: nil, place: ".spec.free"),
        .set(
            "a member of items is removed",
            .memberRemoved,
            at: member("tails", "items", "properties", "id"),
            to: nil,
            place: ".spec.tails[].id"
        ),
        .set("a type changes", .typeChanged, at: member("free", "type"), to: "integer", place: ".spec.free"),
        .set(
            "a type of many members changes",
            .typeChanged,
            at: member("labels", "additionalProperties", "type"),
            to: "integer",
            place: "{}"
        ),
        .set("null is refused", .nullRefused, at: member("free", "nullable"), to: nil),
        .set("a member becomes required", .memberRequired, at: at("required"), to: ["colour", "name"], place: ".spec.name"),
        .set("a value of an enum is removed", .enumNarrowed, at: member("colour", "enum"), to: ["red"]),
        .set("values become limited", .enumAdded, at: member("free", "enum"), to: ["x"]),
        .set("a greatest length gets smaller", .boundTightened, at: member("name", "maxLength"), to: 9),
        .set("a greatest length comes", .boundTightened, at: member("free", "maxLength"), to: 1000),
        .set("a least length gets greater", .boundTightened, at: member("name", "minLength"), to: 3),
        .set("a least length comes", .boundTightened, at: member("free", "minLength"), to: 1),
        .set("a maximum gets smaller", .boundTightened, at: member("length", "maximum"), to: 8),
        .set("a minimum gets greater", .boundTightened, at: member("length", "minimum"), to: 2),
        .set("a minimum is excluded", .boundTightened, at: member("length", "exclusiveMinimum"), to: true),
        .set("fewer items", .boundTightened, at: member("tails", "maxItems"), to: 3),
        .set("fewer members", .boundTightened, at: member("labels", "maxProperties"), to: 3),
        .set("only multiples", .multipleChanged, at: member("length", "multipleOf"), to: 2),
        .set("no item twice", .uniquenessAdded, at: member("tails", "uniqueItems"), to: true),
        .set("another pattern", .patternChanged, at: member("name", "pattern"), to: "^b"),
        .set("a pattern comes", .patternChanged, at: member("free", "pattern"), to: "^b"),
        .set("another format", .formatChanged, at: member("when", "format"), to: "date"),
        .set("another default", .defaultChanged, at: member("colour", "default"), to: "blue"),
        .set("a default goes", .defaultChanged, at: member("colour", "default"), to: nil),
        .set("a default comes", .defaultChanged, at: member("name", "default"), to: "ab"),
        .set("a rule comes", .ruleAdded, at: at("x-kubernetes-validations"), to: [["rule": "has(self.name)"]]),
        .set(
            "a rule that forbids to change comes",
            .ruleAdded,
            at: member("name", "x-kubernetes-validations"),
            to: [["rule": "self == oldSelf"]]
        ),
        .set("free members are pruned", .unknownMembersRefused, at: member("extra", "x-kubernetes-preserve-unknown-fields"), to: nil),
        .set("a free member gets a type", .unknownMembersTyped, at: member("extra", "properties"), to: ["size": ["type": "integer"]]),
        .set("members of any name go", .unknownMembersRefused, at: member("labels", "additionalProperties"), to: nil),
        .set("a list is merged otherwise", .listChanged, at: member("tails", "x-kubernetes-list-type"), to: "atomic"),
        .set("an alternative goes", .alternativesChanged, at: member("either", "anyOf"), to: [["required": ["a"]]]),
        .set("something is forbidden", .alternativesChanged, at: member("free", "not"), to: ["enum": ["x"]]),
    ]

    static let definitionChanges: [Change] = [
        .set("another group", .groupChanged, at: ["spec", "group"], to: "example.com"),
        .set("another scope", .scopeChanged, at: ["spec", "scope"], to: "Cluster"),
        .set("another kind", .namesChanged, at: ["spec", "names", "kind"], to: "Dragon"),
        .set("another plural", .namesChanged, at: ["spec", "names", "plural"], to: "dragons"),
        .set("a short name goes", .aliasRemoved, at: ["spec", "names", "shortNames"], to: [], warning: true),
        .set("a version goes", .versionRemoved, at: ["spec", "versions", "1"], to: nil, place: "v0"),
        .set("a version is not served", .versionRemoved, at: ["spec", "versions", "1", "served"], to: false, place: "v0"),
        .set("another version is stored", .storageChanged, at: ["spec", "versions", "1", "storage"], to: true, warning: true),
        .set("the status goes", .subresourceChanged, at: ["spec", "versions", "0", "subresources"], to: [:]),
        .set("a status of its own comes", .subresourceChanged, at: ["spec", "versions", "1", "subresources"], to: ["status": [:]]),
        .set("a column goes", .columnRemoved, at: ["spec", "versions", "0", "additionalPrinterColumns"], to: [], warning: true),
    ]

    static let compatible: [Change] = [
        .set("nothing", nil, at: ["spec", "group"], to: "example.org"),
        .set("a member comes", nil, at: member("new"), to: ["type": "string", "maxLength": 1, "default": "x"]),
        .set("a required member with a default comes", nil, at: at("required"), to: ["colour"]),
        .set("a member with a default becomes required", nil, at: at("required"), to: []),
        .set("a value of an enum comes", nil, at: member("colour", "enum"), to: ["red", "blue", "green"]),
        .set("any value goes", nil, at: member("colour", "enum"), to: nil),
        .set("a greatest length grows", nil, at: member("name", "maxLength"), to: 11),
        .set("a greatest length goes", nil, at: member("name", "maxLength"), to: nil),
        .set("a least length goes", nil, at: member("name", "minLength"), to: nil),
        .set("a least length of nothing", nil, at: member("free", "minLength"), to: 0),
        .set("a pattern goes", nil, at: member("name", "pattern"), to: nil),
        .set(
            "a rule that lets stand what stood",
            nil,
            at: member("name", "x-kubernetes-validations"),
            to: [
                ["rule": "oldSelf.hasValue() || self != 'x'", "optionalOldSelf": true]
            ]
        ),
        .set("a rule goes", nil, at: member("fixed", "x-kubernetes-validations"), to: []),
        .set("a rule has another text for people", nil, at: member("fixed", "x-kubernetes-validations", "0", "message"), to: "no"),
        .set("a description", nil, at: member("free", "description"), to: "Free."),
        .set("a scale comes", nil, at: ["spec", "versions", "0", "subresources", "scale"], to: ["specReplicasPath": ".spec.length"]),
        .set("a column comes", nil, at: ["spec", "versions", "1", "additionalPrinterColumns"], to: [["name": "Age", "type": "date"]]),
        .set("a short name comes", nil, at: ["spec", "names", "shortNames"], to: ["kt", "kit"]),
    ]

    @Test(arguments: schemaChanges + definitionChanges + compatible)
    func findsEachKindOfChange(_ change: Change) {
        var after = Self.sample
        change.edit(&after)
        change.check(DefinitionComparison(Self.sample, after).findings)
    }

    @Test func aMemberThatComesRequiredBreaksUnlessItHasADefault() {
        var after = Self.sample
        after.set(Self.at("required"), to: ["colour", "new"])
        after.set(Self.member("new"), to: ["type": "string", "default": "x"])
        #expect(DefinitionComparison(Self.sample, after).findings.all.isEmpty)
        after.set(Self.member("new", "default"), to: nil)
        #expect(DefinitionComparison(Self.sample, after).findings.breaking.map(\.rule) == [.memberRequired])
    }
}
