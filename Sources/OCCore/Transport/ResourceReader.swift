import JSONValue

/// Reads objects of a type, whatever shape its answers have.
struct ResourceReader {
    var client: APIClient

    /// The objects of a list, over its pages.
    ///
    /// - Parameter limit: most objects; `nil` for all.
    func list(_ target: Target, query: [(String, String)] = [], limit: Int? = nil) async throws -> [JSON] {
        guard let route = target.type.list else {
            throw OCError(.usage, code: "NO_NAME", "\(target.type.plural.capitalizedFirst) cannot be listed: name one")
        }
        var query = query
        if let limit { query.append(("limit", String(min(limit, 1000)))) }
        return try await client.list(route.filled(target.parents), query: query, elements: target.type.elements, limit: limit)
    }

    /// One object, also by its name where it has an identifier.
    func named(_ type: ResourceDeclaration, _ words: [String], query: [(String, String)] = []) async throws -> JSON {
        try await NameLookup(reader: self).resolving(type, words) { try await object(type, $0, query: query) }
    }

    /// One object; the words are its name, after those of what it is part of.
    func object(_ type: ResourceDeclaration, _ words: [String], query: [(String, String)] = []) async throws -> JSON {
        if let route = type.get, type.mediaType != nil {
            return .string(String(decoding: try await client.raw(route.method, route.filled(words), query: query), as: UTF8.self))
        }
        if let route = type.get {
            let answer = try await client.send(route.method, route.filled(words), query: query)
            return type.element.flatMap { answer[$0] } ?? answer
        }
        // A type that has a list only: the object is looked for in it.
        let target = Target(type: type, parents: Array(words.dropLast()), names: [])
        let name = words.last ?? ""
        guard let found = try await list(target, query: query).first(where: { type.name(of: $0) == name }) else {
            throw OCError(.notFound, code: "NOT_FOUND", "There is no \(type.singular) \"\(name)\"")
        }
        return found
    }

    /// What a target names: the objects, or the list.
    func read(_ target: Target, query: [(String, String)] = [], limit: Int? = nil) async throws -> [JSON] {
        if target.type.arguments.isEmpty, target.type.get != nil { return [try await object(target.type, [], query: query)] }
        guard !target.names.isEmpty else { return try await list(target, query: query, limit: limit ?? target.type.defaultLimit) }
        var objects: [JSON] = []
        for name in target.names { objects.append(try await named(target.type, target.parents + [name], query: query)) }
        return objects
    }
}
