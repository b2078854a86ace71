import Testing

@testable import OperatorRuntime

@Suite struct EventNoteTests {
    @Test(
        arguments: [
            ("short", 10, "short"), ("abcdef", 3, "abc"), ("aé", 2, "a"), ("aé", 3, "aé"), ("ab👩‍👩‍👧", 10, "ab"), ("é", 0, ""),
        ]
    )
    func isCutBetweenCharacters(text: String, limit: Int, expected: String) {
        #expect(text.prefix(utf8: limit) == expected)
    }
}
