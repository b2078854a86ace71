import CraneAPI
import Foundation
import JSONValue
import Testing
import Yams

@Suite struct YAMLTextTests {
    @Test(
        arguments: [
            ["a": 1, "b": [1, "x", ["c": [], "d": [:]]], "e": ["f": ["g": .null]]], [["a": [["b": 1]]], [[1, 2], []], "x"], "plain", [:],
            [],
            [
                "yes": "no", "on": "null", "1": "1", "true": "a: b", "x": "a #b", "y": "- a", "z": "", "w": "two\nlines",
                "v": "ünï \"q\" \\ ", "u": "a:", "t": "*x", "s": "0x1f", "r": "1e3", "q": "~", "p": " lead",
            ],
            [
                "t": "2026-01-01", "f": 1.5, "b": true, "g": "{a}", "h": "[a]", "i": "%a", "j": "@a", "k": "`a", "l": "!a", "m": "|",
                "n": ">", "o": "=", "pp": "<<",
            ],
        ] as [JSON]
    )
    func readsBackAsTheSame(value: JSON) throws {
        let loaded = try #require(try Yams.load(yaml: YAMLText.document(value)))
        let data = try JSONSerialization.data(withJSONObject: loaded, options: [.fragmentsAllowed])
        #expect(try JSON(parsing: data) == value, "\(YAMLText.document(value))")
    }

    @Test func looksLikeKubectl() {
        let text = YAMLText.document(["metadata": ["name": "a"], "items": [["b": 1, "a": [1]], "x"], "empty": [:]])
        #expect(text == "empty: {}\nitems:\n- a:\n  - 1\n  b: 1\n- x\nmetadata:\n  name: a\n")
    }
}
