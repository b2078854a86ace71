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
