/// The order of words: a verb, a type, names. The type may also come first, as in `oc tenants list`.
enum Grammar {
    /// Verbs that mean another one.
    static let synonyms = ["list": "get", "ls": "get", "show": "get", "rm": "delete", "set": "update", "edit": "update"]

    /// Arguments with the verb in front.
    ///
    /// - Parameter verbs: the names of the commands.
    static func verbFirst(_ arguments: [String], verbs: Set<String>) -> [String] {
        guard let first = arguments.first, !first.hasPrefix("-") else { return arguments }
        if verbs.contains(first) { return arguments }
        if let verb = synonyms[first], verbs.contains(verb) { return [verb] + arguments.dropFirst() }
        guard let type = Catalogue.lookUp(first) else { return arguments }
        guard let second = arguments.dropFirst().first, !second.hasPrefix("-") else {
            return ["explain", type.plural] + arguments.dropFirst()
        }
        let verb = synonyms[second] ?? second
        guard verbs.contains(verb) else { return arguments }
        let isByType = verb == "create" || verb == "update"
        return [verb, isByType ? type.singular : type.plural] + arguments.dropFirst(2)
    }
}
