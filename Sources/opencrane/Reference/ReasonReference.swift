import CraneAPI

/// The page with every reason of a condition, made from the table that the operator and the REST API go by.
enum ReasonReference {
    static func file() -> GeneratedFile {
        let head = """
            # Reasons of conditions

            Every reason that a condition may have: what the operator does next by itself, and what a person can do. Made from the table that the operator
            takes its intervals from, by `opencrane generate`; the REST API tells the same at `…/status` of an object. Symptoms that have no reason are in
            [troubleshooting](../troubleshooting.md).

            """
        let sections = ReasonSubject.allCases.map { subject in
            let rows = ReasonGuide.rows(of: subject).sorted { $0.reason < $1.reason }
            let table = Markdown.table(
                ["Reason", "Next", "What to do"],
                rows.map { [Markdown.code($0.reason), next($0.retry), $0.advice] }
            )
            return "\n## \(title(subject))\n\n\(table)"
        }
        return GeneratedFile(path: "docs/reference/reasons.md", contents: head + sections.joined())
    }

    private static func title(_ subject: ReasonSubject) -> String {
        switch subject {
        case .pod: "Tenants in pods"
        case .machine: "Tenants in virtual machines"
        case .clusterTenant: "ClusterTenants"
        case .certificate: "Certificates of ClusterTenants"
        case .policy: "AccessPolicies"
        }
    }

    private static func next(_ rule: RetryRule) -> String {
        switch rule {
        case .none: "nothing is awaited"
        case .onChange: "when something changes"
        case .backoff: "tried again, later each time"
        case .poll(let interval): "looked at every \(interval.components.seconds) s"
        }
    }
}
