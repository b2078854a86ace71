import CraneAPI
import HTTPOperations
import JSONValue
import Projection
import Schema

/// A step as the stream shows it.
struct FleetStepView: Codable, Sendable, Hashable, SchemaDescribing {
    var run: Int
    var attempt: Int
    var step: String
    var status: String
    var message: String
    var durationMs: Nullable<Int64>
    var createdAt: Nullable<String>

    static var schemaName: String? { "FleetStep" }
    static let schemaNotes: [String: SchemaNote] = [
        "run": "The run, from 1.", "attempt": "The try within the run, from 1.", "step": "Name of the step.",
        "status": SchemaNote("How far it is.", enum: ["running", "complete", "failed"]),
        "message": "What is or was in the way, for people.",
        "durationMs": "How long it took, in milliseconds; null while it runs.",
        "createdAt": "When it ended (RFC 3339, UTC); null while it runs.",
    ]
}

/// Tells what changed in a fleet between two looks at it.
struct FleetChanges: Sendable {
    private struct Key: Hashable {
        var run: Int
        var step: String
    }

    private var last: FleetAnswer?
    private var uid: String?
    private var seen: [Key: FleetStepView] = [:]

    /// The events of a look. The first one gives the whole fleet; later ones each step that changed, and the whole fleet when more than its
    /// steps and its times did, or when it is another one.
    ///
    /// - Parameters:
    ///   - state: what is there; nil for no fleet.
    ///   - answer: the whole of it.
    mutating func look(_ state: FleetState?, answer: FleetAnswer) -> [ServerSentEvent] {
        let isFirst = last == nil
        // Another tenant in the place of the former: nothing of the former is told any more.
        let isOther = uid != state?.row.metadata.uid
        if isOther { seen = [:] }
        uid = state?.row.metadata.uid
        var events: [ServerSentEvent] = []
        for step in state.map(Self.steps) ?? [] {
            let key = Key(run: step.run, step: step.step)
            guard seen[key] != step else { continue }
            // What ended is not told as running by a row that is behind the log.
            if let before = seen[key], before.status != "running", step.status == "running", before.attempt >= step.attempt { continue }
            seen[key] = step
            if !isFirst { events += Self.event("step", step) }
        }
        if isFirst || isOther {
            // Whoever waited for a fleet hears of it first, then of each step it has taken already.
            events = Self.event("fleet", answer) + events
        } else if Self.core(answer) != last.flatMap(Self.core) {
            events += Self.event("fleet", answer)
        }
        last = answer
        return events
    }

    /// A fleet without what changes with every step.
    private static func core(_ answer: FleetAnswer) -> FleetView? {
        var fleet = answer.fleet.value
        fleet?.provisionLog = []
        fleet?.updatedAt = ""
        return fleet
    }

    private static func event(_ name: String, _ value: some Encodable) -> [ServerSentEvent] {
        // Views are texts, numbers and lists of them: they can be written.
        (try? JSON(encoding: value)).map { [ServerSentEvent(name: name, data: $0)] } ?? []
    }

    /// The steps that have begun: those of the log, and those under way.
    private static func steps(_ state: FleetState) -> [FleetStepView] {
        let logged = state.log.map { entry in
            FleetStepView(
                run: entry.run,
                attempt: entry.attempt,
                step: entry.step,
                status: entry.outcome.rawValue,
                message: entry.message,
                durationMs: Nullable(entry.milliseconds),
                createdAt: Nullable(RESTTimestamp.text(entry.finishedAt))
            )
        }
        let ended = Set(logged.map { Key(run: $0.run, step: $0.step) })
        let running = state.steps.filter { $0.status == .running && !ended.contains(Key(run: state.run, step: $0.name)) }.map { step in
            FleetStepView(
                run: state.run,
                attempt: step.attempt ?? 1,
                step: step.name,
                status: "running",
                message: step.message ?? "",
                durationMs: Nullable(nil),
                createdAt: Nullable(nil)
            )
        }
        return logged + running
    }
}
