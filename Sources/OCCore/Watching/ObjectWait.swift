import JSONValue
import KubernetesModel

/// Waits until an object is as wanted, and shows how far it is.
struct ObjectWait {
    var reader: ResourceReader
    /// Seconds to wait at most.
    var timeout: Int
    var context: CLIContext

    /// Waits for one object.
    ///
    /// - Parameter says: whether it is said when it has come about.
    /// - Throws: ``OCError`` `TIMEOUT` when time is up, with what is in the way; `NOT_FOUND` when it is not there.
    func run(_ type: ResourceDeclaration, _ words: [String], _ goal: ReadinessGoal, says: Bool) async throws {
        let label = type.label(words.last)
        let start = context.now()
        var progress = ProgressDisplay(isTerminal: context.isTerminal, isColoured: context.mayColour)
        while true {
            let state = try await StateReader(reader: reader).state(type, words)
            if isMet(goal, state) {
                context.errors(progress.end())
                if says { context.output("\(label) \(goal.past)\n") }
                return
            }
            guard let state else { throw OCError(.notFound, code: "NOT_FOUND", "There is no \(label)") }
            let elapsed = Int(context.now().seconds(since: start))
            guard elapsed < timeout else {
                context.errors(progress.end())
                throw Self.late(label, state, timeout)
            }
            context.errors(progress.show(label, state, elapsed: elapsed, now: context.now()))
            try await context.sleep(.seconds(1))
        }
    }

    private func isMet(_ goal: ReadinessGoal, _ state: ObjectState?) -> Bool {
        guard let state else { return goal == .gone }
        switch goal {
        case .gone: return false
        case .ready: return state.isReady
        case .condition(let name, let status): return state.conditions.contains { $0.type == name && $0.status == status }
        case .member(let path, let value): return state.source[at: path].map { $0.stringValue ?? $0.text() } == value
        }
    }

    private static func late(_ label: String, _ state: ObjectState, _ timeout: Int) -> OCError {
        let why = state.message ?? state.conditions.first { $0.type == state.cause?.condition }?.message
        return OCError(
            .failure,
            code: "TIMEOUT",
            "\(label) did not get there within \(timeout) s: it is \(state.phase)",
            details: [why, state.advice, "`oc doctor \(label)` explains what is in the way."].compactMap(\.self)
        )
    }
}
