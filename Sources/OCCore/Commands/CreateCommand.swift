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

    @Argument(help: "The name, after the names of what it is part of.")
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
        for body in bodies {
            let answer = try await client.send(route.method, route.filled(parents), body: body)
            let written = WrittenObject(type: type, answer: answer, body: body, createdName: Resource.createdName)
            written.show(verb: "created", output, context)
            try await wait.run(type, [parents + [written.name]], ReadinessGoal.ready, client, output, context)
        }
    }
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
        guard let member = type.revealed, output.output == .table || output.output == .wide,
            let secret = answer[at: member.split(separator: ".").map(String.init)]?.stringValue
        else {
            context.output(text)
            return
        }
        context.errors(text + "It is shown this once:\n")
        context.output(secret + "\n")
    }
}
