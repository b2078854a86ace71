import JSONValue
import OCCore
import Testing

@Suite struct WriteCommandTests {
    private func body(_ outcome: Outcome, _ index: Int = 0) throws -> JSON {
        let request = try #require(outcome.requests.dropFirst(index).first)
        return try JSON(parsing: try #require(request.body))
    }

    @Test func createsFromOptions() async throws {
        let outcome = await Harness(answers: ["POST /api/v1/tenants": [.json(201, ["name": "mia", "status": "created"])]]).run(
            "tenants",
            "create",
            "mia",
            "--display-name",
            "Mia",
            "--email",
            "mia@corp.test",
            "--team",
            "",
            "--budget",
            "40",
            "--cpu",
            "500m",
            "--skill",
            "a",
            "--skill",
            "b"
        )
        #expect(outcome.output == "tenant/mia created\n" && outcome.exit == 0)
        #expect(
            try body(outcome) == [
                "name": "mia", "displayName": "Mia", "email": "mia@corp.test", "monthlyBudgetUsd": 40, "resources": ["cpu": "500m"],
                "skillAllowlist": ["a", "b"],
            ]
        )
    }

    @Test func createsFromFilesOfBothForms() async throws {
        var harness = Harness(answers: ["POST /api/v1/policies": [.json(201, ["name": "x", "status": "created"])]])
        harness.input = """
            apiVersion: opencrane.io/v1alpha1
            kind: AccessPolicy
            metadata: {name: base}
            spec: {domains: {allow: [api.test]}, description: 2026-01-01}
            ---
            name: other
            egressRules: [{cidr: 10.0.0.0/8, ports: [443]}]
            """
        let outcome = await harness.run("policies", "create", "-f", "-")
        #expect(outcome.output == "policy/base created\npolicy/other created\n")
        #expect(try body(outcome) == ["name": "base", "domains": ["allow": ["api.test"]], "description": "2026-01-01"])
        #expect(try body(outcome, 1) == ["name": "other", "egressRules": [["cidr": "10.0.0.0/8", "ports": [443]]]])
    }

    @Test func updatesWhatIsGivenAndClearsWithAnEmptyText() async throws {
        let outcome = await Harness(answers: ["PUT /api/v1/tenants/mia": [.json(200, ["name": "mia", "status": "updated"])]]).run(
            "tenants",
            "update",
            "mia",
            "--team",
            "",
            "--email",
            "m@corp.test"
        )
        #expect(outcome.output == "tenant/mia updated\n")
        #expect(try body(outcome) == ["team": .null, "email": "m@corp.test"])
    }

    @Test func updatesFromAFileThatHoldsTheName() async throws {
        var harness = Harness(answers: ["PUT /api/v1/cluster-tenants/corp": [.json(200, Answers.corp)]])
        harness.input = #"{"name": "corp", "displayName": "Corporation"}"#
        let outcome = await harness.run("cluster-tenants", "update", "-f", "corp.json", "--quota-pods", "3")
        #expect(outcome.output == "cluster-tenant/corp updated\n")
        #expect(try body(outcome) == ["displayName": "Corporation", "resources": ["quota": ["pods": 3]]])
        #expect(await harness.run("cluster-tenants", "update", "other", "-f", "corp.json").exit == 2)
    }

    @Test func deletesSuspendsAndResumes() async {
        let harness = Harness(answers: [
            "DELETE /api/v1/tenants/a": [.json(200, ["name": "a", "status": "deleted"])],
            "DELETE /api/v1/tenants/b": [.json(404, ["error": "There is no tenant b", "code": "TENANT_NOT_FOUND"])],
            "POST /api/v1/tenants/a/suspend": [.json(200, ["name": "a", "status": "suspended"])],
            "POST /api/v1/tenants/a/resume": [.json(200, ["name": "a", "status": "resumed"])],
        ])
        #expect(await harness.run("tenants", "delete", "a", "b", "--ignore-not-found").exit == 0)
        #expect(await harness.run("tenants", "delete", "b").exit == 3)
        #expect(await harness.run("tenants", "suspend", "a").output == "tenant/a suspended\n")
        #expect(await harness.run("tenants", "resume", "a", "-o", "name").output == "tenant/a\n")
    }

    @Test(arguments: [
        ("not: [closed", 2), ("- a", 2), ("", 2), ("displayName: nobody", 2),
    ])
    func refusesFilesThatMakeNoSense(input: String, exit: Int32) async {
        var harness = Harness()
        harness.input = input
        let outcome = await harness.run("tenants", "create", "-f", "-")
        #expect(outcome.exit == exit && outcome.errors.hasPrefix("Error: ") && outcome.requests.isEmpty)
    }

    @Test func refusesAnUpdateOfNothing() async {
        let outcome = await Harness().run("tenants", "update", "mia")
        #expect(outcome.exit == 2 && outcome.errors.contains("NOTHING_TO_DO"))
    }
}
