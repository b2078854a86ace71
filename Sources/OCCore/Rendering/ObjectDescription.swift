import CraneAPI
import JSONValue
import KubernetesModel

/// An object in full, for people: its members, how it is doing, and what happened to it.
struct ObjectDescription {
    var type: ResourceDeclaration
    var object: JSON
    var state: ObjectState?
    var events: [JSON]
    var now: Timestamp
    var isColoured = false

    /// The columns of events.
    static let eventColumns = [
        Column("LAST-SEEN", "time", .age, absent: "<unknown>"), Column("TYPE", "type", .state), Column("REASON", "reason"),
        Column("OBJECT", "label"), Column("MESSAGE", "message"),
    ]

    /// The text.
    var text: String {
        var lines = members(object.objectValue ?? [:])
        if let state { lines += progress(state) }
        if type.events != nil {
            lines += events.isEmpty ? ["Events:  <none>"] : ["Events:"] + indented(table(Self.eventColumns, events.map(Self.eventRow)))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// How an object is doing: its conditions and steps, what comes next, and what to do.
    private func progress(_ state: ObjectState) -> [String] {
        var lines: [String] = []
        if !state.conditions.isEmpty { lines += ["Conditions:"] + indented(table(conditionColumns, state.conditions.map(conditionRow))) }
        if !state.steps.isEmpty { lines += ["Steps:"] + indented(table(stepColumns, state.steps.map(stepRow))) }
        if let next = state.next { lines.append("Next:  \(DisplayText.line(next))") }
        if let advice = state.advice { lines.append("Do:    \(DisplayText.line(advice))") }
        return lines
    }

    /// A status for people: its members as the renderer shows them, and below what is a table of its own.
    static func status(_ status: JSON, name: String?, of type: ResourceDeclaration, _ renderer: Renderer) -> String {
        guard let readiness = type.readiness, readiness.status != nil, renderer.format == .table || renderer.format == .wide else {
            return renderer.status(status, name: name, of: type)
        }
        let state = ObjectState(status: status, of: readiness)
        var members = status
        if !state.conditions.isEmpty { members["cause"] = nil }
        for member in ["conditions", "steps", "retry", "advice"] { members[member] = nil }
        let description = ObjectDescription(
            type: type,
            object: status,
            state: state,
            events: [],
            now: renderer.now,
            isColoured: renderer.isColoured
        )
        let lines = description.progress(state)
        return renderer.status(members, name: name, of: type) + lines.map { $0 + "\n" }.joined()
    }

    /// An event as a row: the object as `kind/name`, how often in front of the message.
    static func eventRow(_ event: JSON) -> JSON {
        var row = event
        let kind = event[at: ["object", "kind"]]?.stringValue?.lowercased() ?? ""
        row["label"] = .string("\(kind)/\(event[at: ["object", "name"]]?.stringValue ?? "")")
        if let count = event["count"]?.integerValue, count > 1 {
            row["message"] = .string("(\(count) times) \(event["message"]?.stringValue ?? "")")
        }
        return row
    }

    private func members(_ members: [String: JSON]) -> [String] {
        let titles = members.filter { !$0.value.isNull }.map { (title: DisplayText.line(Self.title($0.key)), value: $0.value) }
            .sorted { (Self.rank($0.title), $0.title) < (Self.rank($1.title), $1.title) }
        let width = titles.map { DisplayText.width($0.title) }.max() ?? 0
        return titles.flatMap { title, value -> [String] in
            let padding = String(repeating: " ", count: width - DisplayText.width(title) + 2)
            switch value {
            case .object(let members) where !members.isEmpty: return ["\(title):"] + indented(DisplayText.lines(YAMLText.document(value)))
            case .array(let elements) where elements.contains { $0.objectValue != nil }:
                return ["\(title):"] + indented(DisplayText.lines(YAMLText.document(value)))
            case .array(let elements):
                let text = elements.map { DisplayText.line($0.stringValue ?? $0.text()) }.joined(separator: ", ")
                return ["\(title):\(padding)\(text.isEmpty ? "<none>" : text)"]
            case .object: return ["\(title):\(padding)<none>"]
            default: return ["\(title):\(padding)\(Column("", "value").cell(["value": value], now: now))"]
            }
        }
    }

    /// Names first, then the rest.
    private static func rank(_ title: String) -> Int { ["Name", "ID", "Display Name", "Phase", "Status"].firstIndex(of: title) ?? 9 }

    /// `displayName` and `display_name` as `Display Name`.
    static func title(_ member: String) -> String {
        var words: [String] = [""]
        for character in member {
            if character == "_" {
                words.append("")
            } else if character.isUppercase, words.last?.last?.isUppercase != true {
                words.append(String(character))
            } else {
                words[words.count - 1].append(character)
            }
        }
        return words.filter { !$0.isEmpty }.map {
            ["id", "url", "usd", "mcp", "ip"].contains($0.lowercased()) ? $0.uppercased() : $0.capitalizedFirst
        }
        .joined(separator: " ")
    }

    private let conditionColumns = [
        Column("TYPE", "type"), Column("STATUS", "status", .state), Column("REASON", "reason"), Column("SINCE", "since", .age),
        Column("MESSAGE", "message", absent: ""),
    ]

    private func conditionRow(_ condition: ObjectState.Condition) -> JSON {
        [
            "type": .string(condition.type), "status": .string(condition.status), "reason": .string(condition.reason),
            "since": condition.since.map { .string($0.description) } ?? .null, "message": .string(condition.message),
        ]
    }

    private let stepColumns = [
        Column("STEP", "name"), Column("STATUS", "status", .state), Column("ATTEMPT", "attempt", absent: ""),
        Column("TOOK", "took", absent: ""),
        Column("MESSAGE", "message", absent: ""),
    ]

    private func stepRow(_ step: ObjectState.Step) -> JSON {
        [
            "name": .string(step.name), "status": .string(step.status), "attempt": step.attempt.map(JSON.integer) ?? .null,
            "took": step.startedAt.map { .string(Age.text(from: $0, to: step.finishedAt ?? now)) } ?? .null,
            "message": step.message.map(JSON.string) ?? .null,
        ]
    }

    private func table(_ columns: [Column], _ rows: [JSON]) -> String {
        Table(columns: columns, isColoured: isColoured).text(rows, now: now)
    }

    private func indented(_ text: String) -> [String] { text.split(separator: "\n").map { "  \($0)" } }
}
