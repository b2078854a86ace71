import JSONValue

/// Lets objects with identifiers be called by their names: what the server does not know as an identifier is looked for in the list.
struct NameLookup {
    var reader: ResourceReader

    /// Does something with the words that name an object; when they name none, again with the identifiers that their names stand for.
    ///
    /// - Throws: what the first try threw when no object has the name; ``OCError`` `AMBIGUOUS` when several have.
    func resolving<Result>(
        _ type: ResourceDeclaration,
        _ words: [String],
        _ work: ([String]) async throws -> Result
    ) async throws -> Result {
        do {
            return try await work(words)
        } catch let error as OCError where Self.mayBeAName(error) {
            guard let identifiers = try await unlessAway({ try await identifiers(type, words) }), identifiers != words else { throw error }
            return try await work(identifiers)
        }
    }

    /// Does something below what a type is part of, which may be called by its name.
    func parents<Result>(of type: ResourceDeclaration, _ parents: [String], _ work: ([String]) async throws -> Result) async throws
        -> Result
    {
        do {
            return try await work(parents)
        } catch let error as OCError where Self.mayBeAName(error) {
            guard let parentType = type.parentType, let parent = parents.first,
                let found = try await unlessAway({ try await identifier(try Catalogue.find(parentType), [], parent) }), found != parent
            else { throw error }
            return try await work([found])
        }
    }

    /// What a look into a list gave; `nil` when the list cannot be read: then the first refusal is what counts.
    private func unlessAway<Result>(_ look: () async throws -> Result?) async throws -> Result? {
        do {
            return try await look()
        } catch let error as OCError where error.code != "AMBIGUOUS" {
            return nil
        }
    }

    /// A refusal that a name in the place of an identifier gets.
    private static func mayBeAName(_ error: OCError) -> Bool {
        error.exit == .notFound
            || error.code == "VALIDATION_ERROR" && (error.details + [error.message]).contains { $0.contains("path") || $0.hasPrefix("id") }
    }

    /// The identifiers that names stand for; `nil` when there are none.
    private func identifiers(_ type: ResourceDeclaration, _ words: [String]) async throws -> [String]? {
        guard let own = words.last, type.nameMember == "id" || type.parents > 0 else { return nil }
        var parents = Array(words.dropLast())
        if let parentType = type.parentType, let parent = parents.first {
            parents = [try await identifier(try Catalogue.find(parentType), [], parent) ?? parent]
        }
        guard type.nameMember == "id", type.list != nil else { return parents + [own] }
        return try await identifier(type, parents, own).map { parents + [$0] } ?? parents + [own]
    }

    private func identifier(_ type: ResourceDeclaration, _ parents: [String], _ name: String) async throws -> String? {
        guard type.list != nil else { return nil }
        let found = try await reader.list(Target(type: type, parents: parents, names: []))
            .filter { ($0["name"] ?? $0["displayName"] ?? $0["agent_name"])?.stringValue == name }.map { type.name(of: $0) }
        guard found.count < 2 else {
            throw OCError(
                .usage,
                code: "AMBIGUOUS",
                "Several \(type.plural) are called \"\(name)\"",
                details: found.map { "\(type.singular)/\($0)" }
            )
        }
        return found.first
    }
}
