/// All types that the command line knows.
public enum Catalogue {
    /// The types, in the order of `oc api-resources`.
    public static let all: [ResourceDeclaration] =
        platform + tenantParts + access + catalog + budgets + operations + fleets + instances

    /// The type that a word means.
    ///
    /// - Throws: ``OCError`` (usage) with the nearest words when there is none.
    public static func find(_ word: String) throws(OCError) -> ResourceDeclaration {
        if let found = lookUp(word) { return found }
        let near = all.flatMap { [$0.plural, $0.singular] }.filter { Nearness.isNear(word.lowercased(), $0) }
        throw OCError(
            .usage,
            code: "UNKNOWN_TYPE",
            "There is no type \"\(word)\"" + (near.isEmpty ? "" : "; did you mean \(near.prefix(3).joined(separator: ", "))?"),
            details: ["`oc api-resources` lists the types."]
        )
    }

    /// The type that a word means; `nil` when there is none.
    static func lookUp(_ word: String) -> ResourceDeclaration? { all.first { $0.isMeant(by: word) } }
}
