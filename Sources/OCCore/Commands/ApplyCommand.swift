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

    @Option(name: .shortAndLong, help: "A YAML or JSON file; - is standard input. Repeat for more.", completion: .documents)
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
        let documents = try ResourceDocument.read(files: file, context)
        for document in documents {
            guard document.type.update != nil, document.type.create != nil || document.type.arguments.isEmpty else {
                throw OCError(.usage, code: "BAD_FILE", "\(document.type.plural.capitalizedFirst) cannot be applied")
            }
        }
        for document in documents where !document.ignored.isEmpty {
            let label = document.type.label(document.name)
            context.errors("Warning: \(label): \(document.ignored.joined(separator: ", ")) is not kept over REST; use kubectl for it\n")
        }
        let applier = Applier(client: client, isDryRun: dryRun)
        var batch = Batch(documents.count, context)
        var applied: [(ResourceDocument, [String])] = []
        for document in documents {
            try await batch.run {
                let (outcome, words, answer) = try await applier.apply(document)
                let verb = outcome.rawValue + (dryRun ? " (dry run)" : "")
                let name = document.type.arguments.isEmpty ? nil : document.name
                context.output(output.renderer(context).write(answer, name: name, verb: verb, of: document.type))
                applied.append((document, words))
            }
        }
        // Everything is sent before anything is waited for: a later document may be what an earlier one waits for.
        for (document, words) in applied where !dryRun && wait.waits(for: document.type) {
            let goal = document.isSuspended == true ? Suspension.goal : ReadinessGoal.ready
            try await batch.run { try await wait.run(document.type, [words], goal, client, output, context) }
        }
        try batch.finish()
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
            let (written, words) = try await self.create(document, create) { _ in }
            return (.created, words, written.answer)
        }
        let before = try await reader.object(type, words)
        var body = document.body
        if type.nameMember == "name" { body["name"] = nil }
        let suspends = document.isSuspended.flatMap { $0 == (before["suspended"] == true) ? nil : $0 }
        let isHeld = Self.holds(before, body)
        guard type.update != nil, !isHeld || suspends != nil else { return (.unchanged, words, before) }
        guard !isDryRun else { return (.configured, words, before) }
        var answer = before
        var outcome = Outcome.unchanged
        if !isHeld, let update = type.update {
            // What a read does not show, as a pod's resources, tells its change by the version.
            let version = try await version(type, words)
            answer = try await client.send(update.method, update.filled(words), body: body)
            let after = try await self.version(type, words)
            outcome = version != nil && version == after ? .unchanged : .configured
        }
        if let suspends {
            try await Suspension(client: client).set(suspends, type, words)
            outcome = .configured
        }
        return (outcome, words, answer)
    }

    /// Creates what a document describes, and suspends it if it says so.
    ///
    /// - Parameter created: is called between the two, when the object is there.
    func create(
        _ document: ResourceDocument,
        _ route: Route,
        created: (WrittenObject) -> Void
    ) async throws -> (written: WrittenObject, words: [String]) {
        let answer = try await client.send(route.method, route.filled(document.parents), body: document.body)
        let written = WrittenObject(type: document.type, answer: answer, body: document.body, createdName: "name")
        created(written)
        let words = document.parents + [written.name]
        if document.isSuspended == true { try await Suspension(client: client).set(true, document.type, words) }
        return (written, words)
    }

    /// What changes when the object's specification does: its generation, or its `ETag`; `nil` when the server tells neither.
    private func version(_ type: ResourceDeclaration, _ words: [String]) async throws -> String? {
        if let status = type.readiness?.status {
            // The ETag of the three kinds changes with each write, also with one that changes nothing in the specification.
            let generation = try? await client.send(status.method, status.filled(words))["generation"]?.integerValue
            return generation.flatMap { $0 }.map { String($0) }
        }
        guard let get = type.get else { return nil }
        return try await client.answer(get.method, get.filled(words)).headers["etag"]
    }

    /// Whether an object has all that a body says.
    static func holds(_ object: JSON, _ body: JSON) -> Bool {
        if let left = object.numberValue, let right = body.numberValue { return left == right }
        if let left = object.arrayValue, let right = body.arrayValue, (left + right).allSatisfy({ $0.stringValue != nil }) {
            // Lists of texts are sets here: the server has an order of its own.
            return Set(left) == Set(right)
        }
        guard let members = body.objectValue else { return object == body }
        guard object.objectValue != nil else { return false }
        return members.allSatisfy { key, value in
            value.isNull ? object[key] ?? .null == .null : object[key].map { holds($0, value) } ?? false
        }
    }
}
