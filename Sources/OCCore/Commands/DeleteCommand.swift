import ArgumentParser
import JSONValue

/// `oc delete TYPE NAME…`
struct DeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Deletes objects.",
        discussion: """
            Nothing is asked. With --wait the command ends when the objects are gone.
            Examples:
              oc delete tenant mia
              oc delete tenant/mia policy/base --ignore-not-found
              oc delete -f tenants.yaml --wait
            """
    )

    @Argument(help: ArgumentHelp("The type and the names; or TYPE/NAME for each.", valueName: "type-and-names"), completion: .typeAndNames)
    var words: [String] = []

    @Option(name: .shortAndLong, help: "A file that describes the objects; - is standard input.", completion: .documents)
    var file: String?

    @Flag(help: "Let an object be absent already.")
    var ignoreNotFound = false

    @OptionGroup var wait: WaitOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var server: ServerOptions

    func validate() throws {
        guard file == nil || words.isEmpty else { throw ValidationError("Name the objects, or give a file that describes them, not both") }
    }

    func run() async throws {
        let context = CLIContext.current
        let client = try server.client(context)
        let targets = try await targets(client, context)
        for target in targets where target.type.delete == nil {
            throw OCError(.usage, code: "BAD_USAGE", "\(target.type.plural.capitalizedFirst) cannot be deleted")
        }
        let objects = try targets.flatMap { target in try target.objects(for: "delete").map { (target.type, $0) } }
        var batch = Batch(objects.count, context)
        var deleted: [(ResourceDeclaration, [String])] = []
        let lookup = NameLookup(reader: ResourceReader(client: client))
        for (type, words) in objects {
            guard let route = type.delete else { continue }
            try await batch.run {
                do {
                    let answer = try await lookup.resolving(type, words) { try await client.send(route.method, route.filled($0)) }
                    context.output(output.renderer(context).write(answer, name: words.last, verb: "deleted", of: type))
                    deleted.append((type, words))
                } catch let error as OCError where error.exit == .notFound && ignoreNotFound {}
            }
        }
        for (type, words) in deleted { try await batch.run { try await wait.run(type, [words], .gone, client, output, context) } }
        try batch.finish()
    }

    /// What is to be deleted; a file is deleted from its end, as it was applied from its beginning.
    private func targets(_ client: APIClient, _ context: CLIContext) async throws -> [Target] {
        guard let file else { return try Target.read(words) }
        let documents = try ResourceDocument.read(files: [file], context)
        var targets: [Target] = []
        for document in documents.reversed() {
            guard let words = try await document.find(ResourceReader(client: client)) else {
                if ignoreNotFound { continue }
                throw OCError(.notFound, code: "NOT_FOUND", "There is no \(document.type.singular) \"\(document.name)\"")
            }
            targets.append(Target(type: document.type, parents: Array(words.dropLast()), names: words.suffix(1)))
        }
        return targets
    }
}
