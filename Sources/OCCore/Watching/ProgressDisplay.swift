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
    /// - Parameters:
    ///   - elapsed: seconds since the wait began.
    ///   - columns: how wide the terminal is; a line that wraps could not be drawn over.
    ///   - rows: how high it is; what has left it at the top could not be either.
    mutating func show(_ label: String, _ state: ObjectState, elapsed: Int, now: Timestamp, columns: Int?, rows: Int?) -> String {
        guard isTerminal else { return changes(label, state, elapsed: elapsed) }
        // The last column stays free: some terminals wrap as soon as it is taken.
        let width = max(1, (columns ?? 80) - 1)
        let lines = picture(label, state, elapsed: elapsed, now: now, width: width).prefix(max(1, (rows ?? 24) - 1))
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
        return lines.map { "\(DisplayText.line($0)) (after \(elapsed) s)\n" }.joined()
    }

    private func picture(_ label: String, _ state: ObjectState, elapsed: Int, now: Timestamp, width: Int) -> [String] {
        let head = "\(label): \(state.phase), \(elapsed) s" + (state.message.map { ": \($0)" } ?? "")
        var lines = [DisplayText.cut(DisplayText.line(head), to: width)]
        // Reconciling and Stalled (kstatus) are true when something is not done yet: they are no steps.
        let conditions = state.conditions.filter { !["Reconciling", "Stalled"].contains($0.type) }
        let rows = state.steps.isEmpty ? conditions.map(Self.row) : state.steps.map { Self.row($0, now) }
        let names = rows.map { DisplayText.width($0.name) }.max() ?? 0
        for row in rows {
            let padding = String(repeating: " ", count: names - DisplayText.width(row.name) + 3)
            let text = DisplayText.line(row.name + (row.note.isEmpty ? "" : padding + row.note))
            // The mark, which may be coloured, takes one cell and three blanks stand around it.
            lines.append("  \(mark(row.mark)) \(DisplayText.cut(text, to: width - 4))")
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
}
