import ArgumentParser
import JSONValue

/// A verb that some types have: its word, what it does, its options.
protocol ActionVerb: Sendable {
    /// The word.
    static var verb: String { get }
    /// What it does.
    static var abstract: String { get }
    /// What it is waited for with `--wait`; `nil` when there is nothing to wait for.
    static var goal: ReadinessGoal? { get }
    /// Its options; each type takes those it declares.
    associatedtype Options: ActionOptions
}

extension ActionVerb {
    static var goal: ReadinessGoal? { nil }
}

/// The options of a verb, by their names.
protocol ActionOptions: ParsableArguments {
    /// What was given.
    var values: [(name: String, value: JSON)] { get }
}

/// No options.
struct NoActionOptions: ActionOptions {
    var values: [(name: String, value: JSON)] { [] }
}

/// `oc VERB TYPE NAME…`
struct ActionCommand<Verb: ActionVerb>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: Verb.verb,
            abstract: Verb.abstract,
            discussion: "TYPE is \(ActionTable.types(Verb.verb).map(\.singular).joined(separator: ", "))."
        )
    }

    @Argument(help: ArgumentHelp("The type and the names; or TYPE/NAME for each.", valueName: "type-and-names"), completion: .typeAndNames)
    var words: [String] = []

    @OptionGroup var options: Verb.Options
    @OptionGroup var wait: WaitOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var server: ServerOptions

    func run() async throws {
        let context = CLIContext.current
        let requests = try ActionTable.requests(Verb.verb, words, options.values)
        let client = try server.client(context)
        var batch = Batch(requests.count, context)
        for request in requests { try await batch.run { try await perform(request, client, context) } }
        if let goal = Verb.goal {
            for request in requests {
                try await batch.run { try await wait.run(request.type, [request.words], goal, client, output, context) }
            }
        }
        try batch.finish()
    }

    private func perform(_ request: ActionTable.Request, _ client: APIClient, _ context: CLIContext) async throws {
        let route = request.action.route
        let lookup = NameLookup(reader: ResourceReader(client: client))
        // Only words that name one object of the type can be looked up.
        let isNamed = request.words.count == request.type.arguments.count && request.action.namedBy == nil
        func send(_ words: [String]) async throws -> JSON {
            try await client.send(route.method, route.filled(words), query: request.query, body: request.body)
        }
        let answer = isNamed ? try await lookup.resolving(request.type, request.words, send) : try await send(request.words)
        let text = output.renderer(context).write(answer, name: request.words.last, verb: request.action.past, of: request.type)
        if let path = request.action.revealed, let secret = output.secret(answer, path) {
            context.errors(text + "It is shown this once:\n")
            context.reveal(secret + "\n")
        } else {
            request.action.revealed == nil ? context.output(text) : context.reveal(text)
        }
    }
}

/// Finds what a verb does to objects.
enum ActionTable {
    /// One request of a verb.
    struct Request {
        var type: ResourceDeclaration
        var action: ActionDeclaration
        var words: [String]
        var query: [(String, String)]
        var body: JSON?
    }

    /// The types that have a verb.
    static func types(_ verb: String) -> [ResourceDeclaration] { Catalogue.all.filter { $0.action(verb) != nil } }

    /// What is said when a type does not have a verb.
    static func refusal(_ verb: String, of type: ResourceDeclaration) -> OCError {
        OCError(
            .usage,
            code: "BAD_USAGE",
            "\(type.plural.capitalizedFirst) have no verb \(verb)",
            details: ["Types that have it: \(types(verb).map(\.plural).joined(separator: ", "))."]
        )
    }

    /// The requests that a command line asks for.
    ///
    /// - Throws: ``OCError`` (usage) when the type does not have the verb or an option, or names are missing.
    static func requests(_ verb: String, _ words: [String], _ options: [(name: String, value: JSON)]) throws(OCError) -> [Request] {
        var requests: [Request] = []
        for target in try Target.read(words) {
            guard let action = target.type.action(verb) else { throw refusal(verb, of: target.type) }
            var query: [(String, String)] = []
            var body: JSON?
            for (name, value) in options {
                guard let option = action.options.first(where: { $0.name == name }) else {
                    throw OCError(.usage, code: "BAD_USAGE", "oc \(verb) \(target.type.singular) has no --\(name)")
                }
                switch option.place {
                case .query: query.append((option.member, value.stringValue ?? value.text()))
                case .body:
                    var members = body ?? [:]
                    members[at: option.member.split(separator: ".").map(String.init)] = value
                    body = members
                }
            }
            // A route with places for a body gets one, be it empty.
            if body == nil, action.options.contains(where: { $0.place == .body }) { body = [:] }
            if let member = action.namedBy {
                for words in try target.objects(for: verb) {
                    var members = body ?? [:]
                    members[member] = .string(words.last ?? "")
                    requests.append(Request(type: target.type, action: action, words: words, query: query, body: members))
                }
                continue
            }
            for words in try objects(action, target, verb) {
                requests.append(Request(type: target.type, action: action, words: words, query: query, body: body))
            }
        }
        return requests
    }

    /// The names for the route of an action: one object for each name, or for the last of several names.
    private static func objects(_ action: ActionDeclaration, _ target: Target, _ verb: String) throws(OCError) -> [[String]] {
        let words = target.parents + target.names
        let arity = action.route.arity
        if arity == 0 {
            guard words.isEmpty else { throw OCError(.usage, code: "BAD_USAGE", "oc \(verb) \(target.type.singular) takes no name") }
            return [[]]
        }
        guard words.count >= arity else {
            let missing = target.type.arguments + (arity > target.type.arguments.count ? ["ID"] : [])
            throw OCError(
                .usage,
                code: "NO_NAME",
                "Say which \(target.type.singular)",
                details: ["Write: oc \(verb) \(target.type.singular) \(missing.joined(separator: " "))"]
            )
        }
        let shared = Array(words.prefix(arity - 1))
        return words.dropFirst(arity - 1).map { shared + [$0] }
    }
}
