import CraneAPI
import JSONValue
import KubernetesModel
import NIOHTTP1
import Testing

extension EndToEnd {
    @Suite("Bad input")
    struct BadInputTests {
        /// What a manifest does wrong, and words of the answer that help.
        struct Refusal: Sendable, CustomTestStringConvertible {
            var title: String
            var manifest: String
            var words: [String]
            var testDescription: String { title }
        }

        static let refusals = [
            Refusal(
                title: "an address without @",
                manifest: Samples.tenant("bad").replacing("bad@example.com", with: "nobody"),
                words: ["spec.email"]
            ),
            Refusal(title: "an unknown field", manifest: Samples.tenant("bad", "favouriteColour: red"), words: ["favouriteColour"]),
            Refusal(title: "a name over 63 characters", manifest: Samples.tenant(String(repeating: "a", count: 64)), words: ["name"]),
            Refusal(title: "a name with capitals", manifest: Samples.tenant("Bad"), words: ["metadata.name"]),
            Refusal(title: "a negative budget", manifest: Samples.tenant("bad", "monthlyBudgetUsd: -1"), words: ["spec.monthlyBudgetUsd"]),
            Refusal(
                title: "a budget in words",
                manifest: Samples.tenant("bad", "monthlyBudgetUsd: much"),
                words: ["spec.monthlyBudgetUsd"]
            ),
            Refusal(
                title: "an unknown runtime",
                manifest: Samples.tenant("bad", "runtime: {type: Zeppelin}"),
                words: ["spec.runtime.type", "VirtualMachine"]
            ),
            Refusal(
                title: "a policy with a wrong block",
                manifest: Samples.policy("bad", team: "x", blocks: ["300.1.2.3/99"]),
                words: ["spec.egressRules"]
            ),
        ]

        @Test("kubectl is told what is wrong, and nothing is stored")
        func refusedByTheDefinition() async throws {
            try await Stage.with(StageOptions(hasOperator: false, hasControlPlane: false)) { stage in
                for refusal in Self.refusals {
                    let result = try await stage.tryKubectl(["create", "-f", "-"], input: refusal.manifest)
                    #expect(!result.succeeded, "\(refusal.title) was accepted")
                    for word in refusal.words { #expect(result.errors.contains(word), "\(refusal.title): \(result.errors)") }
                }
                #expect(try await stage.list(Kinds.tenant, in: stage.namespace).isEmpty)
                #expect(try await stage.list(Kinds.accessPolicy, in: stage.namespace).isEmpty)
            }
        }

        @Test("A tenant of an unknown customer, and one that two policies select, say so and recover")
        func conditions() async throws {
            try await Stage.with { stage in
                try await stage.apply(Samples.tenant("orphan", "clusterTenantRef: \(stage.prefix)-nowhere"))
                try await stage.apply(Samples.policy("one", team: "torn", blocks: ["192.0.2.0/24"]))
                try await stage.apply(Samples.policy("two", team: "torn", blocks: ["198.51.100.0/24"]))
                try await stage.apply(Samples.tenant("torn", team: "torn"))
                try await eventually("the orphan says that its customer is unknown") {
                    let ready = try await stage.find(Kinds.tenant, "orphan")?.condition("Ready")
                    return ready?["status"] == "False" && ready?["reason"]?.stringValue == ConditionReason.clusterTenantNotFound
                        && ready?["message"]?.stringValue?.contains("\(stage.prefix)-nowhere") == true
                }
                try await eventually("the other says which policies select it") {
                    let tenant = try await stage.find(Kinds.tenant, "torn")
                    let message = tenant?.condition("Ready")?["message"]?.stringValue ?? ""
                    return tenant?.json[at: ["status", "policyResolutionState"]] == "PolicyConflict"
                        && message.contains("one") && message.contains("two")
                }
                #expect(try await stage.find(Kinds.deployment, "openclaw-orphan") == nil)
                try await stage.kubectl(["delete", "accesspolicy", "two", "--timeout=60s"])
                try await stage.waitUntilReady(["tenant/torn"])
                try await stage.apply(
                    """
                    apiVersion: opencrane.io/v1alpha1
                    kind: ClusterTenant
                    metadata: {name: "\(stage.prefix)-nowhere"}
                    spec: {displayName: "Found", isolationTier: shared}
                    """
                )
                try await stage.waitUntilReady(["tenant/orphan"])
                try await stage.kubectl(["delete", "tenant", "orphan", "--timeout=90s"])
                try await stage.kubectl(["delete", "clustertenant", "\(stage.prefix)-nowhere", "--timeout=90s"])
            }
        }

        @Test("REST answers bad requests with its envelope and changes nothing")
        func refusedOverREST() async throws {
            try await Stage.with(StageOptions(hasOperator: false)) { stage in
                let api = stage.api
                func expect(_ answer: RESTAnswer, _ status: Int, _ title: Comment) throws {
                    #expect(answer.status == status, title)
                    let body = try answer.json
                    #expect(body["error"]?.stringValue?.isEmpty == false, title)
                    #expect(body["code"]?.stringValue?.isEmpty == false, title)
                    #expect(answer.headers.contains(name: "X-Request-Id"), title)
                }
                let path = "/api/v1/tenants"
                try expect(try await api.send("POST", path, Array("{not json".utf8)), 400, "not JSON")
                try expect(try await api.send("POST", path, Array(repeating: 32, count: 3 << 20)), 413, "too large")
                try expect(
                    try await api.send("POST", path, Array("name: x".utf8), headers: ["Content-Type": "text/yaml"]),
                    415,
                    "not JSON by its type"
                )
                try expect(try await api.post(path, ["name": 7, "displayName": "x", "email": "x@example.com"]), 422, "a number for a name")
                try expect(try await api.post(path, ["name": "x", "displayName": "x", "email": "x"]), 422, "an address without @")
                try expect(
                    try await api.post(path, ["name": "x", "displayName": "x", "email": "x@example.com", "colour": "red"]),
                    422,
                    "an unknown member"
                )
                try expect(try await api.post(path, ["displayName": "x", "email": "x@example.com"]), 422, "no name")
                try expect(try await api.get("/api/v1/tenants/nobody"), 404, "an unknown tenant")
                try expect(try await api.get("/api/v1/nothing"), 404, "an unknown route")
                try expect(try await api.send("PATCH", path), 405, "an unknown method")
                let anonymous = RESTClient(base: api.base, token: "")
                try expect(try await anonymous.get(path), 401, "no token")
                let impostor = RESTClient(base: api.base, token: "e2e-wrong")
                let refused = try await impostor.get(path)
                #expect(refused.status == 401 || refused.status == 403)
                #expect(try await stage.list(Kinds.tenant, in: stage.namespace).isEmpty)
            }
        }

        @Test("oc tells the reason and ends with its code")
        func refusedByOC() async throws {
            try await Stage.with(StageOptions(hasOperator: false)) { stage in
                let arguments = ["tenants", "create", "--name", "x", "--display-name", "x", "--email", "nobody"]
                await #expect(throws: CommandFailure.self) { try await stage.oc(arguments) }
                do {
                    _ = try await stage.oc(["tenants", "get", "nobody"])
                } catch let failure as CommandFailure {
                    #expect(failure.result.status == 3)
                    #expect(failure.result.errors.contains("TENANT_NOT_FOUND"))
                }
            }
        }

        @Test("Without a token the control plane refuses to start; without an image the operator does")
        func refusesToStart() async throws {
            let environment = ["OPENCRANE_API_TOKEN": "", "KUBECONFIG": "/nonexistent", "DATABASE_URL": "postgres://nobody@127.0.0.1:1/x"]
            let controlPlane = try await Command.run(Installation.opencrane, ["control-plane"], environment: environment)
            #expect(controlPlane.status != 0)
            #expect(controlPlane.everything.contains("OPENCRANE_API_TOKEN"))
            let theOperator = try await Command.run(
                Installation.opencrane,
                ["operator"],
                environment: ["TENANT_DEFAULT_IMAGE": "", "INGRESS_DOMAIN": ""]
            )
            #expect(theOperator.status != 0)
            #expect(theOperator.everything.contains("TENANT_DEFAULT_IMAGE"))
            #expect(theOperator.everything.contains("INGRESS_DOMAIN"))
        }
    }
}
