import ArgumentParser

/// The page of `docs/` that says what every command is for.
enum ReferencePage {
    /// The page in Markdown.
    static var text: String {
        var lines = [
            "# Commands", "",
            "Every type and every operation, made from the declarations by `oc reference`. How the commands work is in [The command line](../oc.md).",
            "", "## Types", "", "| Type | Words | Of | Verbs | What it is |", "| --- | --- | --- | --- | --- |",
        ]
        for type in Catalogue.all {
            let words = ([type.singular] + type.aliases).filter { $0 != type.plural }.map { "`\($0)`" }.joined(separator: ", ")
            let verbs = type.verbs.map { "`\($0)`" }.joined(separator: ", ")
            lines.append("| `\(type.plural)` | \(words) | \(type.arguments.joined(separator: " ")) | \(verbs) | \(type.summary) |")
        }
        lines += ["", "## Operations", "", "| Operation | Command |", "| --- | --- |"]
        for row in OperationTable.rows {
            let note = row.reason.map { ": \($0)" } ?? ""
            let parts = row.operation.split(separator: " ", maxSplits: 1)
            lines.append("| `\(parts[0].uppercased()) \(parts.last ?? "")` | `\(row.command)`\(note) |")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

/// `oc reference`
struct ReferenceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reference",
        abstract: "Writes the page of all types and operations.",
        shouldDisplay: false
    )

    func run() async throws { CLIContext.current.output(ReferencePage.text) }
}
