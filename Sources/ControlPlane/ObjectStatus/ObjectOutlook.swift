import CraneAPI
import KubernetesClient
import KubernetesModel

/// What is wrong with an object, what happens next by itself, and what a person can do. Pure.
struct ObjectOutlook: Sendable, Hashable {
    /// What this is about; nil when all is well.
    var cause: StatusCauseView?
    /// What follows from it.
    var guide: ReasonGuide
    /// Since when it is so; nil when that is not known.
    var since: Timestamp?
    /// When the step under way fails; nil when there is none.
    var deadline: Timestamp?

    /// Judges an object.
    ///
    /// - Parameters:
    ///   - subject: what it is.
    ///   - metadata: its metadata.
    ///   - conditions: its conditions.
    ///   - observedGeneration: the generation that they are about.
    init(_ subject: ReasonSubject, _ metadata: ObjectMeta, _ conditions: [Condition], observedGeneration: Int64?) {
        let ready = conditions.condition(ConditionType.ready)
        let isKept = metadata.finalizers.contains(CraneFinalizer.cleanup)
        if metadata.isBeingDeleted, !isKept {
            self.init(ConditionType.ready, .keptByOthers, since: metadata.deletionTimestamp)
        } else if let ready, Self.isCurrent(metadata, observedGeneration) {
            self.init(subject, ready, conditions)
        } else {
            self.init(ConditionType.ready, .notObserved, since: nil)
        }
    }

    /// Whether the operator has reported on the object as it is. One that is being deleted may have got a generation by that alone.
    static func isCurrent(_ metadata: ObjectMeta, _ observedGeneration: Int64?) -> Bool {
        guard let generation = metadata.generation else { return observedGeneration != nil }
        guard let observedGeneration else { return false }
        return observedGeneration >= generation
    }

    private init(_ subject: ReasonSubject, _ ready: Condition, _ conditions: [Condition]) {
        // Those two sum up what the others say.
        let summaries = [ConditionType.ready, ConditionType.reconciling, ConditionType.stalled]
        let worst = ready.status != .true ? ready : conditions.first { !summaries.contains($0.type) && $0.status == .false }
        guard let worst else {
            self.init(nil, ReasonGuide.guide(ready.reason, of: subject), since: ready.lastTransitionTime)
            return
        }
        let about: ReasonSubject = worst.type == ConditionType.certificateReady ? .certificate : subject
        self.init(worst.type, ReasonGuide.guide(worst.reason, of: about), since: worst.lastTransitionTime)
    }

    private init(_ condition: String?, _ guide: ReasonGuide, since: Timestamp?) {
        cause = condition.map { StatusCauseView(condition: $0, reason: guide.reason) }
        self.guide = guide
        self.since = since
    }

    /// What happens next, for an answer.
    ///
    /// - Parameter now: the time.
    func retry(now: Timestamp) -> RetryView {
        switch guide.retry {
        case .none: return RetryView(kind: .none, says: "Nothing is awaited.")
        case .onChange:
            let says = "The operator looks again as soon as the object, or something it depends on, changes; not before."
            return RetryView(kind: .onChange, says: says)
        case .poll(let interval):
            let seconds = interval.components.seconds
            var says = "The operator looks again by itself after \(seconds) seconds at the latest."
            if let deadline { says += " The step under way fails at \(deadline)." }
            return RetryView(kind: .poll, after: Int(seconds), at: deadline?.description, says: says)
        case .backoff:
            let most = Backoff.reconcile.maximum.components.seconds
            let says = "The operator repeats an attempt that fails, at distances that double up to \(most) seconds"
            guard let since else { return RetryView(kind: .backoff, says: says + ".") }
            // Each distance is as long as all before it together.
            let after = min(max(1, Int(now.seconds(since: since).rounded(.up))), Int(most))
            return RetryView(kind: .backoff, after: after, says: says + "; the next comes in about \(after) seconds at the latest.")
        }
    }
}
