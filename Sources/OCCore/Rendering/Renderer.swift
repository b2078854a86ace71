import CraneAPI
import JSONValue
import KubernetesModel

/// Turns answers into text. It decides nothing else and touches nothing: the same input gives the same text.
struct Renderer {
    var format: OutputFormat
    var showsTitles = true
    var isColoured = false
    var now: Timestamp
    /// The names of what the objects are part of.
    var parents: [String] = []

    /// A list of objects.
    func list(_ objects: [JSON], of kind: ResourceDeclaration) -> String {
        switch format {
        case .json: JSON.array(objects).text(pretty: true) + "\n"
        case .yaml: YAMLText.document(.array(objects))
        default: table(objects, kind)
        }
    }

    /// One object.
    func object(_ object: JSON, of kind: ResourceDeclaration) -> String {
        switch format {
        case .json: object.text(pretty: true) + "\n"
        case .yaml: YAMLText.document(object)
        default: table([object], kind)
        }
    }

    /// The members of a status, one a line.
    func status(_ status: JSON, name: String?, of kind: ResourceDeclaration) -> String {
        switch format {
        case .json: return status.text(pretty: true) + "\n"
        case .yaml: return YAMLText.document(status)
        case .name: return "\(kind.label(name))\n"
        case .table, .wide:
            let members = (status.objectValue ?? [:]).filter { !$0.value.isNull }.sorted { Self.rank($0.key) < Self.rank($1.key) }
            let columns = [Column("FIELD", "field"), Column("VALUE", "value", .state)]
            let rows: [JSON] = members.map { ["field": .string($0.key), "value": $0.value] }
            return Table(columns: columns, showsTitles: false, isColoured: isColoured).text(rows, now: now)
        }
    }

    /// The phase comes first, the message last, the rest by name.
    private static func rank(_ key: String) -> String { key == "phase" ? "" : key == "message" ? "\u{7F}" : key }

    /// What a write did: `tenant/mia created`.
    func write(_ answer: JSON, name: String?, verb: String, of kind: ResourceDeclaration) -> String {
        switch format {
        case .json: answer.text(pretty: true) + "\n"
        case .yaml: YAMLText.document(answer)
        case .name: "\(kind.label(name))\n"
        case .table, .wide: "\(kind.label(name)) \(verb)\n"
        }
    }

    /// A report: JSON and YAML show it whole, tables the rows in it.
    func report(_ report: JSON, rows: String, columns: [Column], of kind: ResourceDeclaration) -> String {
        let objects = report[rows]?.arrayValue ?? []
        switch format {
        case .json: return report.text(pretty: true) + "\n"
        case .yaml: return YAMLText.document(report)
        case .name: return names(objects, kind)
        case .table, .wide:
            return Table(columns: columns.filter { format == .wide || !$0.isWide }, showsTitles: showsTitles, isColoured: isColoured)
                .text(objects, now: now)
        }
    }

    private func table(_ objects: [JSON], _ kind: ResourceDeclaration) -> String {
        if format == .name { return names(objects, kind) }
        // What has no columns is a document.
        guard !kind.columns.isEmpty else { return objects.map(Self.document).joined(separator: "---\n") }
        let columns = kind.columns.filter { format == .wide || !$0.isWide }
        return Table(columns: columns, showsTitles: showsTitles, isColoured: isColoured).text(objects, now: now)
    }

    /// A text as it is, anything else as YAML.
    private static func document(_ object: JSON) -> String {
        guard let text = object.stringValue else { return YAMLText.document(object) }
        return text.hasSuffix("\n") ? text : text + "\n"
    }

    private func names(_ objects: [JSON], _ kind: ResourceDeclaration) -> String {
        objects.map { kind.label(kind.arguments.isEmpty ? nil : (parents + [kind.name(of: $0)]).joined(separator: "/")) + "\n" }.joined()
    }
}
