import JSONValue
import Testing

@testable import OCCore

/// What can be waited for, and what is said of what never comes.
@Suite struct WaitGoalTests {
    private let running: JSON = [
        "kind": "Tenant", "name": "mia", "phase": "Running", "ready": true, "advice": "Nothing needs to be done.",
        "conditions": [
            ["type": "Ready", "status": "True", "reason": "Up", "message": "", "lastTransitionTime": "2025-12-31T23:58:00Z"],
            ["type": "Synced", "status": "False", "reason": "Behind", "message": "two to go"],
        ],
    ]

    private var harness: Harness {
        Harness(answers: [
            "GET /api/v1/tenants/mia/status": [.json(200, running)], "GET /api/v1/tenants/mia": [.json(200, Answers.mia)],
        ])
    }

    @Test func conditionsDoNotDifferByCase() async {
        for goal in ["condition=Ready", "condition=ready", "condition=READY=true", "condition=synced=false"] {
            let outcome = await harness.run("wait", "tenant", "mia", "--for", goal)
            #expect(outcome.output == "tenant/mia condition met\n" && outcome.waits == [], "\(goal)")
        }
    }

    @Test func membersOfTheObjectCanBeWaitedFor() async {
        for goal in ["jsonpath={.team}=ops", "team=ops", "jsonpath=.phase=Running", "suspended=false"] {
            #expect(await harness.run("wait", "tenant", "mia", "--for", goal).output == "tenant/mia condition met\n", "\(goal)")
        }
        let outcome = await harness.run("wait", "tenant", "mia", "--for", "team=dev", "--timeout", "2")
        #expect(
            outcome.exit == 1 && outcome.errors.contains("tenant/mia did not get there within 2 s: team is ops, not dev (TIMEOUT)\n")
        )
        // It is well: there is nothing to explain.
        #expect(!outcome.errors.contains("doctor") && !outcome.errors.contains("Nothing needs"))
        let withSign = try? ReadinessGoal("jsonpath={.a.b}=c=d")
        #expect(withSign == .member(path: ["a", "b"], value: "c=d"))
    }

    @Test func whatTheObjectDoesNotHaveIsToldAtOnce() async {
        let condition = await harness.run("wait", "tenant", "mia", "--for=condition=Available", "--timeout", "2")
        #expect(condition.errors.contains("Warning: tenant/mia: it has no condition Available so far; it has Ready, Synced\n"))
        #expect(condition.errors.components(of: "Warning:") == 1 && condition.exit == 1)
        #expect(condition.errors.contains("within 2 s: it has no condition Available so far; it has Ready, Synced (TIMEOUT)"))
        let member = await harness.run("wait", "tenant", "mia", "--for=jsonpath={.teem}=ops", "--timeout", "1")
        #expect(member.errors.contains("Warning: tenant/mia: it has no teem so far\n") && member.exit == 1)
        let other = await harness.run("wait", "tenant", "mia", "--for=condition=Synced", "--timeout", "1")
        #expect(other.errors.contains("within 1 s: condition Synced is False, not True (TIMEOUT)") && !other.errors.contains("Warning"))
        let gone = await harness.run("wait", "tenant", "mia", "--for=delete", "--timeout", "1")
        #expect(gone.errors.contains("within 1 s: it is still there, and Running (TIMEOUT)"))
    }

    @Test func typesWithoutConditionsSayWhatTheyHave() async {
        let outcome = await Harness().run("wait", "agent", "a1", "--for=condition=Ready")
        #expect(outcome.exit == 2 && outcome.requests.isEmpty)
        #expect(outcome.errors.contains("Agents have no conditions") && outcome.errors.contains("status=VALUE"))
    }
}

extension String {
    fileprivate func components(of part: String) -> Int { split(separator: part, omittingEmptySubsequences: false).count - 1 }
}
