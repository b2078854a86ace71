import JSONValue

/// A refusal of Compute Engine.
struct ComputeFault: Error, Sendable, Hashable {
    /// The HTTP status.
    var status: Int
    /// The reasons it gives, of `errors[]` and of `details[]`.
    var reasons: Set<String>
    /// Its sentence; empty when it gives none.
    var message: String
    /// How long it asks to be left alone.
    var retryAfter: Duration?

    /// Reads an answer. A body that is not the API's (as from a proxy) leaves the status alone.
    init(status: Int, body: JSON?, retryAfter: Duration? = nil) {
        let error = body?["error"]
        self.status = status
        let listed = (error?["errors"]?.arrayValue ?? []).compactMap { $0["reason"]?.stringValue }
        let detailed = (error?["details"]?.arrayValue ?? []).compactMap { $0["reason"]?.stringValue }
        reasons = Set(listed + detailed)
        message = error?["message"]?.stringValue ?? ""
        self.retryAfter = retryAfter
    }

    init(status: Int, reasons: Set<String> = [], message: String = "") {
        self.status = status
        self.reasons = reasons
        self.message = message
    }

    /// However long it asks for.
    private static let longestPause: Duration = .seconds(3600)

    /// The refusal as an error for the caller.
    func error(_ verb: ComputeVerb, _ reaction: ComputeReaction) -> MachineError {
        let reason = reasons.sorted().first.map { " (\($0))" } ?? ""
        let said = message.isEmpty ? "" : ": \(message)"
        func pause(_ usual: Int64) -> Duration { min(max(retryAfter ?? .zero, .seconds(usual)), Self.longestPause) }
        let text = "Compute Engine refused \(verb.rawValue) with HTTP \(status)\(reason)\(said)"
        switch reaction {
        case .backOff, .adopt, .absent, .succeeded: return MachineError(.unavailable, text, retryAfter: pause(10))
        case .retrySlowly: return MachineError(.noCapacity, text, retryAfter: pause(300))
        case .rereadFingerprint: return MachineError(.conflict, text, retryAfter: .seconds(2))
        case .permanent: return MachineError(status == 401 ? .unauthorized : .refused, text, isPermanent: true)
        }
    }
}

/// An operation resource.
struct ComputeOperation: Sendable, Hashable {
    var name: String
    var isDone: Bool
    /// The first error of an operation that is done, or nothing.
    var failure: Failure?

    struct Failure: Sendable, Hashable {
        var code: String
        var message: String
    }

    /// - Throws: ``MachineError`` with `badAnswer` when it is none.
    init(_ json: JSON) throws(MachineError) {
        guard let name = json["name"]?.stringValue, let status = json["status"]?.stringValue else {
            throw MachineError(.badAnswer, "Compute Engine gave an operation without a name or status")
        }
        self.name = name
        isDone = status == "DONE"
        // HTTP 200 says nothing: an operation that is done and has an error has failed.
        if let error = json[at: ["error", "errors"]]?[0] {
            failure = Failure(code: error["code"]?.stringValue ?? "UNKNOWN", message: error["message"]?.stringValue ?? "")
        } else if let status = json["httpErrorStatusCode"]?.integerValue, status >= 400 {
            failure = Failure(code: "HTTP_\(status)", message: json["httpErrorMessage"]?.stringValue ?? "")
        }
    }

    /// What its failure means; `nil` when it did not fail.
    ///
    /// - Returns: the trouble, and how long to wait before another attempt with a new request id.
    func trouble(of kind: MachineOperation.Kind) -> (MachineTrouble, Duration?)? {
        guard isDone, let failure else { return nil }
        // A code that is not known may pass; it is tried again slowly and shown.
        let reaction = ComputeErrorRow.operationTable[failure.code] ?? .retrySlowly
        let message = "The operation \(kind.rawValue) failed (\(failure.code))\(failure.message.isEmpty ? "" : ": \(failure.message)")"
        switch reaction {
        case .permanent: return (MachineTrouble("OperationFailed", message, isPermanent: true), nil)
        case .adopt: return nil
        case .backOff: return (MachineTrouble("OperationFailed", message), .seconds(10))
        default: return (MachineTrouble(Self.noRoom.contains(failure.code) ? "NoCapacity" : "OperationFailed", message), .seconds(300))
        }
    }

    private static let noRoom: Set = ["ZONE_RESOURCE_POOL_EXHAUSTED", "ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS", "QUOTA_EXCEEDED"]
}
