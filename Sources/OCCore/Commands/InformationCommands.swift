import ArgumentParser
import CraneAPI
import JSONValue

/// `oc api-resources`
struct ResourcesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "api-resources", abstract: "Lists the types of objects and their verbs.")

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let context = CLIContext.current
        let types: [JSON] = Catalogue.all.map { type in
            [
                "name": .string(type.plural), "singular": .string(type.singular), "kind": .string(type.kind),
                "aliases": .array(type.aliases.map(JSON.string)), "verbs": .array(type.verbs.map(JSON.string)),
                "summary": .string(type.summary), "arguments": .array(type.arguments.map(JSON.string)),
            ]
        }
        switch output.output {
        case .json: context.output(JSON.array(types).text(pretty: true) + "\n")
        case .yaml: context.output(YAMLText.document(.array(types)))
        case .name: context.output(Catalogue.all.map { $0.plural + "\n" }.joined())
        default:
            let columns = [
                Column("NAME", "name"), Column("SHORTNAMES", "aliases", .list), Column("KIND", "kind"),
                Column("OF", "arguments", .list, wide: true),
                Column("VERBS", "verbs", .list),
            ]
            let table = Table(columns: columns.filter { output.output == .wide || !$0.isWide }, showsTitles: !output.noHeaders)
            context.output(table.text(types, now: context.now()))
        }
    }
}

/// `oc explain TYPE`
struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "explain", abstract: "Shows what a type is, and what can be done with it.")

    @Argument(help: ArgumentHelp("The type.", valueName: "type-and-names"), completion: .typeAndNames)
    var type: String

    func run() async throws {
        let context = CLIContext.current
        let type = try Catalogue.find(type)
        var lines = ["\(type.plural.uppercased()) (\(type.kind))", "  \(type.summary)", "", "WORDS"]
        lines.append("  " + ([type.plural, type.singular] + type.aliases).joined(separator: ", "))
        lines += ["", "COMMANDS"]
        for verb in type.verbs {
            let takesAll = ["get", "watch"].contains(verb) && type.list != nil
            let parents = type.arguments.dropLast().joined(separator: " ")
            let words =
                switch verb {
                case "apply", "diff": "-f FILE"
                case "drift", "repair", "backfill", "cleanup": type.plural
                case "approve" where type.singular == "skill", "reject": "\(type.singular) ID PROMOTION"
                case "chat": type.arguments.first.map { "\($0) MESSAGE" } ?? ""
                case "create": [type.singular, parents, "…"].filter { !$0.isEmpty }.joined(separator: " ")
                default:
                    [type.singular, parents, takesAll ? "[\(type.arguments.last ?? "")…]" : type.arguments.last ?? ""]
                        .filter { !$0.isEmpty && $0 != "[…]" }.joined(separator: " ")
                }
            lines.append("  oc \(verb) \(words)")
        }
        if !type.filters.isEmpty { lines += ["", "FILTERS", "  " + type.filters.map { "--\($0.option)" }.joined(separator: ", ")] }
        context.output(lines.joined(separator: "\n") + "\n")
    }
}

/// `oc whoami`
struct WhoamiCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "whoami", abstract: "Shows who the server takes you for.")

    @OptionGroup var output: OutputOptions
    @OptionGroup var server: ServerOptions

    func run() async throws {
        let context = CLIContext.current
        let status = try await server.client(context).send("GET", "/auth/me")
        switch output.output {
        case .json: context.output(status.text(pretty: true) + "\n")
        case .yaml: context.output(YAMLText.document(status))
        default:
            context.output((status[at: ["user", "email"]]?.stringValue ?? status[at: ["user", "sub"]]?.stringValue ?? "nobody") + "\n")
        }
    }
}
