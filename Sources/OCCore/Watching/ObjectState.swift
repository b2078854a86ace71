import JSONValue
import KubernetesModel

/// How an object is doing: what a status operation says, or what the object itself shows.
struct ObjectState: Sendable, Hashable {
    /// A condition (KEP-1623).
    struct Condition: Sendable, Hashable {
        var type: String
        var status: String
        var reason: String
        var message: String
        var since: Timestamp?
    }

    /// A step of provisioning.
    struct Step: Sendable, Hashable {
        var name: String
        /// `pending`, `running`, `succeeded`, `failed` or `skipped`.
        var status: String
        var attempt: Int64?
        var startedAt: Timestamp?
        var finishedAt: Timestamp?
        var message: String?
    }

    var phase: String
    var isReady: Bool
    /// Whether it does what was asked of it: ready, or stopped on purpose.
    var isFine: Bool
    var hasFailed: Bool
    var message: String?
    var conditions: [Condition] = []
    var steps: [Step] = []
    /// The condition and the reason that stand in the way.
    var cause: (condition: String?, reason: String)? {
        get { causeReason.map { (causeCondition, $0) } }
        set { (causeCondition, causeReason) = (newValue?.condition, newValue?.reason) }
    }
    private var causeCondition: String?
    private var causeReason: String?
    /// What happens next when nobody does anything.
    var next: String?
    /// When that is.
    var nextAt: Timestamp?
    /// What somebody should do.
    var advice: String?
    /// What it was read from.
    var source: JSON

    /// Reads what a status operation says.
    init(status: JSON, of readiness: Readiness) {
        phase = status["phase"]?.stringValue ?? "<unknown>"
        isReady = status["ready"] == true
        isFine = isReady || readiness.ready.contains(phase.lowercased()) && status["ready"]?.boolValue == nil || phase == "Suspended"
        hasFailed = readiness.failed.contains(phase.lowercased())
        message = status["message"]?.stringValue
        conditions = (status["conditions"]?.arrayValue ?? []).map { condition in
            Condition(
                type: condition["type"]?.stringValue ?? "",
                status: condition["status"]?.stringValue ?? "Unknown",
                reason: condition["reason"]?.stringValue ?? "",
                message: condition["message"]?.stringValue ?? "",
                since: condition["lastTransitionTime"]?.stringValue.flatMap { Timestamp(parsing: $0) }
            )
        }
        steps = (status["steps"]?.arrayValue ?? []).map { step in
            Step(
                name: step["name"]?.stringValue ?? "",
                status: step["status"]?.stringValue ?? "pending",
                attempt: step["attempt"]?.integerValue,
                startedAt: step["startedAt"]?.stringValue.flatMap { Timestamp(parsing: $0) },
                finishedAt: step["finishedAt"]?.stringValue.flatMap { Timestamp(parsing: $0) },
                message: step["message"]?.stringValue
            )
        }
        next = status[at: ["retry", "says"]]?.stringValue
        nextAt = status[at: ["retry", "at"]]?.stringValue.flatMap { Timestamp(parsing: $0) }
        advice = status["advice"]?.stringValue
        source = status
        if let reason = status[at: ["cause", "reason"]]?.stringValue {
            cause = (status[at: ["cause", "condition"]]?.stringValue, reason)
        }
    }

    /// Reads what an object shows of itself.
    init(object: JSON, of readiness: Readiness) {
        phase = readiness.phase(of: object) ?? "<unknown>"
        isReady = readiness.isReady(object)
        isFine = isReady || ["suspended", "paused", "stopped"].contains(phase.lowercased())
        hasFailed = readiness.hasFailed(object)
        message = readiness.message(of: object)
        if let stage = object["provisioning_stage"]?.stringValue, !isReady {
            steps = [
                Step(
                    name: stage,
                    status: hasFailed ? "failed" : "running",
                    attempt: object["attempts"]?.integerValue,
                    startedAt: (object["updated_at"] ?? object["created_at"])?.stringValue.flatMap { Timestamp(parsing: $0) },
                    finishedAt: nil,
                    message: object["callback_stage"]?.stringValue.map { "the machine reported \($0)" }
                )
            ]
        }
        if let at = object["next_attempt_at"]?.stringValue.flatMap({ Timestamp(parsing: $0) }) {
            nextAt = at
            let attempts = object["attempts"]?.integerValue.map { " (\($0) so far)" } ?? ""
            next = "The control plane tries again by itself\(attempts)."
        }
        source = object
    }
}

/// Reads how objects are doing.
struct StateReader {
    var reader: ResourceReader

    /// How one object is doing; `nil` when it does not exist.
    func state(_ type: ResourceDeclaration, _ words: [String]) async throws -> ObjectState? {
        let readiness = type.readiness ?? Readiness(phase: "phase", ready: [], failed: [])
        do {
            if let route = readiness.status {
                return ObjectState(status: try await reader.client.send(route.method, route.filled(words)), of: readiness)
            }
            return ObjectState(object: try await reader.object(type, words), of: readiness)
        } catch let error as OCError where error.exit == .notFound {
            return nil
        }
    }
}
