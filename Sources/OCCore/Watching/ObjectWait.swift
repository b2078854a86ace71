import JSONValue
import KubernetesModel

/// Waits until an object is as wanted, and shows how far it is.
struct ObjectWait {
    var reader: ResourceReader
    /// Seconds to wait at most.
    var timeout: Int
    var context: CLIContext

    /// Waits for one object. A server that does not answer meanwhile is waited for as well.
    ///
    /// - Parameter says: whether it is said when it has come about.
    /// - Throws: ``OCError`` `TIMEOUT` when time is up, with what is in the way; `NOT_FOUND` when it is not there.
    func run(_ type: ResourceDeclaration, _ words: [String], _ goal: ReadinessGoal, says: Bool) async throws {
        let label = type.label(words.last)
        let start = context.now()
        var progress = ProgressDisplay(isTerminal: context.mayRedraw, isColoured: context.mayColourErrors)
        var patience = Patience(context)
        var hasWarned = false
        while true {
            let look: Look
            do {
                look = try await self.look(type, words, goal)
                patience.answered()
            } catch let error as OCError where patience.bears(error) && left(start) > 0 {
                context.errors(progress.end())
                let pause = patience.wait(after: error, interval: 1)
                try await context.sleep(.seconds(min(pause, max(1, left(start)))))
                continue
            } catch {
                context.errors(progress.end())
                throw error
            }
            if look.distance == .met {
                context.errors(progress.end())
                if says { context.output("\(label) \(goal.past)\n") }
                return
            }
            guard let state = look.state else {
                context.errors(progress.end())
                throw OCError(.notFound, code: "NOT_FOUND", "There is no \(label)")
            }
            guard left(start) > 0 else {
                context.errors(progress.end())
                throw late(label, state, look.distance)
            }
            if case .unknown(let what) = look.distance, !hasWarned {
                hasWarned = true
                context.errors(progress.end() + "Warning: \(label): \(what)\n")
            }
            let size = context.terminalSize()
            let elapsed = timeout - left(start)
            context.errors(progress.show(label, state, elapsed: elapsed, now: context.now(), columns: size?.columns, rows: size?.rows))
            try await context.sleep(.seconds(1))
        }
    }

    /// What one look found.
    private struct Look {
        var state: ObjectState?
        var distance: ReadinessGoal.Distance
    }

    private func look(_ type: ResourceDeclaration, _ words: [String], _ goal: ReadinessGoal) async throws -> Look {
        guard let state = try await StateReader(reader: reader).state(type, words) else {
            return Look(state: nil, distance: goal == .gone ? .met : .unmet("it is not there"))
        }
        // What the status does not tell, the object may.
        var object: JSON?
        if case .member(let path, _) = goal, state.source[at: path] == nil, type.readiness?.status != nil {
            object = try await reader.object(type, words)
        }
        return Look(state: state, distance: goal.distance(of: state, object: object))
    }

    /// The seconds that are left.
    private func left(_ start: Timestamp) -> Int { timeout - Int(context.now().seconds(since: start)) }

    private func late(_ label: String, _ state: ObjectState, _ distance: ReadinessGoal.Distance) -> OCError {
        let why = state.message ?? state.conditions.first { $0.type == state.cause?.condition }?.message
        // Of one that is well there is nothing to explain: what was asked for is not what it is.
        let details = state.isFine ? [] : [why, state.advice, "`oc doctor \(label)` explains what is in the way."].compactMap(\.self)
        return OCError(.failure, code: "TIMEOUT", "\(label) did not get there within \(timeout) s: \(distance.text)", details: details)
    }
}
