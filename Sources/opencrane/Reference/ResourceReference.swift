import CraneAPI
import JSONValue

/// The pages with every member of the custom resources, made from their definitions.
enum ResourceReference {
    /// One page for each kind.
    static func files() -> [GeneratedFile] {
        CraneCRDs.all.compactMap { definition in
            guard let kind = definition[at: ["spec", "names", "kind"]]?.stringValue else { return nil }
            return GeneratedFile(path: "docs/reference/\(kind.lowercased()).md", contents: page(definition, kind))
        }
    }

    private static func page(_ definition: JSON, _ kind: String) -> String {
        let version = definition[at: ["spec", "versions"]]?[0] ?? [:]
        let schema = version[at: ["schema", "openAPIV3Schema"]] ?? [:]
        let group = definition[at: ["spec", "group"]]?.stringValue ?? ""
        let scope = definition[at: ["spec", "scope"]]?.stringValue ?? ""
        let shorts = (definition[at: ["spec", "names", "shortNames"]]?.arrayValue ?? []).compactMap(\.stringValue)
        var text = """
            # \(kind)

            \(schema["description"]?.stringValue ?? "")

            `\(group)/\(version["name"]?.stringValue ?? "")`, \(scope.lowercased()), short name \(shorts.map { "`\($0)`" }.joined(separator: ", ")). Made from the \
            definition by `opencrane generate`; what it does is told in [resources](../resources.md).

            """
        for part in ["spec", "status"] {
            let found = members(schema[at: ["properties", part]] ?? [:], path: part)
            text += "\n## \(part)\n\n" + Markdown.table(["Member", "Type", "Means"], found)
        }
        let rules = rules(schema, path: "")
        if !rules.isEmpty { text += "\n## Rules\n\n" + Markdown.table(["Where", "Rule", "Told when it is broken"], rules) }
        return text
    }

    /// The members below a schema, each before those below it.
    static func members(_ schema: JSON, path: String) -> [[String]] {
        let required = Set((schema["required"]?.arrayValue ?? []).compactMap(\.stringValue))
        return (schema["properties"]?.objectValue ?? [:]).sorted { $0.key < $1.key }.flatMap { name, member in
            let place = "\(path).\(name)"
            let note = ([member["description"]?.stringValue ?? ""] + limits(member, isRequired: required.contains(name)))
                .filter { !$0.isEmpty }.joined(separator: " ")
            let row = [Markdown.code(place), type(member), note]
            if let items = member["items"] { return [row] + members(items, path: place + "[]") }
            if let values = member["additionalProperties"], values.objectValue != nil { return [row] + members(values, path: place + ".*") }
            return [row] + members(member, path: place)
        }
    }

    /// What a member is, as people say it.
    static func type(_ schema: JSON) -> String {
        if schema["x-kubernetes-int-or-string"] == true { return "integer or string" }
        let name = schema["type"]?.stringValue ?? "any"
        if name == "array" { return "list of \(type(schema["items"] ?? [:]))" }
        if name == "object", let values = schema["additionalProperties"], values.objectValue != nil { return "map of \(type(values))" }
        return schema["format"]?.stringValue.map { "\(name) (\($0))" } ?? name
    }

    /// What bounds a member, a sentence each.
    static func limits(_ schema: JSON, isRequired: Bool) -> [String] {
        var found: [String] = isRequired ? ["Required."] : []
        if let value = schema["default"] { found.append("Default: \(Markdown.code(value.text())).") }
        if let values = schema["enum"]?.arrayValue {
            found.append("One of \(values.map { Markdown.code($0.text()) }.joined(separator: ", ")).")
        }
        let least = schema["minimum"] ?? schema["minLength"] ?? schema["minItems"]
        let most = schema["maximum"] ?? schema["maxLength"] ?? schema["maxItems"] ?? schema["maxProperties"]
        let unit = schema["minLength"] != nil || schema["maxLength"] != nil ? " characters" : ""
        switch (least, most) {
        case (let least?, let most?): found.append("\(least.text()) to \(most.text())\(unit).")
        case (let least?, nil): found.append("At least \(least.text())\(unit).")
        case (nil, let most?): found.append("At most \(most.text())\(unit).")
        case (nil, nil): break
        }
        if let pattern = schema["pattern"]?.stringValue { found.append("Matches \(Markdown.code(pattern)).") }
        return found
    }

    private static func rules(_ schema: JSON, path: String) -> [[String]] {
        let own = (schema["x-kubernetes-validations"]?.arrayValue ?? []).map { rule in
            [Markdown.code(path.isEmpty ? "." : path), Markdown.code(rule["rule"]?.stringValue ?? ""), rule["message"]?.stringValue ?? ""]
        }
        let below = (schema["properties"]?.objectValue ?? [:]).sorted { $0.key < $1.key }.flatMap { name, member in
            rules(member, path: "\(path).\(name)")
        }
        return own + below + (schema["items"].map { rules($0, path: path + "[]") } ?? [])
    }
}
