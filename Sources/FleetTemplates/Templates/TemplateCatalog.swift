import Yams

/// The templates that can be asked for by id.
public struct TemplateCatalog: Sendable, Hashable {
    /// What a fleet is made from when nothing is said.
    public static let defaultID = "standard-7-agent"

    /// The templates by id.
    public private(set) var templates: [String: FleetTemplate]

    /// The templates that come with the platform.
    public static let builtIn = TemplateCatalog(templates: [standard, single].reduce(into: [:]) { $0[$1.id] = $1 })

    /// Adds the templates of a ConfigMap: each value is one template in YAML or JSON, its key the id, with or without `.yaml`, `.yml` or `.json`.
    /// A template of the same id is replaced, also a built-in one.
    ///
    /// - Parameter data: the ConfigMap's data.
    /// - Returns: what was wrong with those that were left out, by key.
    public mutating func add(configMap data: [String: String]) -> [String: TemplateError] {
        var problems: [String: TemplateError] = [:]
        for (key, text) in data.sorted(by: { $0.key < $1.key }) {
            do throws(TemplateError) {
                let template = try Self.parse(text, id: Self.id(of: key))
                templates[template.id] = template
            } catch {
                problems[key] = error
            }
        }
        return problems
    }

    /// The template with an id.
    ///
    /// - Parameter id: the id; `nil` means the default.
    /// - Throws: ``TemplateError`` `unknown_template`.
    public func template(_ id: String?) throws(TemplateError) -> FleetTemplate {
        let id = id ?? Self.defaultID
        guard let template = templates[id] else { throw .unknown(id, among: templates.keys.sorted()) }
        return template
    }

    private static func id(of key: String) -> String {
        for suffix in [".yaml", ".yml", ".json"] where key.hasSuffix(suffix) { return String(key.dropLast(suffix.count)) }
        return key
    }

    /// The members of a template's text; the id is the key's unless the text has one.
    private struct Text: Decodable {
        var id: String?
        var summary: String?
        var agents: [FleetTemplate.Agent]
    }

    private static func parse(_ text: String, id: String) throws(TemplateError) -> FleetTemplate {
        let read: Text
        do { read = try YAMLDecoder().decode(Text.self, from: text) } catch {
            throw .invalid(id, "its text is not as described: \(reason(error))")
        }
        guard read.id == nil || read.id == id else { throw .invalid(id, "its text has the id \"\(read.id ?? "")\"") }
        let template = FleetTemplate(id: id, summary: read.summary ?? "", agents: read.agents)
        try template.validate()
        return template
    }

    private static func reason(_ error: any Error) -> String {
        guard let error = error as? DecodingError else { return "it is not YAML" }
        switch error {
        case .keyNotFound(let key, let context): return "\(path(context.codingPath + [key])) is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context): return "\(path(context.codingPath)) has the wrong type"
        case .dataCorrupted: return "it is not YAML"
        @unknown default: return "it cannot be read"
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        keys.map { key in key.intValue.map { "[\($0)]" } ?? key.stringValue }.joined(separator: ".")
    }
}
