import ArgumentParser
import JSONValue

/// `oc get TYPE [NAME…]`
struct GetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Shows objects of a type: all of them, or those named.",
        discussion: """
            Examples:
              oc get tenants
              oc get tenant mia -o yaml
              oc get tenants,policies
              oc get tenant/mia cluster-tenant/corp
              oc get tenants --watch
              oc get credentials jira        (of the MCP server jira)
            """
    )

    @Argument(help: ArgumentHelp("The type, and names; or TYPE/NAME for each.", valueName: "type-and-names"), completion: .typeAndNames)
    var words: [String] = []

    @Flag(name: .shortAndLong, help: "Go on, and show what changes.")
    var watch = false

    @OptionGroup var pace: WatchOptions
    @OptionGroup var filters: FilterOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var server: ServerOptions

    func run() async throws {
        let context = CLIContext.current
        let targets = Target.merged(try Target.read(words))
        let queries = try targets.map { try filters.query(for: $0.type) }
        let reader = ResourceReader(client: try server.client(context))
        if watch {
            guard targets.count == 1 else { throw OCError(.usage, code: "BAD_USAGE", "One type is watched at a time") }
            try await ObjectWatch(target: targets[0], query: queries[0], reader: reader, pace: pace, output: output, context: context).run()
            return
        }
        var batch = Batch(targets.reduce(0) { $0 + max(1, $1.names.count) }, context)
        var found: [(target: Target, objects: [JSON])] = []
        for (target, query) in zip(targets, queries) {
            var objects: [JSON] = []
            for part in target.parts {
                try await batch.run { objects += try await reader.read(part, query: query, limit: filters.limit) }
            }
            found.append((target, objects.filter { !$0.isNull }))
        }
        show(found, context)
        try batch.finish()
    }

    private func show(_ found: [(target: Target, objects: [JSON])], _ context: CLIContext) {
        var renderer = output.renderer(context)
        let isData = output.output == .json || output.output == .yaml
        // Of several types one document is made, in which each object says what it is.
        if isData, found.count > 1 {
            let objects = found.flatMap { target, objects in objects.map { $0.saying(kind: target.type.kind) } }
            context.output(renderer.list(objects, of: found[0].target.type))
            return
        }
        var isFirst = true
        for (target, objects) in found {
            let isNamed = !target.names.isEmpty
            if objects.isEmpty, !isData {
                if !isNamed { context.errors("No \(target.type.plural) found\n") }
                continue
            }
            if !isFirst, !isData, output.output != .name { context.output("\n") }
            isFirst = false
            renderer.parents = target.parents
            let isOne = objects.count == 1 && (target.names.count == 1 || target.type.arguments.isEmpty)
            // What is read to be edited says its kind, so that it can be applied.
            let shown = output.output == .yaml && target.type.update != nil ? objects.map { $0.saying(kind: target.type.kind) } : objects
            context.output(isOne ? renderer.object(shown[0], of: target.type) : renderer.list(shown, of: target.type))
        }
    }
}

extension JSON {
    /// The object with its kind, if it has members.
    fileprivate func saying(kind: String) -> JSON {
        guard objectValue != nil else { return self }
        var object = self
        object["kind"] = .string(kind)
        return object
    }
}

/// Options that narrow a list. A type takes those it has; another one is refused.
struct FilterOptions: ParsableArguments {
    @Option(help: "Only of this cluster tenant.")
    var clusterTenant: String?
    @Option(help: "Only of this team.")
    var team: String?
    @Option(help: "Only in this phase.")
    var phase: String?
    @Option(help: "Only with this status.")
    var status: String?
    @Option(help: "Only of this tenant.")
    var tenant: String?
    @Option(help: "Only what this person or program did (audit).")
    var actor: String?
    @Option(help: "Only what was done to this object, as in Tenant/mia (audit).")
    var resource: String?
    @Option(help: "Only of this severity (participation).")
    var severity: String?
    @Option(help: "Only on this board (agents).")
    var board: String?
    @Option(help: "Only on this gateway (agents).")
    var gateway: String?
    @Option(help: "Only on this plan (fleet-tenants).")
    var plan: String?
    @Option(help: "Only of this organization (fleet-tenants).")
    var organization: String?
    @Option(help: "Of this principal (session-scope).")
    var principal: String?
    @Option(help: "The issuer to look at (dns).")
    var issuerName: String?
    @Option(help: "The last so many days (usage).")
    var days: Int?
    @Flag(help: "Also those that are revoked or have expired (api-keys).")
    var includeEnded = false
    @Option(help: "Show at most so many.")
    var limit: Int?

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit must be at least 1") }
    }

    /// The query parameters for a type.
    ///
    /// - Throws: ``OCError`` (usage) when an option is given that the type does not have.
    func query(for type: ResourceDeclaration) throws(OCError) -> [(String, String)] {
        let given: [(option: String, value: String?)] = [
            ("cluster-tenant", clusterTenant), ("team", team), ("phase", phase), ("status", status), ("tenant", tenant), ("actor", actor),
            ("resource", resource), ("severity", severity), ("board", board), ("gateway", gateway), ("plan", plan),
            ("organization", organization), ("principal", principal), ("issuer-name", issuerName), ("days", days.map { String($0) }),
            ("include-ended", includeEnded ? "true" : nil),
        ]
        var query: [(String, String)] = []
        for (option, value) in given {
            guard let value else { continue }
            guard let filter = type.filters.first(where: { $0.option == option }) else {
                let known = type.filters.map { "--\($0.option)" }.joined(separator: ", ")
                throw OCError(
                    .usage,
                    code: "BAD_USAGE",
                    "\(type.plural.capitalizedFirst) cannot be narrowed by --\(option)" + (known.isEmpty ? "" : "; by \(known)")
                )
            }
            query.append((filter.parameter, value))
        }
        return query
    }
}
