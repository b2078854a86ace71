/// What a command works on: a type, and names of it.
struct Target: Sendable {
    var type: ResourceDeclaration
    /// The names of what the objects are part of.
    var parents: [String]
    /// The objects; empty for all.
    var names: [String]

    /// Reads `TYPE [NAME…]`, `TYPE,TYPE`, or `TYPE/NAME…`.
    ///
    /// - Throws: ``OCError`` (usage) with what is missing or unknown.
    static func read(_ words: [String]) throws(OCError) -> [Target] {
        guard let first = words.first else {
            throw OCError(.usage, code: "NO_TYPE", "Say which type of objects", details: ["`oc api-resources` lists the types."])
        }
        if first.contains("/") {
            var targets: [Target] = []
            for word in words { targets.append(try pair(word)) }
            return targets
        }
        let types = first.split(separator: ",").map(String.init)
        guard types.count > 1 else { return [try make(try Catalogue.find(first), Array(words.dropFirst()))] }
        guard words.count == 1 else {
            throw OCError(.usage, code: "BAD_USAGE", "Names are given to one type at a time; write TYPE/NAME for several")
        }
        var targets: [Target] = []
        for type in types { targets.append(try make(try Catalogue.find(type), [])) }
        return targets
    }

    /// Targets with those of one type, and of one parent, put together.
    static func merged(_ targets: [Target]) -> [Target] {
        var merged: [Target] = []
        for target in targets {
            let same = merged.firstIndex { $0.type.plural == target.type.plural && $0.parents == target.parents && !$0.names.isEmpty }
            if let same, !target.names.isEmpty { merged[same].names += target.names } else { merged.append(target) }
        }
        return merged
    }

    /// One target for each name; itself without names.
    var parts: [Target] { names.isEmpty ? [self] : names.map { Target(type: type, parents: parents, names: [$0]) } }

    private static func pair(_ word: String) throws(OCError) -> Target {
        let parts = word.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 2, parts.allSatisfy({ !$0.isEmpty }) else {
            throw OCError(.usage, code: "BAD_USAGE", "\"\(word)\" is not TYPE/NAME; give all objects in this form")
        }
        return try make(try Catalogue.find(parts[0]), Array(parts.dropFirst()))
    }

    private static func make(_ type: ResourceDeclaration, _ names: [String]) throws(OCError) -> Target {
        guard names.allSatisfy({ !$0.isEmpty }) else { throw OCError(.usage, code: "BAD_USAGE", "A name must not be empty") }
        guard names.count >= type.parents else {
            throw OCError(
                .usage,
                code: "NO_NAME",
                "\(type.plural.capitalizedFirst) belong to something: say \(type.arguments.dropLast().joined(separator: " "))",
                details: ["For instance: oc get \(type.plural) \(type.arguments.dropLast().joined(separator: " "))"]
            )
        }
        guard !type.arguments.isEmpty || names.isEmpty else {
            throw OCError(.usage, code: "BAD_USAGE", "There is one \(type.singular) only: it takes no name")
        }
        return Target(type: type, parents: Array(names.prefix(type.parents)), names: Array(names.dropFirst(type.parents)))
    }

    /// The objects by name, each with what it is part of; one without words when there is one only.
    ///
    /// - Throws: ``OCError`` (usage) when no object is named.
    func objects(for verb: String) throws(OCError) -> [[String]] {
        if type.arguments.isEmpty { return [[]] }
        guard !names.isEmpty else {
            throw OCError(
                .usage,
                code: "NO_NAME",
                "Say which \(type.singular)",
                details: ["For instance: oc \(verb) \(type.singular) \(type.arguments.joined(separator: " "))"]
            )
        }
        return names.map { parents + [$0] }
    }
}

extension String {
    /// The text with a capital in front.
    var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
