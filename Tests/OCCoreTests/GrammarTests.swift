import JSONValue
import OCCore
import Testing

/// The order of words, and what a command works on.
@Suite struct GrammarTests {
    private let harness = Harness(answers: [
        "GET /api/v1/tenants": [.json(200, [Answers.mia, Answers.leo])], "GET /api/v1/tenants/mia": [.json(200, Answers.mia)],
        "GET /api/v1/cluster-tenants/corp": [.json(200, Answers.corp)], "GET /api/v1/policies": [.json(200, [Answers.base])],
        "DELETE /api/v1/tenants/mia": [.json(200, ["name": "mia", "status": "deleted"])],
    ])

    @Test func typeAndVerbMayChangePlaces() async {
        let first = await harness.run("get", "tenants").output
        #expect(!first.isEmpty)
        for words in [
            ["tenants", "list"], ["tenant", "ls"], ["tn", "get"], ["list", "tenants"], ["get", "Tenant"], ["tenants", "show"],
        ] {
            #expect(await harness.run(words).output == first, "\(words)")
        }
        #expect(await harness.run("tenants", "rm", "mia").output == "tenant/mia deleted\n")
    }

    @Test func severalTypesAndPairsAreReadInOneGo() async {
        let both = await harness.run("get", "tenants,policies", "--no-headers")
        #expect(
            both.output == """
                mia   Running     mia@corp.test   ops      corp     mia.corp.test   3h
                leo   Suspended   leo@corp.test   <none>   <none>   <pending>       61d

                base   opencrane   2   true   1   ops   45s

                """
        )
        let pairs = await harness.run("get", "tenant/mia", "ct/corp", "-o", "name")
        #expect(pairs.output == "tenant/mia\ncluster-tenant/corp\n")
    }

    @Test(arguments: [
        (["get"], "NO_TYPE"), (["get", "tenantz"], "did you mean tenants"), (["get", "tenants,policies", "mia"], "one type at a time"),
        (["get", "credentials"], "say SERVER"), (["get", "budget", "x"], "takes no name"), (["delete", "tenants"], "Say which tenant"),
        (["get", "tenant/"], "is not TYPE/NAME"), (["get", "policies", "--team", "x"], "cannot be narrowed by --team"),
        (["suspend", "policy", "base"], "Policies have no verb suspend"), (["delete", "budget"], "Budget cannot be deleted"),
        (["get", "tenants", "--limit", "0"], "at least 1"), (["wait", "tenant", "mia", "--for", "nonsense"], "says nothing to wait for"),
        (["rotate", "agent", "a", "--grace-seconds", "3"], "has no --grace-seconds"), (["backfill", "skills", "x"], "takes no name"),
        (["approve", "skill", "x"], "Say which skill"), (["drift", "groups"], "Groups have no verb drift"),
    ])
    func whatMakesNoSenseIsToldBeforeAnythingIsAsked(words: [String], says: String) async {
        let outcome = await harness.run(words)
        #expect(outcome.exit == 2 && outcome.errors.contains(says), "\(words): \(outcome.errors)")
        #expect(outcome.requests.isEmpty && outcome.output.isEmpty)
    }

    @Test func aTypeAloneIsExplained() async {
        let outcome = await harness.run("tenants")
        #expect(
            outcome.output == """
                TENANTS (Tenant)
                  Assistants and fleets of agents, each in a fence of its own.

                WORDS
                  tenants, tenant, tn

                COMMANDS
                  oc get tenant [NAME…]
                  oc watch tenant [NAME…]
                  oc describe tenant NAME
                  oc create tenant …
                  oc update tenant NAME
                  oc apply -f FILE
                  oc diff -f FILE
                  oc delete tenant NAME
                  oc events tenant NAME
                  oc status tenant NAME
                  oc wait tenant NAME
                  oc doctor tenant NAME
                  oc suspend tenant NAME
                  oc resume tenant NAME
                  oc drift tenants
                  oc repair tenants

                FILTERS
                  --cluster-tenant, --team, --phase

                """
        )
    }

    @Test(arguments: [
        (["patch", "tenant", "mia"], "use `oc update"), (["gte", "tenants"], "did you mean get"), (["edit", "tenant", "x"], "oc apply"),
        (["tenants", "mia"], "There is no command \"mia\""), (["scale", "tenant", "x"], "no replicas"), (["frobnicate"], "UNKNOWN_VERB"),
    ])
    func anUnknownCommandSaysWhatToUse(words: [String], says: String) async {
        let outcome = await harness.run(words)
        #expect(outcome.exit == 2 && outcome.errors.contains(says), "\(outcome.errors)")
    }

    @Test func kubectlsSpellingsAreUnderstood() async {
        let expected = await harness.run("get", "tenants", "-o", "name").output
        #expect(expected == "tenant/mia\ntenant/leo\n")
        #expect(await harness.run("get", "tenants", "-oname").output == expected)
        #expect(await harness.run("--server", "https://crane.test", "get", "tenants", "-o=name").output == expected)
        #expect(await harness.run("--request-timeout=1m", "get", "tenants", "--output", "name").requests.first?.timeout == 60)
    }

    @Test func severalTypesMakeOneDocument() async throws {
        let both = try JSON(parsing: await harness.run("get", "tenant/mia", "ct/corp", "-o", "json").output)
        #expect(both.arrayValue?.compactMap { $0["kind"]?.stringValue } == ["Tenant", "ClusterTenant"])
        #expect(await harness.run("get", "tenant/mia", "tenant/mia").output.split(separator: "\n").count == 3, "one table")
    }

    @Test func partsAreReadBelowWhatTheyBelongTo() async {
        let server = Harness(answers: [
            "GET /api/v1/mcp-servers/jira/credentials": [
                .json(200, [["id": "c1", "displayName": "Robot", "brokeringMode": "static", "secretRef": "jira"]])
            ],
            "DELETE /api/v1/mcp-servers/jira/credentials/c1": [.json(200, ["id": "c1", "status": "deleted"])],
        ])
        #expect(await server.run("get", "credentials", "jira").output == "ID   NAME    MODE     SECRET\nc1   Robot   static   jira\n")
        #expect(await server.run("get", "credentials", "jira", "c1", "-o", "name").output == "credential/jira/c1\n")
        #expect(await server.run("get", "credentials", "jira", "other").exit == 3)
        #expect(await server.run("delete", "credential", "jira", "c1").output == "credential/c1 deleted\n")
    }

    @Test func otherSurfacesAreBelowTheRootOfTheServer() async {
        let harness = Harness(answers: [
            "GET /api/v1/agents?board_id=b1": [.json(200, ["items": [["id": "a1", "name": "Ada", "status": "idle"]], "total": 1])],
            "GET /v1/instances": [.json(200, ["instances": []])],
        ])
        let agents = await harness.run("get", "agents", "--board", "b1", "-o", "name")
        #expect(agents.output == "agent/a1\n" && agents.requests.map(\.url) == ["https://crane.test/api/v1/agents?board_id=b1"])
        let instances = await harness.run("get", "instances")
        #expect(instances.errors == "No instances found\n" && instances.requests.map(\.url) == ["https://crane.test/v1/instances"])
    }

    @Test func ordersOfFleetsAreMadeWithThePlatformsToken() async {
        let refusal: JSON = ["ok": false, "error": ["code": "unauthorized", "message": "A valid X-Platform-Token is needed."]]
        var harness = Harness(answers: ["GET /api/tenants": [.json(401, refusal)], "GET /api/v1/tenants": [.json(200, [])]])
        let refused = await harness.run("get", "fleet-tenants")
        #expect(refused.exit == 4)
        #expect(refused.errors == "Error: A valid X-Platform-Token is needed. (UNAUTHORIZED)\n  Set OPENCRANE_PLATFORM_TOKEN.\n")
        harness.environment["OPENCRANE_PLATFORM_TOKEN"] = "p-token"
        #expect(await harness.run("get", "fleet-tenants").requests.first?.headers["X-Platform-Token"] == "p-token")
        #expect(await harness.run("get", "tenants").requests.first?.headers["X-Platform-Token"] == nil)
    }

    @Test func whatAServerDoesNotTakeIsToldMemberByMember() async {
        let refusal: JSON = ["code": "VALIDATION_ERROR", "detail": [["loc": ["path", "id"], "msg": "Input must be of format uuid"]]]
        let outcome = await Harness(answers: ["GET /api/v1/agents/x": [.json(422, refusal)]]).run("get", "agent", "x")
        #expect(outcome.errors == "Error: The server does not take this (VALIDATION_ERROR)\n  path.id: Input must be of format uuid\n")
    }
}
