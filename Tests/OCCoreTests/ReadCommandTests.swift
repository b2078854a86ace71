import JSONValue
import OCCore
import Testing

@Suite struct ReadCommandTests {
    private let tenants = Harness(answers: ["GET /api/v1/tenants": [.json(200, [Answers.mia, Answers.leo])]])

    @Test func listsTenantsAsATable() async {
        let outcome = await tenants.run("tenants", "list")
        #expect(
            outcome.output == """
                NAME   PHASE       EMAIL           TEAM     CLUSTER-TENANT   HOST            AGE
                mia    Running     mia@corp.test   ops      corp             mia.corp.test   3h
                leo    Suspended   leo@corp.test   <none>   <none>           <pending>       61d

                """
        )
        #expect(outcome.exit == 0 && outcome.errors == "")
        #expect(outcome.requests.map(\.url) == ["https://crane.test/api/v1/tenants"])
        #expect(outcome.requests.first?.headers["Authorization"] == "Bearer t0ken")
    }

    @Test func showsMoreColumnsWhenWide() async {
        let outcome = await tenants.run("tn", "ls", "-o", "wide", "--no-headers")
        #expect(
            outcome.output == """
                mia   Running     mia@corp.test   ops      corp     mia.corp.test   Mia            base     40       <none>     3h
                leo   Suspended   leo@corp.test   <none>   <none>   <pending>       Leo the Long   <none>   <none>   asked to   61d

                """
        )
    }

    @Test func writesNamesJSONAndYAML() async throws {
        #expect(await tenants.run("tenants", "list", "-o", "name").output == "tenant/mia\ntenant/leo\n")
        let json = await tenants.run("tenants", "list", "-o", "json").output
        #expect(try JSON(parsing: json) == [Answers.mia, Answers.leo])
        let yaml = await Harness(answers: ["GET /api/v1/tenants/leo": [.json(200, Answers.leo)]]).run("tenant", "get", "leo", "-o", "yaml")
            .output
        #expect(
            yaml == """
                createdAt: '2025-11-01T00:00:00.000Z'
                displayName: Leo the Long
                email: leo@corp.test
                kind: Tenant
                message: asked to
                name: leo
                phase: Suspended
                suspended: true

                """
        )
    }

    @Test func listsPoliciesAndClusterTenants() async {
        let policies = await Harness(answers: ["GET /api/v1/policies": [.json(200, [Answers.base])]]).run("policies", "list", "-o", "wide")
        #expect(
            policies.output == """
                NAME   NAMESPACE   DOMAINS   DEFAULT-DENY   RULES   TEAM   LABELS    MCP-ALLOW   MCP-DENY   DESCRIPTION   AGE
                base   opencrane   2         true           1       ops    a=1,b=2   jira,git    <none>     For all       45s

                """
        )
        let customers = await Harness(answers: ["GET /api/v1/cluster-tenants": [.json(200, [Answers.corp])]]).run("ct", "list")
        #expect(
            customers.output == """
                NAME   DISPLAY-NAME   TIER             PHASE   NAMESPACE        AGE
                corp   Corp           dedicatedNodes   ready   opencrane-corp   2y1d

                """
        )
    }

    @Test func coloursStatesOnATerminalUnlessAskedNotTo() async {
        var terminal = tenants
        terminal.isTerminal = true
        #expect(await !terminal.run("tenants", "list").output.contains("\u{1B}"))
        terminal.environment["NO_COLOR"] = nil
        #expect(await terminal.run("tenants", "list").output.contains("\u{1B}[32mRunning\u{1B}[0m     mia@"))
    }

    @Test func followsPagesOnTheSameServerOnly() async {
        let outcome = await Harness(answers: [
            "GET /api/v1/tenants?team=a%20b": [.json(200, [Answers.mia], headers: ["link": "</api/v1/tenants?cursor=x>; rel=\"next\""])],
            "GET /api/v1/tenants?cursor=x": [
                .json(200, [Answers.leo], headers: ["link": "<https://evil.test/api/v1/tenants?cursor=y>; rel=\"next\""])
            ],
            "GET /api/v1/tenants?cursor=y": [.json(200, [])],
        ]).run("tenants", "list", "--team", "a b", "-o", "name")
        #expect(outcome.output == "tenant/mia\ntenant/leo\n")
        #expect(outcome.requests.allSatisfy { $0.url.hasPrefix("https://crane.test/") } && outcome.requests.count == 3)
    }

    @Test func saysSoWhenThereIsNothing() async {
        let empty = Harness(answers: ["GET /api/v1/tenants": [.json(200, [])]])
        let outcome = await empty.run("tenants", "list")
        #expect(outcome.output == "" && outcome.errors == "No tenants found\n" && outcome.exit == 0)
        #expect(await empty.run("tenants", "list", "-o", "json").output == "[]\n")
    }

    @Test func showsStatus() async {
        let outcome = await Harness(answers: ["GET /api/v1/cluster-tenants/corp/status": [.json(200, Answers.corp["status"] ?? .null)]])
            .run("cluster-tenant", "status", "corp")
        #expect(outcome.output == "phase            ready\nboundNamespace   opencrane-corp\nprovisioner      shared\n")
        let status: JSON = ["phase": "Suspended", "ready": false, "suspended": true, "message": "asked to"]
        let tenant = await Harness(answers: ["GET /api/v1/tenants/leo/status": [.json(200, status)]]).run("tenants", "status", "leo")
        #expect(tenant.output == "phase       Suspended\nready       false\nsuspended   true\nmessage     asked to\n")
    }

    @Test func showsDriftAndRepairs() async {
        let drift: JSON = [
            "resource": "Tenant", "summary": ["sourceCount": 3, "projectionCount": 2, "driftCount": 2],
            "mismatches": [
                ["name": "a", "issue": "missing-projection"], ["name": "b", "issue": "field-mismatch", "fields": ["email", "team"]],
            ],
        ]
        let repair: JSON = [
            "mode": "dry-run", "repairedCount": 1, "skippedCount": 0,
            "entries": [["name": "a", "action": "created", "reason": "no row", "dryRun": true]],
        ]
        let harness = Harness(answers: [
            "GET /api/v1/tenants/drift": [.json(200, drift)], "POST /api/v1/tenants/repair?dryRun=true": [.json(200, repair)],
            "POST /api/v1/tenants/repair?dryRun=false": [.json(200, repair)],
        ])
        let shown = await harness.run("tenants", "drift")
        #expect(
            shown.output
                == "NAME   ISSUE                FIELDS\na      missing-projection   <none>\nb      field-mismatch       email,team\n"
        )
        #expect(shown.errors == "2 of 3 tenants drifted (2 rows)\n")
        let planned = await harness.run("tenants", "repair")
        #expect(planned.output == "NAME   ACTION    REASON\na      created   no row\n")
        #expect(planned.errors == "1 rows to repair, 0 skipped; run again with --apply to do it\n")
        #expect(await harness.run("tenants", "repair", "--apply").errors == "1 rows repaired, 0 skipped\n")
    }

    @Test func keepsControlCharactersOffTheTerminal() async {
        var evil = Answers.mia
        evil["team"] = "a\u{1B}[2Jb"
        let outcome = await Harness(answers: ["GET /api/v1/tenants/mia": [.json(200, evil)]]).run("tenants", "get", "mia")
        #expect(!outcome.output.contains("\u{1B}") && outcome.output.contains("a [2Jb"))
    }
}
