import ArgumentParser
import JSONValue

/// `oc KIND create`
struct CreateCommand<Resource: CLIResource>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "create",
            abstract: "Creates a \(Resource.declaration.singular).",
            discussion:
                "From options, from a file, or from both: options win. A file holds the fields, or a Kubernetes object; it may hold several."
        )
    }

    @Argument(help: "The name.")
    var name: String?

    @Option(name: .customLong("name"), help: "The name, if not given as an argument.")
    var namedName: String?

    @Option(name: .shortAndLong, help: "A YAML or JSON file; - is standard input.")
    var file: String?

    @OptionGroup var fields: Resource.Fields
    @OptionGroup var output: OutputOptions
    @OptionGroup var server: ServerOptions

    func run() async throws {
        let context = CLIContext.current
        let kind = Resource.declaration
        let name = name ?? namedName
        var bodies: [JSON] = [[:]]
        if let file {
            bodies = try RequestBody.documents(String(decoding: try readInput(file, context), as: UTF8.self), source: file)
        }
        guard bodies.count == 1 || name == nil else {
            throw OCError(.usage, code: "BAD_USAGE", "A name cannot be given for several objects at once")
        }
        bodies = try bodies.map { body in
            var body = RequestBody.changed(body, by: fields.members, isUpdate: false)
            if let name { body["name"] = .string(name) }
            guard body["name"]?.stringValue?.isEmpty == false else {
                throw OCError(.usage, code: "NO_NAME", "The \(kind.singular) needs a name")
            }
            return body
        }
        let client = try server.client(context)
        for body in bodies {
            let answer = try await client.send("POST", kind.path, body: body)
            let name = body["name"]?.stringValue ?? ""
            context.output(output.renderer(context).write(answer, name: name, verb: "created", of: kind))
        }
    }
}

/// `oc KIND update`
struct UpdateCommand<Resource: CLIResource>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "update",
            abstract: "Changes a \(Resource.declaration.singular).",
            discussion: "What is not given stays as it is. An empty text clears a field."
        )
    }

    @Argument(help: "The name; may be in the file instead.")
    var name: String?

    @Option(name: .shortAndLong, help: "A YAML or JSON file; - is standard input.")
    var file: String?

    @OptionGroup var fields: Resource.Fields
    @OptionGroup var output: OutputOptions
    @OptionGroup var server: ServerOptions

    func run() async throws {
        let context = CLIContext.current
        let kind = Resource.declaration
        var body: JSON = [:]
        if let file {
            let documents = try RequestBody.documents(String(decoding: try readInput(file, context), as: UTF8.self), source: file)
            guard documents.count == 1 else { throw OCError(.usage, code: "BAD_FILE", "\(file) describes more than one object") }
            body = documents[0]
        }
        let named = body["name"]?.stringValue
        guard let name = name ?? named else { throw OCError(.usage, code: "NO_NAME", "Say which \(kind.singular) to change") }
        if let named, named != name {
            throw OCError(.usage, code: "BAD_FILE", "The file describes \(named), not \(name)")
        }
        body["name"] = nil
        body = RequestBody.changed(body, by: fields.members, isUpdate: true)
        guard body != [:] else { throw OCError(.usage, code: "NOTHING_TO_DO", "Say what to change: see `oc \(kind.plural) update --help`") }
        let answer = try await server.client(context).send("PUT", kind.path(name), body: body)
        context.output(output.renderer(context).write(answer, name: name, verb: "updated", of: kind))
    }
}

/// Reads a file or standard input, with a plain error.
private func readInput(_ path: String, _ context: CLIContext) throws -> [UInt8] {
    do {
        return try context.readFile(path)
    } catch {
        throw OCError(.usage, code: "BAD_FILE", "\(path) cannot be read")
    }
}

/// `oc KIND delete NAME…`
struct DeleteCommand<Resource: CLIResource>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "delete", abstract: "Deletes \(Resource.declaration.plural).", aliases: ["rm"])
    }

    @Argument(help: "The names.")
    var names: [String]

    @Flag(help: "Let a \(Resource.declaration.singular) be absent already.")
    var ignoreNotFound = false

    @OptionGroup var output: OutputOptions
    @OptionGroup var server: ServerOptions

    func run() async throws {
        let context = CLIContext.current
        let kind = Resource.declaration
        let client = try server.client(context)
        for name in names {
            do {
                let answer = try await client.send("DELETE", kind.path(name))
                context.output(output.renderer(context).write(answer, name: name, verb: "deleted", of: kind))
            } catch let error as OCError where error.exit == .notFound && ignoreNotFound {
                continue
            }
        }
    }
}

/// `oc tenants suspend NAME…`
struct SuspendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "suspend", abstract: "Stops tenants; their data stays.")

    @Argument(help: "The names.")
    var names: [String]

    @OptionGroup var output: OutputOptions
    @OptionGroup var server: ServerOptions

    func run() async throws { try await post("suspend", verb: "suspended", names, output, server) }
}

/// `oc tenants resume NAME…`
struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "resume", abstract: "Starts suspended tenants.")

    @Argument(help: "The names.")
    var names: [String]

    @OptionGroup var output: OutputOptions
    @OptionGroup var server: ServerOptions

    func run() async throws { try await post("resume", verb: "resumed", names, output, server) }
}

private func post(_ action: String, verb: String, _ names: [String], _ output: OutputOptions, _ server: ServerOptions) async throws {
    let context = CLIContext.current
    let client = try server.client(context)
    for name in names {
        let answer = try await client.send("POST", ResourceDeclaration.tenant.path(name, action))
        context.output(output.renderer(context).write(answer, name: name, verb: verb, of: .tenant))
    }
}
