import ArgumentParser
import JSONValue

/// `oc create TYPE [NAME]`
struct CreateCommand<Resource: CLIResource>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: Resource.declaration.singular,
            abstract: Resource.declaration.summary,
            discussion:
                "From options, from a file, or from both: options win. A file holds the fields, or a Kubernetes object; it may hold several.",
            aliases: Resource.declaration.otherWords
        )
    }

    @Argument(help: ArgumentHelp("The name, after the names of what it is part of.", valueName: "name"))
    var words: [String] = []

    @Option(name: .customLong("name"), help: "The name, if not given as an argument.")
    var namedName: String?

    @OptionGroup var fields: Resource.Fields
    @OptionGroup var input: BodyOptions
    @OptionGroup var wait: WaitOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var server: ServerOptions

    func run() async throws {
        let context = CLIContext.current
        let type = Resource.declaration
        guard let route = type.create else { throw OCError(.usage, code: "BAD_USAGE", "\(type.plural.capitalizedFirst) cannot be created") }
        let parents = Array(words.prefix(route.arity))
        let own = Array(words.dropFirst(route.arity))
        guard parents.count == route.arity, own.count <= (Resource.createdName == nil ? 0 : 1) else {
            let expected = type.arguments.prefix(route.arity) + (Resource.createdName == nil ? [] : ["[NAME]"])
            throw OCError(.usage, code: "BAD_USAGE", "Write: oc create \(type.singular) \(expected.joined(separator: " "))")
        }
        let name = own.first ?? namedName
        var bodies = try input.bodies(context)
        guard bodies.count == 1 || name == nil else {
            throw OCError(.usage, code: "BAD_USAGE", "A name cannot be given for several objects at once")
        }
        bodies = try bodies.map { body in
            var body = RequestBody.changed(body, by: fields.members + input.members, isUpdate: false)
            if let member = Resource.createdName {
                if let name { body[member] = .string(name) }
                guard body[member]?.stringValue?.isEmpty == false else {
                    throw OCError(.usage, code: "NO_NAME", "The \(type.singular) needs a name")
                }
            }
            return body
        }
        if let (member, _) = Resource.Fields.secret {
            let isThere = bodies[0][member] != nil
            let secret = try input.secret(of: Resource.Fields.self, isNeeded: Resource.Fields.needsSecret && !isThere, server, context)
            if let secret { bodies[0][member] = secret }
        }
        let client = try server.client(context)
        let waits = wait.waits(for: type)
        var batch = Batch(bodies.count, context)
        for body in bodies { try await batch.run { try await create(route, parents, body, client, waits, context) } }
        try batch.finish()
    }

    private func create(
        _ route: Route,
        _ parents: [String],
        _ body: JSON,
        _ client: APIClient,
        _ waits: Bool,
        _ context: CLIContext
    ) async throws {
        let type = Resource.declaration
        let lookup = NameLookup(reader: ResourceReader(client: client))
        let suspends = body["suspended"] == true && type.action("suspend") != nil
        var body = body
        if type.action("suspend") != nil { body["suspended"] = nil }
        let sent = body
        let answer = try await lookup.parents(of: type, parents) { try await client.send(route.method, route.filled($0), body: sent) }
        let written = WrittenObject(type: type, answer: answer, body: body, createdName: Resource.createdName)
        written.show(verb: "created", output, context)
        if suspends { try await Suspension(client: client).set(true, type, parents + [written.name]) }
        if waits { try await wait.run(type, [parents + [written.name]], suspends ? Suspension.goal : .ready, client, output, context) }
    }
}

extension WaitOptions {
    /// Whether to wait: types that are ready or not are waited for, others are done at once.
    func waits(for type: ResourceDeclaration) -> Bool { wait && type.readiness != nil }
}

/// What a creation's answer tells: the new object's name, and what is shown this once.
struct WrittenObject {
    var type: ResourceDeclaration
    var answer: JSON
    var body: JSON
    var createdName: String?

    /// The object in the answer: it may be wrapped.
    private var object: JSON { type.element.flatMap { answer[$0] } ?? answer }

    /// The name by which the object is found from now on.
    var name: String {
        if createdName == type.nameMember, let given = body[type.nameMember]?.stringValue { return given }
        return (type.createdMember.flatMap { answer[$0] } ?? object[type.nameMember]).map { $0.stringValue ?? $0.text() }
            ?? createdName.flatMap { body[$0]?.stringValue } ?? ""
    }

    /// Says what was done. A secret that is shown this once stands alone on standard output, so that it can be piped.
    func show(verb: String, _ output: OutputOptions, _ context: CLIContext) {
        let text = output.renderer(context).write(answer, name: type.arguments.isEmpty ? nil : name, verb: verb, of: type)
        guard let member = type.revealed, let secret = output.secret(answer, member) else {
            type.revealed == nil ? context.output(text) : context.reveal(text)
            return
        }
        context.errors(text + "It is shown this once:\n")
        context.reveal(secret + "\n")
    }
}
