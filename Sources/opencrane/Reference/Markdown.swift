/// Parts of Markdown pages.
enum Markdown {
    /// A table; blank without rows.
    ///
    /// - Parameters:
    ///   - head: titles of the columns.
    ///   - rows: cells; what would end a cell is escaped.
    static func table(_ head: [String], _ rows: [[String]]) -> String {
        guard !rows.isEmpty else { return "" }
        let lines = [head, head.map { _ in "---" }] + rows.map { $0.map(cell) }
        return lines.map { "| \($0.joined(separator: " | ")) |\n" }.joined()
    }

    /// Text in a cell.
    static func cell(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: true).joined(separator: " ").replacing("|", with: "\\|")
    }

    /// Text as code; blank stays blank.
    static func code(_ text: String) -> String { text.isEmpty ? "" : "`\(text)`" }
}
