import JSONValue
import Schema
import Testing

@testable import LocalCluster

@Suite struct CELTests {
    private static let names: [String: CELType] = [
        "self": .object([
            "size": .int, "name": .string, "tags": .list(.string), "labels": .map(.string, .string), "when": .timestamp, "ratio": .double,
            "items": .list(.object(["n": .int])), "any": .dyn,
        ]),
        "oldSelf": .dyn,
    ]
    private static let values: [String: CELValue] = [
        "self": .map([
            .string("size"): .int(3), .string("name"): .string("Añb"), .string("tags"): .list([.string("a"), .string("b")]),
            .string("labels"): .map([.string("k"): .string("v")]), .string("ratio"): .double(0.5),
            .string("items"): .list([.map([.string("n"): .int(1)]), .map([.string("n"): .int(2)])]), .string("any"): .int(7),
        ]),
        "oldSelf": .map([.string("size"): .int(2)]),
    ]

    private func evaluate(_ text: String) throws -> CELValue {
        var budget = 100_000
        return try CELProgram(parsing: text, variables: Self.names).evaluate(Self.values, budget: &budget)
    }

    @Test(arguments: [
        "1 + 2 * 3 == 7", "(1 + 2) * 3 == 9", "7 % 4 == 3 && -7 / 2 == -3", "!false && (true || 1 / 0 == 1)", "1 / 0 == 1 || true",
        "self.size > 2 ? true : false", "self.size in [1, 2, 3]", "'k' in self.labels", "!('x' in self.labels)", "has(self.size)",
        "!has(self.when)", "self.labels.k == 'v' && self.labels['k'] == 'v'", "self.tags[1] == 'b'", "size(self.tags) == 2",
        "self.name.size() == 3",
        "self.tags.all(t, t.size() == 1)", "self.tags.exists(t, t == 'b')", "self.tags.exists_one(t, t == 'a')",
        "self.labels.all(k, self.labels[k] == 'v')",
        "self.tags.map(t, t + '!') == ['a!', 'b!']", "self.items.filter(i, i.n > 1).map(i, i.n) == [2]",
        "self.items.map(i, i.n > 1, i.n * 10) == [20]",
        "'abc'.startsWith('ab') && 'abc'.endsWith('bc') && 'abc'.contains('b')", "'AbC'.lowerAscii() == 'abc'",
        "'a,b'.split(',') == ['a', 'b']",
        "['a', 'b'].join('-') == 'a-b'", "'abc'.substring(1, 2) == 'b'", "'hello'.replace('l', 'L', 1) == 'heLlo'", "'  x '.trim() == 'x'",
        "'abc'.indexOf('c') == 2 && 'abc'.charAt(0) == 'a'", "'a1b22'.findAll('[0-9]+') == ['1', '22']", "'abc'.matches('^a.c$')",
        "matches('xabcx', 'b')",
        "int('12') == 12 && string(12) == '12' && double('1.5') == 1.5", "type(1) == int", "dyn(1) == 1.0", "dyn(1) == 1u",
        "self.ratio < 1", "[1, 2] + [3] == [1, 2, 3]",
        "{'a': 1}.a == 1", "duration('1h30m') > duration('89m')",
        "timestamp('2026-01-01T00:00:00Z') + duration('24h') == timestamp('2026-01-02T00:00:00Z')",
        "timestamp('2026-01-01T00:00:00Z').getFullYear() == 2026", "timestamp('2026-01-01T00:00:00Z').getDayOfWeek() == 4",
        "'%s is %d of %.2f%% %x %b %s'.format(['a', 3, 0.5, 255, 5, [1, 2]]) == 'a is 3 of 0.50% ff 101 [1, 2]'",
        "sets.contains([1, 2, 3], [2, 1]) && !sets.contains([1], [2])", "sets.equivalent([1, 1], [1]) && sets.intersects([1, 2], [2, 3])",
        "isIP('10.0.0.1') && isIP('::1') && !isIP('10.0.0.256') && isCIDR('10.0.0.0/8') && !isCIDR('10.0.0.0')",
        "oldSelf.size < self.size", "cel.bind(x, self.size, x * x == 9)", "[3, 1, 2].max() == 3 && [1, 2].sum() == 3 && [1, 2].isSorted()",
        "optional.of(1).hasValue() && optional.none().orValue(2) == 2",
        "self.?when.orValue(timestamp('2026-01-01T00:00:00Z')).getMonth() == 0",
        "quantity('1Gi').isGreaterThan(quantity('1000M'))", "!isQuantity('lots')", "0x10 == 16 && 1e3 == 1000.0", "r'\\d' == '\\\\d'",
        "'\\u0041' == 'A'",
        "b'abc' == bytes('abc')", "'''a'b''' == \"a'b\"", "null == null", "self.any == 7", "[].all(x, x > 1)",
        "string(duration('90s')) == '90s'",
        "-9223372036854775808 < 0", "true // comment",
    ])
    func holds(text: String) throws { #expect(try evaluate(text) == .bool(true)) }

    @Test(arguments: [
        ("self.nothing > 1", "undefined field 'nothing'", 4), ("size + 1", "undeclared reference to 'size' (in container '')", 0),
        ("self.size + 'a'", "found no matching overload for '_+_' applied to '(int, string)'", 10),
        ("self.size == 'a'", "found no matching overload for '_==_' applied to '(int, string)'", 10),
        ("self.name.nope()", "undeclared reference to 'nope' (in container '')", 14),
        ("self.tags.all(t, t)", "found no matching overload for 'all' applied to 'string'", 13),
        ("self.size.all(t, true)", "expression of type 'int' cannot be range of a comprehension", 4),
        ("'a' in self.items", "found no matching overload for '@in' applied to '(string, list(object))'", 4),
        ("self.tags['a']", "found no matching overload for '_[_]' applied to '(list(string), string)'", 9),
        ("true ? 1 : 'a'", "found no matching overload for '_?_:_' applied to '(bool, int, string)'", 5),
    ])
    func typesAreChecked(text: String, message: String, offset: Int) {
        #expect(throws: CELError(.types, message, at: offset)) { try CELProgram(parsing: text, variables: Self.names) }
    }

    @Test(arguments: [
        "", "1 +", "(1", "[1, 2", "'abc", "a..b", "1 2", "for", "has(1)", "self.all(1, true)", "#", "{'a' 1}", "'\\q'",
        "99999999999999999999",
    ])
    func syntaxIsChecked(text: String) {
        let error = #expect(throws: CELError.self) { try CELProgram(parsing: text, variables: Self.names) }
        #expect(error?.code == .syntax)
    }

    @Test(arguments: [
        ("1 / 0 == 1", "division by zero"), ("9223372036854775807 + 1 > 0", "integer overflow"), ("[1][2] == 1", "index out of bounds: 2"),
        ("self.labels.x == ''", "no such key: x"), ("self.when == self.when", "no such key: when"),
        ("'a'.charAt(5) == ''", "index out of range: 5"),
        ("'a'.matches('(?=b)')", "error parsing regexp: invalid or unsupported Perl syntax: `(?=`"),
        ("[].max() == 1", "max called on empty list"),
        ("int('x') == 1", "type conversion error from 'string' to 'int'"), ("self.tags.all(t, 1 / 0 == 1)", "division by zero"),
    ])
    func failuresHaveAReason(text: String, message: String) {
        #expect(throws: CELError(.evaluation, message)) { try evaluate(text) }
    }

    @Test func evaluationIsBounded() {
        let list = "[1,2,3,4,5,6,7,8,9,10]"
        let text =
            "\(list).all(a, \(list).all(b, \(list).all(c, \(list).all(d, \(list).all(e, \(list).all(f, a + b + c + d + e + f > 0))))))"
        let error = #expect(throws: CELError.self) { try evaluate(text) }
        #expect(error?.code == .budget)
        let deep = #expect(throws: CELError.self) {
            try evaluate(String(repeating: "(", count: 1000) + "1" + String(repeating: ")", count: 1000))
        }
        #expect(deep?.code == .budget)
    }

    @Test func errorsShowTheirPlace() {
        let error = CELError(.types, "undefined field 'b'", at: 9)
        #expect(error.rendered(source: "true &&\na.b") == "ERROR: <input>:2:2: undefined field 'b'\n | a.b\n | .^")
    }

    // MARK: Rules of schemas

    private func rules(_ json: String) throws -> CELRuleSet { CELRuleSet(schema: try JSONSchema(parsing: try JSON(parsing: json))) }

    @Test func rulesAreEvaluatedWhereTheyStand() throws {
        let set = try rules(
            """
            {"type":"object","properties":{"spec":{"type":"object","properties":{
              "a-b":{"type":"integer"},"ports":{"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["name"],"items":{"type":"object",
                "properties":{"name":{"type":"string"},"port":{"type":"integer"}},"x-kubernetes-validations":[
                  {"rule":"self.port > 0","messageExpression":"'port of ' + self.name"},{"rule":"self.port >= oldSelf.port","reason":"FieldValueForbidden","fieldPath":".port"}]}},
              "m":{"type":"object","additionalProperties":{"type":"string","x-kubernetes-validations":[{"rule":"self != 'x'"}]}}},
              "x-kubernetes-validations":[{"rule":"self.a__dash__b < 5","message":"too large"}]}}}
            """
        )
        #expect(set.problems == [])
        let old = try JSON(parsing: #"{"spec":{"a-b":1,"ports":[{"name":"q","port":9},{"name":"p","port":5}]}}"#)
        let new = try JSON(parsing: #"{"spec":{"a-b":7,"ports":[{"name":"p","port":3},{"name":"r","port":0}],"m":{"k":"x"}}}"#)
        let errors = set.violations(new: new, old: old)
        #expect(
            errors.map(\.text) == [
                "spec: Invalid value: too large", "spec.m[k]: Invalid value: failed rule: self != 'x'",
                "spec.ports[0].port: Forbidden: failed rule: self.port >= oldSelf.port", "spec.ports[1]: Invalid value: port of r",
            ]
        )
        #expect(set.violations(new: old, old: nil).isEmpty)
    }

    @Test func transitionRulesNeedAnOldValueUnlessTheySayOtherwise() throws {
        let set = try rules(
            """
            {"type":"object","properties":{"a":{"type":"string","x-kubernetes-validations":[
              {"rule":"self == oldSelf","message":"immutable"},
              {"rule":"oldSelf.hasValue() || self == 'first'","optionalOldSelf":true,"message":"must begin as first"}]}}}
            """
        )
        #expect(set.violations(new: ["a": "first"], old: nil).isEmpty)
        #expect(set.violations(new: ["a": "other"], old: nil).map(\.message) == ["Invalid value: must begin as first"])
        #expect(set.violations(new: ["a": "other"], old: ["a": "first"]).map(\.message) == ["Invalid value: immutable"])
        #expect(set.violations(new: ["a": "other"], old: [:]).map(\.message) == ["Invalid value: must begin as first"])
    }

    @Test func rulesThatDoNotCompileAreNamed() throws {
        let set = try rules(
            """
            {"type":"object","properties":{"a":{"type":"array","items":{"type":"object","properties":{"b":{"type":"string"}},
              "x-kubernetes-validations":[{"rule":"self.b"},{"rule":"true","messageExpression":"1"},{"rule":"self.b == 'x'","reason":"Odd"}]}}}}
            """
        )
        #expect(
            set.problems.map(\.location) == [
                "properties[a].items.x-kubernetes-validations[0].rule", "properties[a].items.x-kubernetes-validations[1].messageExpression",
                "properties[a].items.x-kubernetes-validations[2].reason",
            ]
        )
    }
}
