import JSONValue
import OCCore
import Testing

/// Files that describe objects.
@Suite struct ApplyTests {
    private let file = """
        apiVersion: opencrane.io/v1alpha1
        kind: ClusterTenant
        metadata: {name: corp}
        spec: {displayName: Corp, isolationTier: dedicatedNodes}
        ---
        kind: Tenant
        name: mia
        displayName: Mia
        email: new@corp.test
        ---
        kind: Group
        name: engineers
        scope: org
        """

    private var harness: Harness {
        var harness = Harness(answers: [
            "GET /api/v1/cluster-tenants/corp": [.json(200, Answers.corp)], "GET /api/v1/tenants/mia": [.json(200, Answers.mia)],
            "PUT /api/v1/tenants/mia": [.json(200, ["name": "mia", "status": "updated"])],
            "GET /api/v1/groups": [.json(200, [["id": "g1", "name": "others"]])],
            "POST /api/v1/groups": [.json(201, ["id": "g2", "name": "engineers"])],
            "DELETE /api/v1/cluster-tenants/corp": [.json(200, ["name": "corp"])],
            "DELETE /api/v1/tenants/mia": [.json(200, ["name": "mia"])],
        ])
        harness.input = file
        return harness
    }

    @Test func appliesEachDocumentAndSaysWhatItDid() async throws {
        let outcome = await harness.run("apply", "-f", "all.yaml")
        #expect(outcome.output == "cluster-tenant/corp unchanged\ntenant/mia configured\ngroup/engineers created\n")
        let put = try #require(outcome.requests.first { $0.method == "PUT" })
        #expect(try JSON(parsing: put.body ?? []) == ["displayName": "Mia", "email": "new@corp.test"])
    }

    @Test func aDryRunChangesNothing() async {
        let outcome = await harness.run("apply", "-f", "all.yaml", "--dry-run")
        #expect(
            outcome.output
                == "cluster-tenant/corp unchanged (dry run)\ntenant/mia configured (dry run)\ngroup/engineers created (dry run)\n"
        )
        #expect(outcome.requests.allSatisfy { $0.method == "GET" })
    }

    @Test func theDifferenceIsShownAndTold() async {
        let outcome = await harness.run("diff", "-f", "all.yaml")
        #expect(outcome.exit == 1)
        #expect(
            outcome.output == """
                --- tenant/mia (as it is)
                +++ tenant/mia (as the file says)
                - email: mia@corp.test
                + email: new@corp.test
                --- group/engineers (absent)
                +++ group/engineers (as the file says)
                + name: engineers
                + scope: org

                """
        )
        var same = harness
        same.input = "{kind: Tenant, name: mia, team: ops}"
        let none = await same.run("diff", "-f", "x")
        #expect(none.exit == 0 && none.output == "")
    }

    @Test func whatWasReadCanBeApplied() async {
        var harness = Harness(answers: [
            "GET /api/v1/tenants/mia": [.json(200, Answers.mia)], "GET /api/v1/policies/base": [.json(200, Answers.base)],
            "PUT /api/v1/policies/base": [.json(200, ["name": "base"])],
        ])
        harness.input = await harness.run("get", "tenant", "mia", "-o", "yaml").output
        #expect(await harness.run("apply", "-f", "-").output == "tenant/mia unchanged\n")
        harness.input = await harness.run("get", "policy", "base", "-o", "yaml").output
        let applied = await harness.run("apply", "-f", "-")
        let body = applied.requests.first { $0.method == "PUT" }?.body.flatMap { try? JSON(parsing: $0) }
        #expect(applied.exit == 0 && body?["domains"] == ["allow": ["api.test", "*.corp.test"]] && body?["createdAt"] == nil)
    }

    @Test func whatAReadDoesNotShowIsComparedByItsVersion() async {
        var harness = Harness(answers: [
            "GET /api/v1/tenants/mia": [.json(200, Answers.mia)], "PUT /api/v1/tenants/mia": [.json(200, ["name": "mia"])],
            "GET /api/v1/tenants/mia/status": [.json(200, ["generation": 3])],
        ])
        harness.input = "{kind: Tenant, name: mia, resources: {cpu: 500m}}"
        #expect(await harness.run("apply", "-f", "-").output == "tenant/mia unchanged\n")
        harness.answers["GET /api/v1/tenants/mia/status"] = [.json(200, ["generation": 3]), .json(200, ["generation": 4])]
        #expect(await harness.run("apply", "-f", "-").output == "tenant/mia configured\n")
        // Without a version to compare a write counts as a change.
        harness.answers["GET /api/v1/tenants/mia/status"] = [.json(503, ["error": "away"])]
        #expect(await harness.run("apply", "-f", "-").output == "tenant/mia configured\n")
    }

    @Test func suspendedIsDoneByItsOperations() async {
        var harness = Harness(answers: [
            "GET /api/v1/tenants/mia": [.json(200, Answers.mia)], "POST /api/v1/tenants/mia/suspend": [.json(200, ["name": "mia"])],
            "GET /api/v1/tenants/new": [.json(404, ["error": "no"])], "POST /api/v1/tenants": [.json(201, ["name": "new"])],
            "POST /api/v1/tenants/new/suspend": [.json(200, ["name": "new"])],
        ])
        harness.input = """
            apiVersion: opencrane.io/v1alpha1
            kind: Tenant
            metadata: {name: mia, labels: {a: b}}
            spec: {displayName: Mia, suspended: true}
            ---
            {kind: Tenant, name: new, displayName: N, suspended: true}
            """
        let outcome = await harness.run("apply", "-f", "-")
        #expect(outcome.output == "tenant/mia configured\ntenant/new created\n")
        #expect(outcome.errors == "Warning: tenant/mia: metadata.labels is not kept over REST; use kubectl for it\n")
        #expect(outcome.requests.filter { $0.method == "POST" && $0.url.hasSuffix("/suspend") }.count == 2)
    }

    @Test func aMistakeAnywhereInAFileSendsNothing() async {
        var harness = harness
        harness.input = "{kind: Tenant, name: mia, team: x}\n---\nkind: Tenant\nemail: [y@\n---\nkind: Tenant\nname: z\n"
        for verb in ["apply", "diff", "delete", "create"] {
            let outcome = await harness.run(verb, "-f", "-")
            #expect(outcome.exit == 2 && outcome.errors.contains("BAD_FILE") && outcome.requests.isEmpty, "\(verb): \(outcome.errors)")
        }
    }

    @Test func createTakesFilesAlone() async {
        var harness = harness
        harness.input = "{kind: Group, name: engineers, scope: org}"
        #expect(await harness.run("create", "-f", "-").output == "group/g2 created\n")
    }

    @Test func aFileIsDeletedFromItsEnd() async {
        let outcome = await harness.run("delete", "-f", "all.yaml", "--ignore-not-found")
        #expect(outcome.output == "tenant/mia deleted\ncluster-tenant/corp deleted\n")
        #expect(await harness.run("delete", "-f", "all.yaml").exit == 3)
    }

    @Test(arguments: [
        ("name: x", "does not say its kind"), ("kind: Nonsense\nname: x", "There is no type"), ("kind: Tenant", "has no name"),
        ("kind: Bundle\nname: x", "cannot be applied"), ("kind: MCPServerCredential\nname: x", "needs `parents`"),
        ("[1]", "does not describe an object"),
    ])
    func aDocumentThatMakesNoSenseIsRefusedBeforeAnythingIsSent(text: String, says: String) async {
        var harness = Harness()
        harness.input = text
        let outcome = await harness.run("apply", "-f", "x")
        #expect(outcome.exit == 2 && outcome.errors.contains(says) && outcome.requests.isEmpty, "\(outcome.errors)")
    }
}
