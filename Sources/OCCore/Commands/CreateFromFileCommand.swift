import ArgumentParser

/// `oc create -f FILE`
struct CreateFromFileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "from-file",
        abstract: "Creates what the documents of files describe.",
        shouldDisplay: false
    )

    @Option(name: .shortAndLong, help: "A YAML or JSON file; - is standard input. Repeat for more.", completion: .documents)
    var file: [String]

    @OptionGroup var wait: WaitOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var server: ServerOptions

    func run() async throws {
        let context = CLIContext.current
        let client = try server.client(context)
        let documents = try ResourceDocument.read(files: file, context)
        for document in documents {
            guard document.type.create != nil else {
                throw OCError(.usage, code: "BAD_FILE", "\(document.type.plural.capitalizedFirst) cannot be created")
            }
        }
        let applier = Applier(client: client, isDryRun: false)
        var batch = Batch(documents.count, context)
        for document in documents {
            guard let create = document.type.create else { continue }
            try await batch.run {
                let (_, words) = try await applier.create(document, create) { $0.show(verb: "created", output, context) }
                let goal = document.isSuspended == true ? Suspension.goal : ReadinessGoal.ready
                if wait.waits(for: document.type) { try await wait.run(document.type, [words], goal, client, output, context) }
            }
        }
        try batch.finish()
    }
}
