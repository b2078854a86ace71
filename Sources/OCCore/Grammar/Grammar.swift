/// The order of words: a verb, a type, names. The type may also come first, as in `oc tenants list`.
enum Grammar {
    /// Verbs that mean another one.
    static let synonyms = ["list": "get", "ls": "get", "show": "get", "rm": "delete", "set": "update"]

    /// Arguments with the verb in front.
    ///
    /// - Parameter verbs: the names of the commands.
    static func verbFirst(_ arguments: [String], verbs: Set<String>) -> [String] {
        let arguments = spelled(verbLeading(arguments))
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

    /// Options of all commands that take a value and may stand before the verb.
    private static let general: Set<String> = ["--server", "--certificate-authority", "--request-timeout", "--as-organization"]

    /// Arguments with the general options behind the verb.
    private static func verbLeading(_ arguments: [String]) -> [String] {
        var rest = arguments[...]
        var moved: [String] = []
        while let option = rest.first, option.hasPrefix("--") {
            if general.contains(option), rest.count > 1 {
                moved += rest.prefix(2)
                rest = rest.dropFirst(2)
            } else if general.contains(where: { option.hasPrefix($0 + "=") }) {
                moved.append(option)
                rest = rest.dropFirst()
            } else {
                break
            }
        }
        return rest + moved
    }

    /// Arguments as the parser knows them: `-ojson` as `-o json`, `--timeout=2m` in seconds.
    private static func spelled(_ arguments: [String]) -> [String] {
        var result: [String] = []
        for argument in arguments {
            let isAfterTimeout = result.last.map { durations.contains($0) } ?? false
            if argument.hasPrefix("-o"), argument.count > 2, !argument.hasPrefix("-o=") {
                result += ["-o", String(argument.dropFirst(2))]
            } else if isAfterTimeout {
                result.append(seconds(argument))
            } else if let name = durations.first(where: { argument.hasPrefix($0 + "=") }) {
                result.append("\(name)=\(seconds(String(argument.dropFirst(name.count + 1))))")
            } else {
                result.append(argument)
            }
        }
        return result
    }

    private static let durations: Set<String> = ["--timeout", "--interval", "--request-timeout"]

    /// `90s`, `2m`, `1h30m` in seconds; anything else as it is, for the parser to refuse.
    static func seconds(_ text: String) -> String {
        var total = 0
        var number = ""
        for character in text {
            if character.isASCII, character.isNumber {
                number.append(character)
                continue
            }
            guard let value = Int(number), value < 1_000_000, let unit = ["s": 1, "m": 60, "h": 3600][character] else { return text }
            total += value * unit
            number = ""
        }
        guard number.isEmpty, !text.isEmpty else { return text }
        return String(total)
    }

    /// What to say of a word that is no verb, but is one elsewhere.
    static func hint(for word: String, verbs: Set<String>) -> String? {
        let elsewhere = [
            "patch": "use `oc update TYPE NAME --set member=value`",
            "edit": "use `oc get TYPE NAME -o yaml > FILE`, then `oc apply -f FILE`",
            "scale": "tenants have no replicas; their size is `oc update tenant NAME --cpu --memory`",
            "rollout": "see `oc get rollout`, `oc promote rollout`, `oc rollback rollout`; of pods it is kubectl's",
            "exec": "pods are kubectl's: kubectl exec", "port-forward": "pods are kubectl's: kubectl port-forward",
            "label": "labels are kubectl's: kubectl label", "annotate": "annotations are kubectl's: kubectl annotate",
        ]
        if let hint = elsewhere[word] { return hint }
        let near = verbs.filter { Nearness.isNear(word, $0) }.sorted()
        return near.isEmpty ? nil : "did you mean \(near.prefix(3).joined(separator: ", "))?"
    }
}
