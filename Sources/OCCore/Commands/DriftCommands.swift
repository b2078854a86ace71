import ArgumentParser
import JSONValue

/// `oc drift TYPE`
struct DriftCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drift",
        abstract: "Shows where the database differs from the cluster.",
        discussion: "TYPE is tenants or policies."
    )

    @Argument(help: ArgumentHelp("The type.", valueName: "type-and-names"), completion: .typeAndNames)
    var type: String

    @OptionGroup var output: OutputOptions
    @OptionGroup var server: ServerOptions

    func run() async throws {
        let context = CLIContext.current
        let type = try Catalogue.find(type)
        guard let route = type.action("drift")?.route else { throw ActionTable.refusal("drift", of: type) }
        let report = try await server.client(context).send(route.method, route.path)
        context.output(output.renderer(context).report(report, rows: "mismatches", columns: ResourceDeclaration.driftColumns, of: type))
        guard output.output == .table || output.output == .wide else { return }
        let summary = report["summary"] ?? [:]
        let counts = ["driftCount", "sourceCount", "projectionCount"].map { summary[$0]?.integerValue ?? 0 }
        context.errors("\(counts[0]) of \(counts[1]) \(type.plural) drifted (\(counts[2]) rows)\n")
    }
}

/// `oc repair TYPE`
struct RepairCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repair",
        abstract: "Mends the database's rows of a type.",
        discussion: "TYPE is tenants or policies. Without --apply it only shows what it would do."
    )

    @Argument(help: ArgumentHelp("The type.", valueName: "type-and-names"), completion: .typeAndNames)
    var type: String

    @Flag(help: "Do it, instead of showing what would be done.")
    var apply = false

    @OptionGroup var output: OutputOptions
    @OptionGroup var server: ServerOptions

    func run() async throws {
        let context = CLIContext.current
        let type = try Catalogue.find(type)
        guard let route = type.action("repair")?.route else { throw ActionTable.refusal("repair", of: type) }
        let report = try await server.client(context)
            .send(route.method, route.path, query: [("dryRun", apply ? "false" : "true")])
        context.output(output.renderer(context).report(report, rows: "entries", columns: ResourceDeclaration.repairColumns, of: type))
        guard output.output == .table || output.output == .wide else { return }
        let repaired = report["repairedCount"]?.integerValue ?? 0
        let skipped = report["skippedCount"]?.integerValue ?? 0
        let hint = apply || repaired == 0 ? "" : "; run again with --apply to do it"
        context.errors("\(repaired) rows \(apply ? "repaired" : "to repair"), \(skipped) skipped\(hint)\n")
    }
}
