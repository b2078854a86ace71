import JSONValue
import OCCore
import Testing

/// Verbs of few types, creations of all, secrets, raw requests.
@Suite struct ActionTests {
    private func sent(_ outcome: Outcome) -> [String] {
        outcome.requests.map { request in
            let body = request.body.map { " " + String(decoding: $0, as: UTF8.self) } ?? ""
            return "\(request.method) \(request.url.dropFirst("https://crane.test".count))\(body)"
        }
    }

    @Test(arguments: [
        (["rotate", "api-key", "k1", "--grace-seconds", "60"], #"POST /v1/api-keys/k1/rotate {"grace_seconds":60}"#, "api-key/k1 rotated"),
        (["rotate", "agent", "a1"], "POST /api/v1/agents/a1/token/rotate", "agent/a1 token rotated"),
        (["rotate", "instance", "i1"], "POST /v1/instances/admin/i1/rotate-key", "instance/i1 key rotated"),
        (["approve", "skill", "s1", "p1"], "POST /api/v1/skills/catalog/s1/promotions/p1/approve", "skill/p1 promotion approved"),
        (["approve", "source", "x"], "POST /api/v1/third-party-sources/x/approve", "third-party-source/x approved"),
        (["reject", "skill", "s1", "p1"], "POST /api/v1/skills/catalog/s1/promotions/p1/reject", "skill/p1 promotion rejected"),
        (["scan", "skill", "s1"], "POST /api/v1/skills/catalog/s1/scan", "skill/s1 scanned"),
        (["backfill", "skills"], "POST /api/v1/skills/catalog/backfill", "skill backfilled"),
        (["revoke", "model-key", "mia"], "POST /api/v1/ai-budget/mia/litellm-key/revoke", "model-key/mia revoked"),
        (
            ["revoke", "person", "user:https://id.test|ada"], #"POST /api/v1/auth/departures {"person":"user:https://id.test|ada"}"#,
            "person/user:https://id.test|ada has no access any more"
        ),
        (["promote", "rollout", "--wave", "team"], #"POST /api/v1/awareness/rollout/promote {"wave":"team"}"#, "rollout promoted"),
        (["promote", "rollout"], "POST /api/v1/awareness/rollout/promote {}", "rollout promoted"),
        (["rollback", "rollout"], "POST /api/v1/awareness/rollout/rollback", "rollout rolled back"),
        (
            ["sync", "gateway", "g1", "--overwrite", "--lead-only"],
            "POST /api/v1/gateways/g1/templates/sync?lead_only=true&overwrite=true", "gateway/g1 synced"
        ),
        (["upgrade", "instance", "i1", "--force"], #"POST /v1/instances/i1/updates/apply {"force":true}"#, "instance/i1 to be upgraded"),
        (["cleanup", "instances"], "POST /v1/instances/cleanup", "instance cleaned up"),
        (["heartbeat", "agent", "a1", "--status", "idle"], #"POST /api/v1/agents/a1/heartbeat {"status":"idle"}"#, "agent/a1 heard of"),
        (["suspend", "tenant/mia"], "POST /api/v1/tenants/mia/suspend", "tenant/mia suspended"),
        (["update", "budget", "--monthly", "250"], #"PUT /api/v1/ai-budget/global {"monthlyLimitUsd":250}"#, "budget updated"),
        (["update", "budget", "--monthly", "none"], #"PUT /api/v1/ai-budget/global {"monthlyLimitUsd":null}"#, "budget updated"),
        (
            ["update", "account-budget", "ada@x.test", "--monthly", "9.5"],
            #"PUT /api/v1/ai-budget/accounts/ada%40x.test {"monthlyLimitUsd":9.5}"#, "account-budget/ada@x.test updated"
        ),
        (["update", "wave", "mia", "--wave", ""], #"PUT /api/v1/awareness/waves/mia {"wave":null}"#, "awareness-version/mia updated"),
        (
            ["update", "datasets", "mia", "--org", "a", "--org", "b", "--team", "c"],
            #"PUT /api/v1/tenants/mia/datasets {"org":["a","b"],"personal":[],"project":[],"team":["c"]}"#, "datasets/mia updated"
        ),
        (
            ["update", "scope", "s1", "--principal", "ada", "--scope", "project:apollo"],
            #"PUT /api/v1/sessions/s1/scope {"principal":"ada","scopes":[{"payloadId":"apollo","scope":"project"}]}"#,
            "session-scope/s1 updated"
        ),
        (
            ["update", "consent", "i1", "--debug-access", "true"], #"PATCH /v1/instances/i1/consent {"consent_debug_access":true}"#,
            "consent/i1 updated"
        ),
        (
            ["update", "model-policy", "i1", "--primary", "m1", "--fallbacks", "m2, m3"],
            #"PATCH /v1/instances/i1/model-policy {"fallbacks":["m2","m3"],"primary":"m1"}"#, "model-policy/i1 updated"
        ),
        (
            ["update", "rollout", "--target", "v2", "--waves", "a,b", "--shadow", "false"],
            #"PUT /api/v1/awareness/rollout {"shadowMode":false,"targetVersion":"v2","waves":["a","b"]}"#, "rollout updated"
        ),
        (
            ["update", "instance-config", "i1", "--set", "agents.defaults.model=m1", "--set", "debug=true"],
            #"POST /v1/instances/i1/config {"agents":{"defaults":{"model":"m1"}},"debug":true}"#, "instance-config/i1 updated"
        ),
        (
            ["create", "group", "engineers", "--scope", "org", "--member", "tenant:mia"],
            #"POST /api/v1/groups {"members":["tenant:mia"],"name":"engineers","scope":"org"}"#, "group/x1 created"
        ),
        (
            ["create", "mcp-server", "jira", "--endpoint", "https://jira.test/mcp", "--transport", "sse"],
            #"POST /api/v1/mcp-servers {"endpoint":"https://jira.test/mcp","name":"jira","transport":"sse"}"#, "mcp-server/x1 created"
        ),
        (
            ["create", "credential", "jira", "Robot", "--mode", "static", "--secret-ref", "jira-token"],
            #"POST /api/v1/mcp-servers/jira/credentials {"brokeringMode":"static","displayName":"Robot","secretRef":"jira-token"}"#,
            "credential/x1 created"
        ),
        (
            ["create", "skill", "review", "--version", "1.0.0", "--tag", "code"],
            #"POST /api/v1/skills/catalog {"name":"review","tags":["code"],"version":"1.0.0"}"#, "skill/x1 created"
        ),
        (
            ["create", "source", "acme", "--type", "git-repository", "--url", "https://git.test/acme", "--sync-interval", "600"],
            #"POST /api/v1/third-party-sources {"intervalSeconds":600,"name":"acme","type":"git-repository","url":"https://git.test/acme"}"#,
            "third-party-source/x1 created"
        ),
        (
            ["create", "agent", "Ada", "--board", "b1", "--role", "reviewer"],
            #"POST /api/v1/agents {"board_id":"b1","identity_profile":{"role":"reviewer"},"name":"Ada"}"#, "agent/x1 created"
        ),
        (
            ["create", "instance", "--tier", "small", "--region", "eu", "--order-key", "o1"],
            #"POST /v1/instances {"idempotency_key":"o1","region_id":"eu","tier_id":"small"}"#, "instance/x1 created"
        ),
        (
            ["create", "fleet-tenant", "acme", "--display-name", "Acme"], #"POST /api/tenants {"name":"Acme","tenantId":"acme"}"#,
            "fleet-tenant/x1 created"
        ),
    ])
    func eachCommandSendsItsRequest(words: [String], request: String, says: String) async {
        let answer: JSON = [
            "id": "x1", "instance_id": "x1", "api_key": ["id": "x1"], "key": "ock_1", "tenant": ["tenant_id": "x1"], "tenant_id": "x1",
        ]
        let parts = request.split(separator: " ", maxSplits: 2).map(String.init)
        let outcome = await Harness(answers: ["\(parts[0]) \(parts[1])": [.json(200, answer)]]).run(words)
        #expect(sent(outcome) == [request])
        #expect((outcome.output + outcome.errors).contains(says + "\n") && outcome.exit == 0, "\(outcome.output)\(outcome.errors)")
    }

    @Test func aSecretThatIsShownOnceStandsAloneOnStandardOutput() async {
        let answer: JSON = ["id": "t1", "expiresAt": "2027-01-01T00:00:00Z", "plainTextToken": "oct_abc"]
        let harness = Harness(answers: ["POST /api/v1/access-tokens": [.json(201, answer)]])
        let outcome = await harness.run("create", "access-token", "ci", "--scope", "read")
        #expect(outcome.output == "oct_abc\n")
        #expect(outcome.errors == "access-token/t1 created\nIt is shown this once:\n")
        #expect(await harness.run("create", "access-token", "ci", "-o", "json").output.contains("oct_abc"))
    }

    @Test(arguments: [[], ["-o", "name"]]) func aNewKeyIsShownWhateverTheOutput(options: [String]) async {
        let answer: JSON = ["api_key": ["id": "k1", "name": "ci"], "key": "ock_live_1"]
        let harness = Harness(answers: ["POST /v1/api-keys": [.json(201, answer)], "POST /v1/api-keys/k1/rotate": [.json(200, answer)]])
        let created = await harness.run(["create", "api-key", "ci", "--role", "admin", "--scope", "instances:read"] + options)
        #expect(created.output == "ock_live_1\n" && created.errors.hasPrefix("api-key/k1"))
        let rotated = await harness.run(["rotate", "api-key", "k1"] + options)
        #expect(rotated.output == "ock_live_1\n" && rotated.errors.hasPrefix("api-key/k1"))
    }

    @Test func whatHasAnIdentifierIsFoundByItsName() async {
        let id = "0b8f73c3-0000-4000-8000-000000000001"
        let refusal: JSON = ["error": "no", "code": "VALIDATION_ERROR", "fields": [["field": "path.id", "message": "is no UUID"]]]
        let harness = Harness(answers: [
            "GET /api/v1/groups/engineers": [.json(422, refusal)],
            "GET /api/v1/groups": [.json(200, [["id": .string(id), "name": "engineers"]])],
            "GET /api/v1/groups/\(id)": [.json(200, ["id": .string(id), "name": "engineers"])],
            "DELETE /api/v1/groups/engineers": [.json(404, ["error": "no", "code": "GROUP_NOT_FOUND"])],
            "DELETE /api/v1/groups/\(id)": [.json(200, ["id": .string(id)])], "GET /api/v1/groups/nobody": [.json(422, refusal)],
        ])
        #expect(await harness.run("get", "group", "engineers", "-o", "name").output == "group/\(id)\n")
        #expect(await harness.run("delete", "group", "engineers").output == "group/engineers deleted\n")
        #expect(await harness.run("get", "group", "nobody").errors.contains("path.id: is no UUID"))
    }

    @Test func whatFailsForOneObjectDoesNotKeepTheOthers() async {
        let harness = Harness(answers: [
            "DELETE /api/v1/tenants/nope": [.json(404, ["error": "There is no tenant nope", "code": "TENANT_NOT_FOUND"])],
            "DELETE /api/v1/tenants/leo": [.json(200, ["name": "leo"])],
            "GET /api/v1/tenants/nope": [.json(404, ["error": "no", "code": "X"])],
            "GET /api/v1/tenants/mia": [.json(200, Answers.mia)], "GET /api/v1/tenants/leo": [.json(200, Answers.leo)],
        ])
        let deleted = await harness.run("delete", "tenant", "nope", "leo")
        #expect(deleted.output == "tenant/leo deleted\n" && deleted.exit == 3 && deleted.errors.contains("There is no tenant nope"))
        let shown = await harness.run("get", "tenants", "mia", "nope", "leo", "-o", "name")
        #expect(shown.output == "tenant/mia\ntenant/leo\n" && shown.exit == 3)
        let away = await Harness(answers: ["DELETE /api/v1/tenants/a": [.none]]).run("delete", "tenant", "a", "b")
        #expect(away.exit == 6 && away.requests.count == 1)
    }

    @Test func secretsComeFromFilesOrStandardInputOnly() async throws {
        var harness = Harness(answers: ["PUT /api/v1/providers/keys/openai": [.json(200, ["provider": "openai", "configured": true])]])
        harness.input = "sk-123\n"
        let typed = await harness.run("update", "provider-key", "openai")
        #expect(try JSON(parsing: try #require(typed.requests.first?.body)) == ["apiKey": "sk-123"] && typed.exit == 0)
        let file = await harness.run("update", "provider-key", "openai", "--secret-file", "key.txt")
        #expect(try JSON(parsing: try #require(file.requests.first?.body)) == ["apiKey": "sk-123"])
        harness.isInputTerminal = true
        let silent = await harness.run("update", "provider-key", "openai", "--no-input")
        #expect(silent.exit == 2 && silent.errors.contains("NO_SECRET") && silent.requests.isEmpty)
        harness.input = " \n"
        #expect(await harness.run("update", "provider-key", "openai").exit == 2)
    }

    @Test func aSkillsTextIsSentAndReadAsItIs() async {
        var harness = Harness(answers: [
            "PUT /api/v1/skills/catalog/s1/content": [.json(200, ["id": "s1"])],
            "GET /api/v1/bundles/sha256%3Aab": [
                RESTResponse(status: 200, headers: ["content-type": "text/markdown"], body: Array("# Hi\n".utf8))
            ],
        ])
        harness.input = "# Hi\n"
        let outcome = await harness.run("update", "skill-content", "s1", "-f", "SKILL.md")
        #expect(outcome.output == "skill-content/s1 updated\n")
        #expect(outcome.requests.first?.body == Array("# Hi\n".utf8) && outcome.requests.first?.headers["Content-Type"] == "text/markdown")
        #expect(await harness.run("get", "bundle", "sha256:ab").output == "# Hi\n")
    }

    @Test func anyRequestCanBeSent() async {
        var harness = Harness(answers: [
            "GET /api/v1/audit?tenant=mia&limit=1": [.json(200, ["data": []])],
            "POST /v1/bootstrap/callbacks": [RESTResponse(status: 204)],
        ])
        harness.input = "{stage: ready}"
        #expect(
            await harness.run("api", "get", "/audit", "--query", "tenant=mia", "--query", "limit=1").output == "{\n  \"data\": []\n}\n"
        )
        let posted = await harness.run("api", "POST", "/v1/bootstrap/callbacks", "-f", "-")
        #expect(posted.exit == 0 && posted.output == "" && posted.requests.first?.body == Array(#"{"stage":"ready"}"#.utf8))
        #expect(await harness.run("api", "head", "/tenants").exit == 2)
        #expect(await harness.run("api", "get", "tenants").exit == 2)
    }

    @Test func chatShowsTheAnswerAsItComes() async {
        let stream =
            "event: delta\ndata: {\"text\":\"Hel\"}\n\nevent: delta\ndata: {\"text\":\"lo\"}\n\nevent: final\ndata: {\"text\":\"Hello\"}\n\n"
        let harness = Harness(answers: ["POST /v1/instances/i1/chat": [RESTResponse(status: 200, body: Array(stream.utf8))]])
        let outcome = await harness.run("chat", "i1", "how", "are", "you?")
        #expect(outcome.output == "Hello\n" && sent(outcome) == [#"POST /v1/instances/i1/chat {"message":"how are you?"}"#])
        let failed = "event: error\ndata: {\"code\":\"GATEWAY_OFFLINE\",\"message\":\"It sleeps\"}\n\n"
        let away = await Harness(answers: ["POST /v1/instances/i1/chat": [RESTResponse(status: 200, body: Array(failed.utf8))]]).run(
            "chat",
            "i1",
            "x"
        )
        #expect(away.exit == 1 && away.errors.contains("It sleeps") && away.errors.contains("GATEWAY_OFFLINE"))
    }

    @Test func logsAreLines() async {
        let line: JSON = ["seq": 1, "created_at": "2026-01-01T00:00:00Z", "level": "info", "stage": "files", "message": "written"]
        let harness = Harness(answers: ["GET /v1/instances/i1/logs": [.json(200, ["logs": [line], "instance_id": "i1", "total": 1])]])
        #expect(await harness.run("logs", "instance", "i1").output == "2026-01-01T00:00:00Z info files written\n")
        #expect(await harness.run("logs", "tenant", "mia").errors.contains("Tenants have no verb logs"))
    }

    @Test(arguments: ["bash", "zsh", "fish"]) func completionsKnowTheVerbs(shell: String) async {
        let outcome = await Harness().run("completion", shell)
        #expect(outcome.exit == 0 && outcome.output.contains("describe") && outcome.output.contains("cluster-tenant"))
    }

    @Test func versionsAreCompared() async {
        let harness = Harness(answers: ["GET /api/v1/openapi.json": [.json(200, ["info": ["version": "9.9.9"]])]])
        let outcome = await harness.run("version")
        #expect(outcome.output == "oc      \(OpenCraneCommand.version)\nserver  9.9.9\n")
        #expect(outcome.requests.first?.headers["Authorization"] == nil)
        #expect(await harness.run("version", "--client").output == "oc      \(OpenCraneCommand.version)\n")
    }
}
