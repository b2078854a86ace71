import ArgumentParser
import JSONValue

/// `oc apply -f FILE`
struct ApplyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Creates or changes objects as files describe them.",
        discussion: """
            Each document says its kind: a Kubernetes object, or `kind`, `name` and the members of the type's body. What a document does not
            say stays as it is. Running it again changes nothing.
            Examples:
              oc apply -f tenant.yaml
              oc apply -f customers.yaml -f tenants.yaml --wait
              cat policy.json | oc apply -f -
            """
    )

    @Option(name: .shortAndLong, help: "A YAML or JSON file; - is standard input. Repeat for more.")
    var file: [String]

    @Flag(help: "Ask the server whether the objects exist, and say what would be done; change nothing.")
    var dryRun = false

    @OptionGroup var wait: WaitOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var server: ServerOptions

    func run() async throws {
        let context = CLIContext.current
        let client = try server.client(context)
        // All files are read before anything is changed.
        var documents: [ResourceDocument] = []
        for file in file {
            documents += try ResourceDocument.read(String(decoding: try InputFile.read(file, context), as: UTF8.self), source: file)
        }
        for document in documents {
            guard document.type.update != nil, document.type.create != nil || document.type.arguments.isEmpty else {
                throw OCError(.usage, code: "BAD_FILE", "\(document.type.plural.capitalizedFirst) cannot be applied")
            }
        }
        let applier = Applier(client: client, isDryRun: dryRun)
        for document in documents {
            let (outcome, words, answer) = try await applier.apply(document)
            let verb = outcome.rawValue + (dryRun ? " (dry run)" : "")
            let name = document.type.arguments.isEmpty ? nil : document.name
            context.output(output.renderer(context).write(answer, name: name, verb: verb, of: document.type))
            if !dryRun, document.type.readiness != nil {
                try await wait.run(document.type, [words], .ready, client, output, context)
            }
        }
    }
}

/// Brings objects to what documents say.
struct Applier {
    var client: APIClient
    var isDryRun: Bool

    /// What was done, in kubectl's words.
    enum Outcome: String, Sendable {
        case created
        case configured
        case unchanged
    }

    /// Applies one document.
    ///
    /// - Returns: what was done, the words that name the object, and the last answer.
    func apply(_ document: ResourceDocument) async throws -> (Outcome, [String], JSON) {
        let type = document.type
        let reader = ResourceReader(client: client)
        guard let words = try await document.find(reader) else {
            guard let create = type.create, !isDryRun else { return (.created, document.parents + [document.name], document.body) }
            let answer = try await client.send(create.method, create.filled(document.parents), body: document.body)
            let written = WrittenObject(type: type, answer: answer, body: document.body, createdName: "name")
            return (.created, document.parents + [written.name], answer)
        }
        let before = try await reader.object(type, words)
        var body = document.body
        if type.nameMember == "name" { body["name"] = nil }
        guard let update = type.update, !Self.holds(before, body) else { return (.unchanged, words, before) }
        guard !isDryRun else { return (.configured, words, before) }
        let answer = try await client.send(update.method, update.filled(words), body: body)
        return (.configured, words, answer)
    }

    /// Whether an object has all that a body says.
    static func holds(_ object: JSON, _ body: JSON) -> Bool {
        guard let members = body.objectValue else { return object == body }
        guard object.objectValue != nil else { return false }
        return members.allSatisfy { key, value in
            value.isNull ? object[key] ?? .null == .null : object[key].map { holds($0, value) } ?? false
        }
    }
}
