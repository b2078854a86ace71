/// What a refusal of Compute Engine leads to.
enum ComputeReaction: Sendable, Hashable {
    /// The name is taken: look whose it is.
    case adopt
    /// What was wanted is so.
    case succeeded
    /// There is no such machine.
    case absent
    /// Come back after some seconds.
    case backOff
    /// Come back after minutes, and tell people.
    case retrySlowly
    /// Waiting does not help.
    case permanent
    /// The resource changed: read its fingerprint and try again.
    case rereadFingerprint
}

/// One row of the table of refusals. What is `nil` matches everything; the first row that matches counts.
struct ComputeErrorRow: Sendable {
    var verbs: Set<ComputeVerb>?
    var status: Int?
    /// A reason of `error.errors[]` or of `error.details[]`.
    var reason: String?
    var reaction: ComputeReaction

    init(_ verbs: Set<ComputeVerb>? = nil, _ status: Int? = nil, _ reason: String? = nil, _ reaction: ComputeReaction) {
        self.verbs = verbs
        self.status = status
        self.reason = reason
        self.reaction = reaction
    }

    /// The refusals of calls.
    static let table: [ComputeErrorRow] = [
        ComputeErrorRow([.insert], 409, "alreadyExists", .adopt),
        ComputeErrorRow([.delete], 404, nil, .succeeded),
        ComputeErrorRow([.get, .operation, .start, .stop, .suspend, .resume, .setLabels], 404, nil, .absent),
        ComputeErrorRow(nil, 403, "rateLimitExceeded", .backOff),
        ComputeErrorRow(nil, 403, "CONCURRENT_OPERATIONS_QUOTA_EXCEEDED", .backOff),
        ComputeErrorRow(nil, 403, "userRateLimitExceeded", .backOff),
        ComputeErrorRow(nil, 403, "quotaExceeded", .retrySlowly),
        ComputeErrorRow(nil, nil, "insufficientCapacity", .retrySlowly),
        ComputeErrorRow(nil, nil, "ZONE_RESOURCE_POOL_EXHAUSTED", .retrySlowly),
        ComputeErrorRow(nil, nil, "ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS", .retrySlowly),
        ComputeErrorRow(nil, 429, nil, .backOff),
        ComputeErrorRow(nil, 500, nil, .backOff),
        ComputeErrorRow(nil, 502, nil, .backOff),
        ComputeErrorRow(nil, 503, nil, .backOff),
        ComputeErrorRow(nil, 504, nil, .backOff),
        // Another operation on the same instance is under way.
        ComputeErrorRow(nil, 400, "resourceNotReady", .backOff),
        ComputeErrorRow(nil, 409, nil, .backOff),
        ComputeErrorRow(nil, 412, nil, .rereadFingerprint),
        ComputeErrorRow(nil, nil, nil, .permanent),
    ]

    /// Errors of operations that are done, by code.
    static let operationTable: [String: ComputeReaction] = [
        "ZONE_RESOURCE_POOL_EXHAUSTED": .retrySlowly,
        "ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS": .retrySlowly,
        "QUOTA_EXCEEDED": .retrySlowly,
        "RESOURCE_NOT_FOUND": .permanent,
        "RESOURCE_ALREADY_EXISTS": .adopt,
        "INVALID_FIELD_VALUE": .permanent,
        "RESOURCE_NOT_READY": .backOff,
        "INTERNAL_ERROR": .backOff,
        "RATE_LIMIT_EXCEEDED": .backOff,
    ]

    /// What a refusal leads to.
    static func reaction(to fault: ComputeFault, of verb: ComputeVerb) -> ComputeReaction {
        let row = table.first { row in
            row.verbs?.contains(verb) ?? true && row.status.map { $0 == fault.status } ?? true
                && row.reason.map(fault.reasons.contains) ?? true
        }
        return row?.reaction ?? .permanent
    }
}
