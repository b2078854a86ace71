import ArgumentParser
import JSONValue

/// `oc update TYPE NAME`
struct UpdateCommand<Resource: CLIResource>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: Resource.declaration.singular,
            abstract: Resource.declaration.summary,
            discussion: "What is not given stays as it is. An empty text clears a field.",
            aliases: Resource.declaration.otherWords
        )
    }

    @Argument(
        help: ArgumentHelp("The name, after the names of what it is part of; it may be in the file instead.", valueName: "name"),
        completion: .typeAndNames
    )
    var words: [String] = []

    @OptionGroup var fields: Resource.Fields
    @OptionGroup var input: BodyOptions
    @OptionGroup var wait: WaitOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var server: ServerOptions

    func run() async throws {
        let context = CLIContext.current
        let type = Resource.declaration
        guard let route = type.update else { throw OCError(.usage, code: "BAD_USAGE", "\(type.plural.capitalizedFirst) cannot be changed") }
        if let mediaType = type.mediaType {
            try await upload(route, mediaType, context)
            return
        }
        let documents = try input.bodies(context)
        guard documents.count == 1, var body = documents.first else {
            throw OCError(.usage, code: "BAD_FILE", "\(input.file ?? "") describes more than one object")
        }
        var words = words
        if type.nameMember == "name", route.arity > 0 {
            let named = body["name"]?.stringValue
            if words.count == route.arity - 1, let named { words.append(named) }
            if let named, let last = words.last, named != last {
                throw OCError(.usage, code: "BAD_FILE", "The file describes \(named), not \(last)")
            }
            body["name"] = nil
        }
        guard words.count == route.arity else {
            guard words.count > route.arity else { throw OCError(.usage, code: "NO_NAME", "Say which \(type.singular) to change") }
            throw OCError(.usage, code: "BAD_USAGE", "One \(type.singular) is changed at a time")
        }
        body = RequestBody.changed(body, by: fields.members + input.members, isUpdate: true)
        if let (member, _) = Resource.Fields.secret {
            let isNeeded = Resource.Fields.needsSecret && body[member] == nil
            if let secret = try input.secret(of: Resource.Fields.self, isNeeded: isNeeded, server, context) { body[member] = secret }
        }
        guard body != [:] else {
            throw OCError(.usage, code: "NOTHING_TO_DO", "Say what to change: see `oc update \(type.singular) --help`")
        }
        let client = try server.client(context)
        if type.action("suspend") != nil, body["suspended"] != nil {
            throw OCError(.usage, code: "BAD_USAGE", "Use `oc suspend` and `oc resume`, or `oc apply`, for \"suspended\"")
        }
        let sent = body
        let lookup = NameLookup(reader: ResourceReader(client: client))
        let answer = try await lookup.resolving(type, words) { try await client.send(route.method, route.filled($0), body: sent) }
        context.output(output.renderer(context).write(answer, name: words.last, verb: "updated", of: type))
        if wait.waits(for: type) { try await wait.run(type, [words], ReadinessGoal.ready, client, output, context) }
    }

    /// Sends a file as it is.
    private func upload(_ route: Route, _ mediaType: String, _ context: CLIContext) async throws {
        guard let file = input.file, words.count == route.arity else {
            let names = Resource.declaration.arguments.joined(separator: " ")
            throw OCError(.usage, code: "BAD_USAGE", "Write: oc update \(Resource.declaration.singular) \(names) -f FILE")
        }
        let bytes = try InputFile.read(file, context)
        let answer = try await server.client(context).upload(route.method, route.filled(words), bytes, mediaType: mediaType)
        context.output(output.renderer(context).write(answer, name: words.last, verb: "updated", of: Resource.declaration))
    }
}
