import ArgumentParser
import JSONValue

/// `oc KIND list`
struct ListCommand<Resource: CLIResource>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "list", abstract: "Lists \(Resource.declaration.plural).", aliases: ["ls"])
    }

    @OptionGroup var filters: Resource.Filters
    @OptionGroup var output: OutputOptions
    @OptionGroup var server: ServerOptions

    func run() async throws {
        let context = CLIContext.current
        let objects = try await server.client(context).list(Resource.declaration.path, query: filters.query)
        if objects.isEmpty, output.output != .json, output.output != .yaml {
            context.errors("No \(Resource.declaration.plural) found\n")
            return
        }
        context.output(output.renderer(context).list(objects, of: Resource.declaration))
    }
}

/// `oc KIND get NAME…`; without a name, the list.
struct GetCommand<Resource: CLIResource>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "get",
            abstract: "Shows \(Resource.declaration.plural) by name, or all of them.",
            aliases: ["show"]
        )
    }

    @Argument(help: "The names.")
    var names: [String] = []

    @OptionGroup var output: OutputOptions
    @OptionGroup var server: ServerOptions

    func run() async throws {
        let context = CLIContext.current
        let kind = Resource.declaration
        let client = try server.client(context)
        let renderer = output.renderer(context)
        guard !names.isEmpty else {
            let objects = try await client.list(kind.path)
            if objects.isEmpty, output.output != .json, output.output != .yaml { context.errors("No \(kind.plural) found\n") }
            context.output(renderer.list(objects, of: kind))
            return
        }
        var objects: [JSON] = []
        for name in names { objects.append(try await client.send("GET", kind.path(name))) }
        context.output(objects.count == 1 ? renderer.object(objects[0], of: kind) : renderer.list(objects, of: kind))
    }
}

/// `oc KIND status NAME`
struct StatusCommand<Resource: CLIResource>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "status", abstract: "Shows how a \(Resource.declaration.singular) is doing.")
    }

    @Argument(help: "The name.")
    var name: String

    @OptionGroup var output: OutputOptions
    @OptionGroup var server: ServerOptions

    func run() async throws {
        let context = CLIContext.current
        let kind = Resource.declaration
        let client = try server.client(context)
        let status: JSON
        if Resource.self == ClusterTenantResource.self {
            status = try await client.send("GET", kind.path(name, "status"))
        } else {
            let object = try await client.send("GET", kind.path(name))
            var members: JSON = [:]
            for key in ["phase", "suspended", "ingressHost", "message"] { members[key] = object[key] }
            status = members
        }
        context.output(output.renderer(context).status(status, name: name, of: kind))
    }
}

/// `oc KIND drift`
struct DriftCommand<Resource: CLIResource>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "drift",
            abstract: "Shows where the database differs from the cluster's \(Resource.declaration.plural)."
        )
    }

    @OptionGroup var output: OutputOptions
    @OptionGroup var server: ServerOptions

    func run() async throws {
        let context = CLIContext.current
        let kind = Resource.declaration
        let report = try await server.client(context).send("GET", "\(kind.path)/drift")
        context.output(
            output.renderer(context).report(report, rows: "mismatches", columns: ResourceDeclaration.driftColumns, of: kind)
        )
        guard output.output == .table || output.output == .wide else { return }
        let summary = report["summary"] ?? [:]
        let counts = ["driftCount", "sourceCount", "projectionCount"].map { summary[$0]?.integerValue ?? 0 }
        context.errors("\(counts[0]) of \(counts[1]) \(kind.plural) drifted (\(counts[2]) rows)\n")
    }
}

/// `oc KIND repair`
struct RepairCommand<Resource: CLIResource>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "repair",
            abstract: "Mends the database's rows of \(Resource.declaration.plural).",
            discussion: "Without --apply it only shows what it would do."
        )
    }

    @Flag(help: "Do it, instead of showing what would be done.")
    var apply = false

    @OptionGroup var output: OutputOptions
    @OptionGroup var server: ServerOptions

    func run() async throws {
        let context = CLIContext.current
        let kind = Resource.declaration
        let report = try await server.client(context)
            .send("POST", "\(kind.path)/repair", query: [("dryRun", apply ? "false" : "true")])
        context.output(output.renderer(context).report(report, rows: "entries", columns: ResourceDeclaration.repairColumns, of: kind))
        guard output.output == .table || output.output == .wide else { return }
        let repaired = report["repairedCount"]?.integerValue ?? 0
        let skipped = report["skippedCount"]?.integerValue ?? 0
        let hint = apply || repaired == 0 ? "" : "; run again with --apply to do it"
        context.errors("\(repaired) rows \(apply ? "repaired" : "to repair"), \(skipped) skipped\(hint)\n")
    }
}
