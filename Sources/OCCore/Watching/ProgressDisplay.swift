import KubernetesModel

/// Shows how far an object is while it is waited for: on a terminal in place, elsewhere a line for each change.
struct ProgressDisplay {
    private let isTerminal: Bool
    private let isColoured: Bool
    private var drawn = 0
    private var said: Set<String> = []

    /// A display that shows nothing yet.
    init(isTerminal: Bool, isColoured: Bool) {
        self.isTerminal = isTerminal
        self.isColoured = isColoured
    }

    /// What to write for a state.
    ///
    /// - Parameter elapsed: seconds since the wait began.
    mutating func show(_ label: String, _ state: ObjectState, elapsed: Int, now: Timestamp) -> String {
        guard isTerminal else { return changes(label, state, elapsed: elapsed) }
        let lines = picture(label, state, elapsed: elapsed, now: now)
        let back = erase()
        drawn = lines.count
        return back + lines.map { $0 + "\n" }.joined()
    }

    /// What to write when the wait is over: on a terminal the picture goes.
    mutating func end() -> String {
        let text = erase()
        drawn = 0
        return text
    }

    private func erase() -> String { drawn == 0 ? "" : "\u{1B}[\(drawn)A\u{1B}[J" }

    /// Each thing that is new since the last look.
    private mutating func changes(_ label: String, _ state: ObjectState, elapsed: Int) -> String {
        var lines: [String] = []
        let head = "\(label): \(state.phase)" + (state.message.map { ": \($0)" } ?? "")
        if said.insert(head).inserted { lines.append(head) }
        for step in state.steps where step.status != "pending" {
            let text = "\(label): \(step.name) \(step.status)" + (step.message.map { ": \($0)" } ?? "")
            if said.insert(text).inserted { lines.append(text) }
        }
        return lines.map { "\($0) (after \(elapsed) s)\n" }.joined()
    }

    private func picture(_ label: String, _ state: ObjectState, elapsed: Int, now: Timestamp) -> [String] {
        var lines = ["\(label): \(state.phase), \(elapsed) s" + (state.message.map { ": \(Self.oneLine($0))" } ?? "")]
        // Reconciling and Stalled (kstatus) are true when something is not done yet: they are no steps.
        let conditions = state.conditions.filter { !["Reconciling", "Stalled"].contains($0.type) }
        let rows = state.steps.isEmpty ? conditions.map(Self.row) : state.steps.map { Self.row($0, now) }
        let width = rows.map { $0.name.count }.max() ?? 0
        for row in rows {
            let padding = String(repeating: " ", count: width - row.name.count + 3)
            let note = row.note.isEmpty ? "" : padding + Self.oneLine(row.note)
            lines.append("  \(mark(row.mark)) \(row.name)\(note)")
        }
        return lines
    }

    private enum Mark { case done, running, waiting, failed }

    private func mark(_ mark: Mark) -> String {
        let (sign, colour) =
            switch mark {
            case .done: ("✓", 32)
            case .running: ("●", 33)
            case .waiting: ("·", 0)
            case .failed: ("✗", 31)
            }
        return isColoured && colour != 0 ? "\u{1B}[\(colour)m\(sign)\u{1B}[0m" : sign
    }

    private static func row(_ condition: ObjectState.Condition) -> (mark: Mark, name: String, note: String) {
        switch condition.status {
        case "True": (.done, condition.type, "")
        case "False": (.running, condition.type, "\(condition.reason): \(condition.message)")
        default: (.waiting, condition.type, condition.reason)
        }
    }

    private static func row(_ step: ObjectState.Step, _ now: Timestamp) -> (mark: Mark, name: String, note: String) {
        let time = step.startedAt.map { Age.text(from: $0, to: step.finishedAt ?? now) }
        let attempt = step.attempt.flatMap { $0 > 1 ? "attempt \($0)" : nil }
        let note = [time, attempt, step.message].compactMap(\.self).joined(separator: ", ")
        return switch step.status {
        case "succeeded", "skipped": (.done, step.name, note)
        case "running": (.running, step.name, note)
        case "failed": (.failed, step.name, note)
        default: (.waiting, step.name, "")
        }
    }

    /// A text on one line that fits on most terminals: a line that wraps could not be drawn over.
    private static func oneLine(_ text: String) -> String {
        var line = ""
        for scalar in text.unicodeScalars { line.unicodeScalars.append(scalar.properties.generalCategory == .control ? " " : scalar) }
        return line.count > 60 ? line.prefix(59) + "…" : line
    }
}
