import ControlPlane
import CraneAPI
import JSONValue

/// The page with every operation of the REST API, made from the OpenAPI document.
enum OperationReference {
    /// The page.
    static func file() throws -> GeneratedFile {
        GeneratedFile(path: "docs/reference/api.md", contents: page(try JSON(parsing: ControlPlane.openAPIText())))
    }

    private static let methods = ["get", "post", "put", "patch", "delete"]

    static func page(_ document: JSON) -> String {
        var byTag: [String: [(title: String, text: String)]] = [:]
        let base = document["servers"]?[0]?["url"]?.stringValue ?? ""
        for (path, item) in (document["paths"]?.objectValue ?? [:]).sorted(by: { $0.key < $1.key }) {
            // Paths of other surfaces have a server of their own.
            let prefix = item["servers"]?[0]?["url"]?.stringValue ?? base
            for method in methods {
                guard let operation = item[method] else { continue }
                let start = operation["servers"]?[0]?["url"]?.stringValue ?? prefix
                let place = "\(method.uppercased()) \(start == "/" ? "" : start)\(path)"
                byTag[operation["tags"]?[0]?.stringValue ?? "Other", default: []].append((place, section(place, operation, item, document)))
            }
        }
        var text = """
            # REST API

            Every operation, made from [openapi.json](../openapi.json) by `opencrane generate`. Conventions (errors, pages, versions, repetitions) are in [the API](../api.md).

            """
        for (tag, sections) in byTag.sorted(by: { $0.key < $1.key }) {
            text += "\n## \(tag)\n" + sections.map { "\n\($0.text)" }.joined()
        }
        return text
    }

    private static func section(_ place: String, _ operation: JSON, _ item: JSON, _ document: JSON) -> String {
        var text = "### `\(place)`\n\n"
        let told = [operation["summary"], operation["description"]].compactMap { $0?.stringValue }.filter { !$0.isEmpty }
        for sentence in told { text += sentence + "\n\n" }
        let parameters = ((item["parameters"]?.arrayValue ?? []) + (operation["parameters"]?.arrayValue ?? [])).map { parameter in
            let parameter = resolved(parameter, document)
            let schema = resolved(parameter["schema"] ?? [:], document)
            let isRequired = parameter["required"] == true && parameter["in"] != "path"
            let note = [parameter["description"]?.stringValue ?? ""] + ResourceReference.limits(schema, isRequired: isRequired)
            return [
                Markdown.code(parameter["name"]?.stringValue ?? ""), parameter["in"]?.stringValue ?? "", ResourceReference.type(schema),
                note.filter { !$0.isEmpty }.joined(separator: " "),
            ]
        }
        if !parameters.isEmpty { text += Markdown.table(["Parameter", "In", "Type", "Means"], parameters) + "\n" }
        for (type, content) in (operation[at: ["requestBody", "content"]]?.objectValue ?? [:]).sorted(by: { $0.key < $1.key }) {
            text += "Body: \(Markdown.code(type))\n\n"
            let rows = members(content["schema"] ?? [:], document, path: "", depth: 0)
            if !rows.isEmpty { text += Markdown.table(["Member", "Type", "Means"], rows) + "\n" }
        }
        let answers = (operation["responses"]?.objectValue ?? [:]).sorted { $0.key < $1.key }.map { status, answer in
            let answer = resolved(answer, document)
            let content = (answer["content"]?.objectValue ?? [:]).sorted { $0.key < $1.key }.first
            let name = content?.value["schema"].map { typeName($0, document) } ?? ""
            return [status, name, answer["description"]?.stringValue ?? ""]
        }
        return text + Markdown.table(["Status", "Answer", "Means"], answers)
    }

    /// The members of a body, down to three levels.
    private static func members(_ schema: JSON, _ document: JSON, path: String, depth: Int) -> [[String]] {
        let schema = resolved(schema, document)
        guard depth < 3 else { return [] }
        let required = Set((schema["required"]?.arrayValue ?? []).compactMap(\.stringValue))
        return (schema["properties"]?.objectValue ?? [:]).sorted { $0.key < $1.key }.flatMap { name, member in
            let place = path.isEmpty ? name : "\(path).\(name)"
            let inner = resolved(member, document)
            let note = [inner["description"]?.stringValue ?? ""] + ResourceReference.limits(inner, isRequired: required.contains(name))
            let row = [Markdown.code(place), ResourceReference.type(inner), note.filter { !$0.isEmpty }.joined(separator: " ")]
            if let items = inner["items"] { return [row] + members(items, document, path: place + "[]", depth: depth + 1) }
            return [row] + members(inner, document, path: place, depth: depth + 1)
        }
    }

    private static func typeName(_ schema: JSON, _ document: JSON) -> String {
        if let reference = schema["$ref"]?.stringValue { return Markdown.code(String(reference.split(separator: "/").last ?? "")) }
        if schema["type"] == "array" { return "list of \(typeName(schema["items"] ?? [:], document))" }
        return ResourceReference.type(schema)
    }

    /// What a reference names; itself when it is none.
    private static func resolved(_ value: JSON, _ document: JSON) -> JSON {
        guard let reference = value["$ref"]?.stringValue, reference.hasPrefix("#/") else { return value }
        let path = reference.dropFirst(2).split(separator: "/").map(String.init)
        return document[at: path] ?? value
    }
}
