/// Whether a condition holds.
public enum ConditionStatus: String, Codable, Sendable, Hashable, CaseIterable {
    /// It holds.
    case `true` = "True"
    /// It does not hold.
    case `false` = "False"
    /// Nobody can tell now.
    case unknown = "Unknown"
}

/// One aspect of an object's state (`metav1.Condition`, Kubernetes API conventions).
public struct Condition: Codable, Sendable, Hashable {
    /// Which aspect, as in `Ready`.
    public var type: String
    /// Whether it holds.
    public var status: ConditionStatus
    /// The generation of the object that this was said of.
    public var observedGeneration: Int64?
    /// When `status` last changed.
    public var lastTransitionTime: Timestamp
    /// Why, one word in PascalCase for programs.
    public var reason: String
    /// A sentence for people; stable, so without times, counters or random names.
    public var message: String

    /// Makes a condition.
    public init(
        type: String,
        status: ConditionStatus,
        observedGeneration: Int64? = nil,
        lastTransitionTime: Timestamp,
        reason: String,
        message: String
    ) {
        self.type = type
        self.status = status
        self.observedGeneration = observedGeneration
        self.lastTransitionTime = lastTransitionTime
        self.reason = reason
        self.message = message
    }
}

extension [Condition] {
    /// The condition of a type.
    public func condition(_ type: String) -> Condition? { first { $0.type == type } }

    /// Whether the condition of a type is there and holds.
    public func isTrue(_ type: String) -> Bool { condition(type)?.status == .true }

    /// Sets a condition. `lastTransitionTime` changes only when the status does, and nothing changes when all is said already.
    ///
    /// - Parameters:
    ///   - now: the time of a transition; kept to whole seconds.
    /// - Returns: whether anything changed.
    @discardableResult
    public mutating func set(
        _ type: String,
        status: ConditionStatus,
        reason: String,
        message: String,
        observedGeneration: Int64? = nil,
        now: Timestamp
    ) -> Bool {
        let index = firstIndex { $0.type == type }
        let previous = index.map { self[$0] }
        let wanted = Condition(
            type: type,
            status: status,
            observedGeneration: observedGeneration,
            lastTransitionTime: previous?.status == status ? previous?.lastTransitionTime ?? now.wholeSeconds : now.wholeSeconds,
            reason: reason,
            message: message
        )
        if wanted == previous { return false }
        if let index { self[index] = wanted } else { append(wanted) }
        return true
    }

    /// Removes the condition of a type.
    ///
    /// - Returns: whether there was one.
    @discardableResult
    public mutating func remove(_ type: String) -> Bool {
        guard let index = firstIndex(where: { $0.type == type }) else { return false }
        remove(at: index)
        return true
    }
}
