import CraneAPI
import KubernetesModel
import Testing

@testable import CraneOperator

@Suite("Policy resolution")
struct PolicyResolutionTests {
    /// One row: what the tenant names, which policies match, whether there is a default, and what comes out.
    struct Row: Sendable, CustomStringConvertible {
        var reference: String?
        var referenceExists = false
        var matching: Int
        var defaultPolicy: String?
        var defaultExists = false
        var state: PolicyResolutionState
        var source: PolicyResolutionSource
        var policy: String?
        var description: String {
            "ref=\(reference ?? "-")/\(referenceExists) matching=\(matching) default=\(defaultPolicy ?? "-")/\(defaultExists)"
        }
    }

    /// All combinations of the four inputs.
    static let table: [Row] = {
        var rows: [Row] = []
        for (reference, referenceExists) in [(nil, false), ("named", false), ("named", true)] as [(String?, Bool)] {
            for matching in 0...2 {
                for (fallback, defaultExists) in [(nil, false), ("fallback", false), ("fallback", true)] as [(String?, Bool)] {
                    var row = Row(
                        reference: reference,
                        referenceExists: referenceExists,
                        matching: matching,
                        defaultPolicy: fallback,
                        defaultExists: defaultExists,
                        state: .noPolicy,
                        source: .none
                    )
                    if reference != nil {
                        (row.state, row.source, row.policy) =
                            referenceExists ? (.resolved, .policyRef, "named") : (.policyNotFound, .policyRef, nil)
                    } else if matching == 2 {
                        (row.state, row.source) = (.policyConflict, .selector)
                    } else if matching == 1 {
                        (row.state, row.source, row.policy) = (.resolved, .selector, "match-1")
                    } else if fallback != nil {
                        (row.state, row.source, row.policy) =
                            defaultExists ? (.resolved, .default, "fallback") : (.defaultPolicyNotFound, .default, nil)
                    }
                    rows.append(row)
                }
            }
        }
        return rows
    }()

    @Test("Every combination has one outcome", arguments: table)
    func outcome(_ row: Row) {
        var policies: [AccessPolicy] = []
        if row.referenceExists { policies.append(Samples.policy("named")) }
        if row.defaultExists { policies.append(Samples.policy("fallback")) }
        for number in 0..<row.matching {
            policies.append(Samples.policy("match-\(number + 1)") { $0.tenantSelector = TenantSelector(matchTeam: "ops") })
        }
        let tenant = Samples.tenant {
            $0.spec.policyRef = row.reference
            $0.spec.team = "ops"
        }
        let resolution = PolicyResolution.resolve(
            tenant,
            targetNamespace: "team-a",
            policies: policies.reversed(),
            defaultPolicy: row.defaultPolicy
        )
        #expect(resolution.state == row.state)
        #expect(resolution.source == row.source)
        #expect(resolution.policy?.metadata.name == row.policy)
        #expect(resolution.permitsWorkload == (row.state == .resolved || row.state == .noPolicy))
    }

    /// Selector, labels of the Tenant, team, whether it matches.
    static let selectors: [(TenantSelector?, [String: String], String?, Bool)] = [
        (nil, ["a": "1"], "ops", false),
        (TenantSelector(), ["a": "1"], "ops", false),
        (TenantSelector(matchLabels: [:]), ["a": "1"], "ops", false),
        (TenantSelector(matchLabels: ["a": "1"]), ["a": "1"], nil, true),
        (TenantSelector(matchLabels: ["a": "1"]), ["a": "2"], nil, false),
        (TenantSelector(matchLabels: ["a": "1", "b": "2"]), ["a": "1"], nil, false),
        (TenantSelector(matchTeam: "ops"), [:], "ops", true),
        (TenantSelector(matchTeam: "ops"), [:], "dev", false),
        (TenantSelector(matchTeam: "ops"), [:], nil, false),
        (TenantSelector(matchLabels: ["a": "1"], matchTeam: "ops"), ["a": "1"], "ops", true),
        (TenantSelector(matchLabels: ["a": "1"], matchTeam: "ops"), ["a": "1"], "dev", false),
        (TenantSelector(matchLabels: ["opencrane.io/tenant": "mia"]), [:], nil, true),
        (TenantSelector(matchLabels: ["opencrane.io/team": "ops"]), [:], "ops", true),
        (TenantSelector(matchLabels: ["opencrane.io/team": "ops"]), ["opencrane.io/team": "ops"], nil, false),
        (TenantSelector(matchLabels: ["opencrane.io/tenant": "leo"]), ["opencrane.io/tenant": "leo"], nil, false),
    ]

    @Test("A selector matches by labels and team, and nobody can pose as another tenant or team", arguments: 0..<selectors.count)
    func selector(_ index: Int) {
        let (selector, labels, team, expected) = Self.selectors[index]
        let tenant = Samples.tenant {
            $0.metadata.labels = labels
            $0.spec.team = team
        }
        let resolution = PolicyResolution.resolve(
            tenant,
            targetNamespace: "team-a",
            policies: [Samples.policy { $0.tenantSelector = selector }],
            defaultPolicy: nil
        )
        #expect((resolution.state == .resolved) == expected)
    }

    @Test("A conflict names the policies in order")
    func conflict() {
        let policies = ["zeta", "alpha"].map { Samples.policy($0) { $0.tenantSelector = TenantSelector(matchTeam: "ops") } }
        let resolution = PolicyResolution.resolve(
            Samples.tenant { $0.spec.team = "ops" },
            targetNamespace: "team-a",
            policies: policies,
            defaultPolicy: nil
        )
        #expect(resolution.message == "More than one AccessPolicy selects this tenant: alpha, zeta")
    }

    @Test("Policies of the workload's namespace go before those next to the Tenant, and those of other namespaces do not count")
    func namespaces() {
        let policies = [
            Samples.policy("base", namespace: "team-a") { $0.description = "home" },
            Samples.policy("base", namespace: "opencrane-corp") { $0.description = "target" },
            Samples.policy("only", namespace: "elsewhere"),
        ]
        func resolve(_ name: String, _ target: String) -> PolicyResolution {
            PolicyResolution.resolve(
                Samples.tenant { $0.spec.policyRef = name },
                targetNamespace: target,
                policies: policies,
                defaultPolicy: nil
            )
        }
        #expect(resolve("base", "opencrane-corp").policy?.spec.description == "target")
        #expect(resolve("base", "team-a").policy?.spec.description == "home")
        #expect(resolve("only", "team-a").state == .policyNotFound)
    }

    @Test("A policy that is being deleted no longer counts")
    func deleted() {
        var policy = Samples.policy { $0.tenantSelector = TenantSelector(matchTeam: "ops") }
        policy.metadata.deletionTimestamp = Samples.now
        let resolution = PolicyResolution.resolve(
            Samples.tenant { $0.spec.team = "ops" },
            targetNamespace: "team-a",
            policies: [policy],
            defaultPolicy: nil
        )
        #expect(resolution.state == .noPolicy)
    }
}
