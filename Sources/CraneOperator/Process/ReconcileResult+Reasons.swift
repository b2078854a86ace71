import CraneAPI
import OperatorRuntime

extension ReconcileResult {
    /// How a reconcile ends after which an object waits: it comes back by itself only where the table says so.
    init(_ rule: RetryRule) {
        self = rule.interval.map { .requeue(after: $0) } ?? .done
    }

    /// How a reconcile ends that leaves a tenant with a reason.
    init(_ reason: TenantReason, of subject: ReasonSubject) {
        self.init(ReasonGuide.guide(reason.rawValue, of: subject).retry)
    }
}
