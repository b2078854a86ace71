import ArgumentParser

extension CompletionKind {
    /// The words of most commands: a type, then names of it, which the server is asked for.
    static var typeAndNames: CompletionKind {
        .custom { words, index, prefix in await WordCompletion(words: words, index: index, prefix: prefix).offers(CLIContext.current) }
    }

    /// A file with objects.
    static var documents: CompletionKind { .file(extensions: ["yaml", "yml", "json"]) }
}

/// What a shell offers for the word at the cursor.
struct WordCompletion {
    /// How many names are offered at most.
    static let limit = 500

    /// The words of the line, the program first.
    var words: [String]
    /// Which of them is being typed.
    var index: Int
    /// What is typed of it.
    var prefix: String

    /// The words before the one that is typed, without options.
    private var before: [String] { words.prefix(max(0, index)).dropFirst().filter { !$0.hasPrefix("-") } }

    /// The verb, if it is there.
    private var verb: String? { before.first.map { Grammar.synonyms[$0] ?? $0 } }

    /// What can stand here. Types come from the catalogue; names from the server, if it answers soon.
    func offers(_ context: CLIContext) async -> [String] {
        if let slash = prefix.firstIndex(of: "/") {
            guard let type = Catalogue.lookUp(String(prefix[..<slash])) else { return [] }
            let typed = prefix[prefix.index(after: slash)...].split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            let head = prefix[...slash] + typed.dropLast().map { "\($0)/" }.joined()
            return matching(await names(of: type, below: Array(typed.dropLast()), context).map { head + $0 })
        }
        let rest = Array(before.dropFirst())
        guard let position = rest.firstIndex(where: { Catalogue.lookUp($0) != nil }), let type = Catalogue.lookUp(rest[position]) else {
            return matching(Self.types(of: verb))
        }
        return matching(await names(of: type, below: Array(rest[(position + 1)...]), context))
    }

    /// The words for the types that have a verb; for all types when it is none of theirs.
    static func types(of verb: String?) -> [String] {
        let having = Catalogue.all.filter { type in verb.map { type.verbs.contains($0) } ?? false }
        return (having.isEmpty ? Catalogue.all : having).flatMap { $0.plural == $0.singular ? [$0.plural] : [$0.plural, $0.singular] }
    }

    private func matching(_ offers: [String]) -> [String] { offers.filter { $0.hasPrefix(prefix) } }

    /// The names that can follow a type and the words after it: of objects, or of what they are part of.
    private func names(of type: ResourceDeclaration, below words: [String], _ context: CLIContext) async -> [String] {
        guard !type.arguments.isEmpty else { return [] }
        if words.count < type.parents {
            guard words.isEmpty, let parent = type.parentType.flatMap({ Catalogue.lookUp($0) }) else { return [] }
            return await listed(Target(type: parent, parents: [], names: []), context)
        }
        let names = await listed(Target(type: type, parents: Array(words.prefix(type.parents)), names: []), context)
        return names.filter { !words.dropFirst(type.parents).contains($0) }
    }

    private func listed(_ target: Target, _ context: CLIContext) async -> [String] {
        guard target.type.list != nil else { return [] }
        // Nothing may be written while a line is typed, and nobody waits long for it.
        var quiet = context
        quiet.errors = { _ in }
        guard let options = try? ServerOptions.parse(serverOptions + ["--request-timeout", "3"]), let client = try? options.client(quiet),
            let objects = try? await ResourceReader(client: client).list(target, limit: Self.limit)
        else { return [] }
        return objects.map { target.type.name(of: $0) }.filter { !$0.contains { $0.isWhitespace } && DisplayText.line($0) == $0 }
    }

    /// Which server the line is for.
    private var serverOptions: [String] {
        var options: [String] = []
        for (word, next) in zip(words, words.dropFirst() + [""]) {
            for name in ["--server", "--certificate-authority"] {
                if word == name, !next.isEmpty { options += [name, next] }
                if word.hasPrefix(name + "=") { options.append(word) }
            }
        }
        return options
    }
}
