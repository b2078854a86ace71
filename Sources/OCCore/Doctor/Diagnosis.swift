import JSONValue
import KubernetesModel

/// Why an object is not as it should be: the stage it is in, the cause, what happens next, and what to do.
struct Diagnosis: Sendable, Hashable {
    var label: String
    var phase: String
    var needsSomebody: Bool
    /// Lines of a title and a text.
    var lines: [Line]

    /// A title and a text.
    struct Line: Sendable, Hashable {
        var title: String
        var text: String
    }

    /// Explains the state of an object; `nil` when it is as it should be.
    static func explain(_ label: String, _ state: ObjectState, now: Timestamp) -> Diagnosis? {
        guard !state.isFine else { return nil }
        let cause =
            state.conditions.first { $0.type == state.cause?.condition }
            ?? state.conditions.first { $0.type == "Ready" && $0.status != "True" }
        var lines: [Line] = []
        if let step = state.steps.last(where: { $0.status == "failed" || $0.status == "running" }) {
            let time = step.startedAt.map { " for \(Age.text(from: $0, to: step.finishedAt ?? now))" } ?? ""
            let attempt = step.attempt.flatMap { $0 > 1 ? ", attempt \($0)" : nil } ?? ""
            lines.append(
                Line(title: "Stage", text: "\(step.name) \(step.status)\(time)\(attempt)" + (step.message.map { ": \($0)" } ?? ""))
            )
        } else if let cause {
            let since = cause.since.map { " for \(Age.text(from: $0, to: now))" } ?? ""
            lines.append(Line(title: "Stage", text: "\(cause.type) is \(cause.status)\(since)"))
        }
        let reason = state.cause?.reason ?? cause?.reason
        if let text = [reason, cause?.message ?? state.message].compactMap(\.self).filter({ !$0.isEmpty }).joinedAsCause {
            lines.append(Line(title: "Cause", text: text))
        }
        let when = state.nextAt.map { at in
            at > now ? " In \(Age.text(from: now, to: at))." : ""
        }
        lines.append(Line(title: "Next", text: (state.next ?? Self.next(state)) + (when ?? "")))
        lines.append(Line(title: "Do", text: state.advice ?? Self.advice(label, state)))
        return Diagnosis(label: label, phase: state.phase, needsSomebody: state.hasFailed, lines: lines)
    }

    /// What happens next, where the server does not say.
    private static func next(_ state: ObjectState) -> String {
        state.hasFailed ? "Nothing happens by itself any more." : "It goes on by itself."
    }

    /// What to do, where the server does not say.
    private static func advice(_ label: String, _ state: ObjectState) -> String {
        switch state.phase.lowercased() {
        case "offline": "Look whether its gateway is connected: oc get gateways."
        case "failed", "error", "invalid": "Mend the cause, or delete it and order it anew: oc describe \(label)."
        case "disconnected": "The gateway is called again and again; look whether its tenant is ready: oc doctor tenants."
        default: "Wait, and look again: oc wait \(label)."
        }
    }

    /// The text.
    func text(isColoured: Bool) -> String {
        let colour = needsSomebody ? 31 : 33
        let shown = DisplayText.line(phase)
        let phase = isColoured ? "\u{1B}[\(colour)m\(shown)\u{1B}[0m" : shown
        let width = lines.map(\.title.count).max() ?? 0
        return "\(DisplayText.line(label))  \(phase)\n"
            + lines.map { "  \($0.title):" + String(repeating: " ", count: width - $0.title.count + 2) + DisplayText.line($0.text) + "\n" }
            .joined()
    }

    /// For programs.
    var json: JSON {
        var members: JSON = ["object": .string(label), "phase": .string(phase), "needsSomebody": .bool(needsSomebody)]
        for line in lines { members[line.title.lowercased()] = .string(line.text) }
        return members
    }
}

extension [String] {
    /// `Reason: message`; nil for nothing.
    fileprivate var joinedAsCause: String? { isEmpty ? nil : joined(separator: ": ") }
}
