import JSONValue
import Testing

@Suite("JSON values")
struct JSONValueTests {
    @Test("Members are read, set and removed by key and by path")
    func members() {
        var value: JSON = ["a": ["b": [1, 2]]]
        #expect(value["a"]?["b"]?[1] == 2)
        #expect(value[at: ["a", "b"]] == [1, 2])
        #expect(value[at: ["a", "x", "y"]] == nil)
        value[at: ["a", "x", "y"]] = "deep"
        #expect(value == ["a": ["b": [1, 2], "x": ["y": "deep"]]])
        value[at: ["a", "x"]] = nil
        value[at: ["q", "r"]] = nil
        #expect(value == ["a": ["b": [1, 2]]])
        value["a"]?["b"]?[0] = "changed"
        #expect(value == ["a": ["b": ["changed", 2]]])
        var text: JSON = "text"
        text["a"] = 1
        #expect(text == ["a": 1])
    }

    @Test("Accessors answer only for their own kind")
    func accessors() {
        #expect(JSON.integer(2).numberValue == 2)
        #expect(JSON.number(2).integerValue == 2)
        #expect(JSON.number(2.5).integerValue == nil)
        #expect(JSON.string("2").integerValue == nil)
        #expect(JSON.number(1e300).integerValue == nil)
        #expect(JSON.null.isNull)
        #expect(JSON.bool(false).boolValue == false)
    }

    @Test("Text has sorted keys, and can be indented")
    func text() {
        let value: JSON = ["b": [], "a": [1, ["c": .null]], "e": [:], "d": "\u{1}\"\n"]
        #expect(value.text() == #"{"a":[1,{"c":null}],"b":[],"d":"\u0001\"\n","e":{}}"#)
        let nested: JSON = ["x": [1], "y": [:]]
        #expect(nested.text(pretty: true) == "{\n  \"x\": [\n    1\n  ],\n  \"y\": {}\n}")
        #expect(JSON.number(.infinity).text() == "null")
    }
}
