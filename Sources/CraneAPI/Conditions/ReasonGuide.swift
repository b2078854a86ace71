/// What follows from the reason of a condition: what the operator does next by itself, and what a person can do.
///
/// The operator takes the intervals at which it looks again from here, and the control plane tells them to people, so that the two agree.
public struct ReasonGuide: Sendable, Hashable {
    /// The reason, as it stands in a condition.
    public var reason: String
    /// What happens next without anybody doing anything.
    public var retry: RetryRule
    /// One sentence on what a person can do.
    public var advice: String

    /// A row of the table.
    public init(_ reason: String, _ retry: RetryRule, _ advice: String) {
        self.reason = reason
        self.retry = retry
        self.advice = advice
    }

    /// The rows about a subject.
    public static func rows(of subject: ReasonSubject) -> [ReasonGuide] {
        switch subject {
        case .pod: podRows
        case .machine: machineRows
        case .clusterTenant: clusterTenantRows
        case .certificate: certificateRows
        case .policy: policyRows
        }
    }

    /// The row of a reason; `nil` for a reason that is not ours, such as another program's word that is passed on.
    public static func row(_ reason: String, of subject: ReasonSubject) -> ReasonGuide? { table[subject]?[reason] }

    /// What follows from a reason, whoever gave it.
    public static func guide(_ reason: String, of subject: ReasonSubject) -> ReasonGuide {
        row(reason, of: subject) ?? ReasonGuide(reason, other(subject).retry, other(subject).advice)
    }

    /// How long the operator waits at most with this reason; `fallback` where it does not look again by itself.
    public static func interval(_ reason: String, of subject: ReasonSubject, else fallback: Duration = .seconds(10)) -> Duration {
        guide(reason, of: subject).retry.interval ?? fallback
    }

    /// The operator has not reported on the object, or not on what it says now.
    public static let notObserved = ReasonGuide(
        "NotObserved",
        .backoff,
        "Wait a moment; when it stays so, see that the operator runs and holds its lease, and read its log."
    )

    /// The object is being deleted, and somebody else than the operator keeps it.
    public static let keptByOthers = ReasonGuide(
        "FinalizersRemain",
        .onChange,
        "See whose finalizers are left on the object; whoever put them there has to take them off."
    )

    private static let table: [ReasonSubject: [String: ReasonGuide]] = Dictionary(
        uniqueKeysWithValues: ReasonSubject.allCases.map { subject in
            (subject, Dictionary(rows(of: subject).map { ($0.reason, $0) }) { first, _ in first })
        }
    )

    /// What follows from a reason that has no row.
    private static func other(_ subject: ReasonSubject) -> ReasonGuide {
        switch subject {
        case .machine:
            ReasonGuide("", .poll(machineInterval), "Read the message, and look at the machine with its provider's own tools.")
        case .certificate:
            ReasonGuide("", .onChange, "Look at the Certificate in the customer's namespace, and at its CertificateRequest and Order.")
        default: ReasonGuide("", .onChange, "Read the message and the events of the object.")
        }
    }
}
