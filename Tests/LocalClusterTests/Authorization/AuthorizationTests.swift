import Foundation
import JSONValue
import LocalCluster
import Testing

@Suite("Access control") struct AuthorizationTests {
    private static let rbac = "/apis/rbac.authorization.k8s.io/v1"
    private static let maps = "/api/v1/namespaces/default/configmaps"

    /// The administrator's client, speaking for somebody.
    private struct Person: Sendable {
        let client: TestClient
        let name: String

        func send(_ method: String, _ path: String, _ body: JSON? = nil, type: String = "application/json") async throws
            -> TestClient.Answer
        {
            try await client.send(method, path, body: body?.serialized(), contentType: type, headers: ["Impersonate-User": name])
        }
    }

    private static func play(_ body: @Sendable (ClusterServer, TestClient) async throws -> Void) async throws {
        try await withServer(ClusterServer.Configuration(authorization: .rbac), body)
    }

    private static func grant(_ client: TestClient, _ user: String, _ rules: [JSON], role: String = "granted") async throws {
        expect(
            201,
            try await client.post("\(rbac)/clusterroles", ["metadata": ["name": .string(role)], "rules": .array(rules)])
        )
        expect(
            201,
            try await client.post(
                "\(rbac)/clusterrolebindings",
                [
                    "metadata": ["name": .string(role)], "roleRef": ["kind": "ClusterRole", "name": .string(role)],
                    "subjects": [["kind": "User", "name": .string(user)]],
                ]
            )
        )
    }

    private static func map(_ name: String) -> JSON {
        ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": .string(name)], "data": ["a": "b"]]
    }

    @Test("What nobody granted is refused in the words of the API server, from the moment on in which it is taken away")
    func refusals() async throws {
        try await Self.play { _, client in
            let joe = Person(client: client, name: "joe")
            let refused = try await joe.send("GET", Self.maps + "/x")
            expect(403, refused)
            #expect(
                refused.message == "configmaps \"x\" is forbidden: User \"joe\" cannot get resource \"configmaps\" in API group \"\" "
                    + "in the namespace \"default\""
            )
            #expect(refused.json["reason"] == "Forbidden" && refused.json["details"] == ["kind": "configmaps", "name": "x"])
            let listing = try await joe.send("GET", "/apis/apps/v1/deployments")
            #expect(
                listing.message == "deployments.apps is forbidden: User \"joe\" cannot list resource \"deployments\" in API group "
                    + "\"apps\" at the cluster scope"
            )
            let scale = try await joe.send("GET", "/apis/apps/v1/namespaces/default/deployments/x/scale")
            #expect(scale.message.contains("cannot get resource \"deployments/scale\" in API group \"apps\""))
            let namespace = try await joe.send("GET", "/api/v1/namespaces/default")
            #expect(namespace.message.hasSuffix("in the namespace \"default\""))
            // Rules come first: whether a resource is there is nobody's business.
            expect(403, try await joe.send("GET", "/apis/nothing.example.com/v1/things"))
            try await Self.grant(client, "joe", [["apiGroups": [""], "resources": ["configmaps"], "verbs": ["list"]]])
            expect(200, try await joe.send("GET", Self.maps))
            expect(403, try await joe.send("GET", Self.maps + "?watch=true"))
            expect(200, try await client.delete(Self.rbac + "/clusterrolebindings/granted"))
            expect(403, try await joe.send("GET", Self.maps))
        }
    }

    @Test("One name: by path, and by the selector of a list or watch")
    func names() async throws {
        try await Self.play { _, client in
            let joe = Person(client: client, name: "joe")
            for name in ["a", "b"] { expect(201, try await client.post(Self.maps, Self.map(name))) }
            try await Self.grant(
                client,
                "joe",
                [["apiGroups": [""], "resources": ["configmaps"], "verbs": ["*"], "resourceNames": ["a"]]]
            )
            expect(200, try await joe.send("GET", Self.maps + "/a"))
            expect(403, try await joe.send("GET", Self.maps + "/b"))
            expect(403, try await joe.send("GET", Self.maps))
            expect(200, try await joe.send("GET", Self.maps + "?fieldSelector=metadata.name%3Da"))
            expect(403, try await joe.send("GET", Self.maps + "?fieldSelector=metadata.name%3Db"))
            expect(403, try await joe.send("GET", Self.maps + "?fieldSelector=metadata.name!%3Da"))
            // The name of a new object is not known yet.
            expect(403, try await joe.send("POST", Self.maps, Self.map("a")))
            expect(403, try await joe.send("DELETE", Self.maps))
        }
    }

    @Test("An apply that finds nothing needs the right to create")
    func applying() async throws {
        try await Self.play { _, client in
            let joe = Person(client: client, name: "joe")
            try await Self.grant(client, "joe", [["apiGroups": [""], "resources": ["configmaps"], "verbs": ["patch"]]])
            let path = Self.maps + "/new?fieldManager=joe"
            let refused = try await joe.send("PATCH", path, Self.map("new"), type: "application/apply-patch+yaml")
            expect(403, refused)
            #expect(refused.message.contains("cannot create resource \"configmaps\""))
            expect(404, try await client.get(Self.maps + "/new"))
            try await Self.grant(client, "joe", [["apiGroups": [""], "resources": ["configmaps"], "verbs": ["create"]]], role: "more")
            expect(201, try await joe.send("PATCH", path, Self.map("new"), type: "application/apply-patch+yaml"))
        }
    }

    @Test("Who is known finds out what is served and who he is; others only whether the server is well")
    func discovery() async throws {
        try await Self.play { _, client in
            let joe = Person(client: client, name: "joe")
            for path in ["/api", "/apis", "/apis/apps/v1", "/openapi/v3", "/version", "/readyz"] {
                expect(200, try await joe.send("GET", path))
            }
            let metrics = try await joe.send("GET", "/metrics")
            expect(403, metrics)
            #expect(metrics.message == "forbidden: User \"joe\" cannot get path \"/metrics\"")
            for path in ["/version", "/livez"] { expect(200, try await client.send("GET", path, isAnonymous: true)) }
            for path in ["/apis", "/metrics", Self.maps] { expect(403, try await client.send("GET", path, isAnonymous: true)) }
            expect(200, try await client.get("/metrics"))
        }
    }

    @Test("Reviews answer by the rules")
    func reviews() async throws {
        try await Self.play { _, client in
            let joe = Person(client: client, name: "joe")
            try await Self.grant(client, "joe", [["apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["get"]]])
            let reviews = "/apis/authorization.k8s.io/v1"
            func asked(_ verb: String, user: String? = nil) -> JSON {
                var spec: JSON = [
                    "resourceAttributes": ["verb": .string(verb), "group": "apps", "resource": "deployments", "namespace": "default"]
                ]
                spec["user"] = user.map { .string($0) }
                return ["spec": spec]
            }
            let own = try await joe.send("POST", reviews + "/selfsubjectaccessreviews", asked("get"))
            expect(201, own)
            #expect(own.json["status"]?["allowed"] == true)
            #expect(own.json["status"]?["reason"]?.stringValue?.contains("ClusterRoleBinding \"granted\"") == true)
            let other = try await joe.send("POST", reviews + "/selfsubjectaccessreviews", asked("delete"))
            #expect(other.json["status"] == ["allowed": false])
            // Asking for others is a right of its own.
            expect(403, try await joe.send("POST", reviews + "/subjectaccessreviews", asked("get", user: "joe")))
            let told = try await client.post(reviews + "/subjectaccessreviews", asked("get", user: "joe"))
            #expect(told.json["status"]?["allowed"] == true)
            let local = reviews + "/namespaces/default/localsubjectaccessreviews"
            #expect(try await client.post(local, asked("get", user: "eve")).json["status"] == ["allowed": false])
            expect(400, try await client.post(reviews + "/namespaces/kube-system/localsubjectaccessreviews", asked("get", user: "joe")))
            let path: JSON = ["spec": ["nonResourceAttributes": ["verb": "get", "path": "/apis"]]]
            #expect(try await joe.send("POST", reviews + "/selfsubjectaccessreviews", path).json["status"]?["allowed"] == true)
            let rules = try await joe.send("POST", reviews + "/selfsubjectrulesreviews", ["spec": ["namespace": "default"]])
            #expect(
                rules.json["status"]?["resourceRules"]?.arrayValue?
                    .contains(["apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["get"]]) == true
            )
        }
    }

    @Test("Nobody grants what he does not have, unless he may bind or escalate")
    func escalation() async throws {
        try await Self.play { server, client in
            let joe = Person(client: client, name: "joe")
            let roles: JSON = [
                "apiGroups": ["rbac.authorization.k8s.io"], "resources": ["roles", "rolebindings"], "verbs": ["create", "update", "get"],
            ]
            try await Self.grant(client, "joe", [roles, ["apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]]])
            let path = Self.rbac + "/namespaces/default"
            func role(_ verbs: [JSON]) -> JSON {
                ["metadata": ["name": "r"], "rules": [["apiGroups": [""], "resources": ["pods"], "verbs": .array(verbs)]]]
            }
            let refused = try await joe.send("POST", path + "/roles", role(["get", "delete", "watch"]))
            expect(403, refused)
            #expect(
                refused.message == """
                    roles.rbac.authorization.k8s.io "r" is forbidden: user "joe" (groups=["system:authenticated"]) is attempting to grant \
                    RBAC permissions not currently held:
                    {APIGroups:[""], Resources:["pods"], Verbs:["delete" "watch"]}
                    """
            )
            expect(201, try await joe.send("POST", path + "/roles", role(["get", "list"])))
            expect(403, try await joe.send("PUT", path + "/roles/r", role(["get", "delete"])))
            func binding(_ name: JSON, _ kind: JSON, _ role: JSON) -> JSON {
                ["metadata": ["name": name], "roleRef": ["kind": kind, "name": role], "subjects": [["kind": "User", "name": "eve"]]]
            }
            expect(201, try await joe.send("POST", path + "/rolebindings", binding("ok", "Role", "r")))
            expect(403, try await joe.send("POST", path + "/rolebindings", binding("admin", "ClusterRole", "cluster-admin")))
            expect(404, try await joe.send("POST", path + "/rolebindings", binding("none", "Role", "nowhere")))
            let more: JSON = ["apiGroups": ["rbac.authorization.k8s.io"], "resources": ["roles"], "verbs": ["escalate"]]
            let bind: JSON = [
                "apiGroups": ["rbac.authorization.k8s.io"], "resources": ["clusterroles"], "verbs": ["bind"],
                "resourceNames": ["cluster-admin"],
            ]
            try await Self.grant(client, "joe", [more, bind], role: "more")
            expect(200, try await joe.send("PUT", path + "/roles/r", role(["get", "delete"])))
            expect(201, try await joe.send("POST", path + "/rolebindings", binding("admin", "ClusterRole", "cluster-admin")))
            // Written down where it was needed, with the role that allows it.
            let beyond = server.access.records.filter { ["bind", "escalate"].contains($0.verb) && $0.roles == ["more"] }
            #expect(Set(beyond.map { "\($0.verb) \($0.resource)" }) == ["bind clusterroles", "escalate roles"])
        }
    }

    @Test("Who changes a role or a binding answers for all that it grants, but for what the collection of garbage needs")
    func changing() async throws {
        try await Self.play { _, client in
            let joe = Person(client: client, name: "joe")
            let all: [JSON] = ["roles", "rolebindings", "clusterroles"]
            let rules: JSON = [
                "apiGroups": ["rbac.authorization.k8s.io"], "resources": .array(all), "verbs": ["create", "patch", "get", "delete"],
            ]
            try await Self.grant(client, "joe", [rules])
            let path = Self.rbac + "/namespaces/default"
            let delete: JSON = ["apiGroups": [""], "resources": ["pods"], "verbs": ["delete"]]
            expect(201, try await client.post(path + "/roles", ["metadata": ["name": "r"], "rules": [delete]]))
            let reference: JSON = ["kind": "Role", "name": "r"]
            let subjects: JSON = [["kind": "User", "name": "eve"]]
            expect(
                201,
                try await client.post(path + "/rolebindings", ["metadata": ["name": "b"], "roleRef": reference, "subjects": subjects])
            )
            let type = "application/merge-patch+json"
            for object in ["/roles/r", "/rolebindings/b"] {
                let label: JSON = ["metadata": ["labels": ["a": "b"]]]
                expect(403, try await joe.send("PATCH", path + object, label, type: type))
                expect(200, try await joe.send("PATCH", path + object, ["metadata": ["finalizers": ["example.com/f"]]], type: type))
                expect(200, try await joe.send("PATCH", path + object, ["metadata": ["finalizers": .null]], type: type))
            }
            // A role that gathers what others grant may come to grant anything.
            let gathering: JSON = [
                "metadata": ["name": "g"], "rules": [],
                "aggregationRule": ["clusterRoleSelectors": [["matchLabels": ["a": "b"]]]],
            ]
            let refused = try await joe.send("POST", Self.rbac + "/clusterroles", gathering)
            expect(403, refused)
            #expect(refused.message.contains(#"{APIGroups:["*"], Resources:["*"], Verbs:["*"]}"#), "\(refused.message)")
            expect(201, try await client.post(Self.rbac + "/clusterroles", gathering))
            expect(403, try await joe.send("PATCH", Self.rbac + "/clusterroles/g", ["aggregationRule": .null], type: type))
            let escalate: JSON = ["apiGroups": ["rbac.authorization.k8s.io"], "resources": ["clusterroles"], "verbs": ["escalate"]]
            try await Self.grant(client, "joe", [escalate], role: "more")
            expect(200, try await joe.send("PATCH", Self.rbac + "/clusterroles/g", ["aggregationRule": .null], type: type))
        }
    }

    @Test("An owner waits only for objects of those who may set its finalizers")
    func owners() async throws {
        try await Self.play { _, client in
            let joe = Person(client: client, name: "joe")
            let deployments = "/apis/apps/v1/namespaces/default/deployments"
            let owner = try await client.post(
                deployments,
                [
                    "metadata": ["name": "owner"],
                    "spec": [
                        "selector": ["matchLabels": ["a": "b"]],
                        "template": ["metadata": ["labels": ["a": "b"]], "spec": ["containers": [["name": "c", "image": "i"]]]],
                    ],
                ]
            )
            expect(201, owner)
            try await Self.grant(client, "joe", [["apiGroups": [""], "resources": ["configmaps"], "verbs": ["create", "patch"]]])
            func owned(_ name: String, blocks: Bool) -> JSON {
                var map = Self.map(name)
                map[at: ["metadata", "ownerReferences"]] = [
                    [
                        "apiVersion": "apps/v1", "kind": "Deployment", "name": "owner",
                        "uid": owner.json["metadata"]?["uid"] ?? "", "blockOwnerDeletion": .bool(blocks),
                    ]
                ]
                return map
            }
            expect(201, try await joe.send("POST", Self.maps, owned("free", blocks: false)))
            let refused = try await joe.send("POST", Self.maps, owned("held", blocks: true))
            expect(403, refused)
            #expect(refused.message.contains("you can't set finalizers on"))
            try await Self.grant(
                client,
                "joe",
                [["apiGroups": ["apps"], "resources": ["deployments/finalizers"], "verbs": ["update"]]],
                role: "more"
            )
            expect(201, try await joe.send("POST", Self.maps, owned("held", blocks: true)))
            // Who cannot delete an object cannot have it collected either.
            let without: JSON = ["metadata": ["ownerReferences": .null]]
            let change = try await joe.send("PATCH", Self.maps + "/held", without, type: "application/merge-patch+json")
            expect(403, change)
            #expect(change.message.contains("cannot set an ownerRef on a resource you can't delete"))
        }
    }

    @Test("Acting as somebody else is a right of its own")
    func impersonation() async throws {
        try await Self.play { server, client in
            let request: JSON = ["spec": ["expirationSeconds": 600]]
            let answer = try await client.post("/api/v1/namespaces/default/serviceaccounts/default/token", request)
            let token = try #require(answer.json["status"]?["token"]?.stringValue)
            try await withTestClient(of: server, token: token) { account in
                let refused = try await account.get(Self.maps, headers: ["Impersonate-User": "kubernetes-admin"])
                expect(403, refused)
                #expect(
                    refused.message == "users \"kubernetes-admin\" is forbidden: User \"system:serviceaccount:default:default\" cannot "
                        + "impersonate resource \"users\" in API group \"\" at the cluster scope"
                )
                try await Self.grant(
                    client,
                    "system:serviceaccount:default:default",
                    [["apiGroups": [""], "resources": ["users", "groups"], "verbs": ["impersonate"], "resourceNames": ["joe", "devs"]]]
                )
                let joe = ["Impersonate-User": "joe", "Impersonate-Group": "devs"]
                expect(200, try await account.get("/apis", headers: joe))
                expect(403, try await account.get("/apis", headers: ["Impersonate-User": "joe", "Impersonate-Group": "system:masters"]))
                expect(403, try await account.get("/apis", headers: ["Impersonate-User": "system:serviceaccount:a:b"]))
            }
        }
    }

    @Test("Whatever is asked for is written down once, by whom and how, in a file too")
    func recording() async throws {
        let file = NSTemporaryDirectory() + "access-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: file) }
        try await withServer(ClusterServer.Configuration(accessFile: file)) { server, client in
            let headers = ["User-Agent": "someone/1", "Impersonate-User": "joe"]
            for _ in 0..<2 { expect(200, try await client.get(Self.maps, headers: headers)) }
            expect(404, try await client.get("/apis/apps/v1/namespaces/default/deployments/x/scale", headers: headers))
            let path = Self.maps + "/new?fieldManager=joe"
            let type = "application/apply-patch+yaml"
            expect(
                201,
                try await client.send("PATCH", path, body: Self.map("new").serialized(), contentType: type, headers: headers)
            )
            let asked = server.access.records.filter { $0.userAgent == "someone/1" }.map {
                "\($0.user) \($0.verb) \($0.group)/\($0.resource)/\($0.subresource) \($0.namespace) \($0.isNamed)"
            }
            #expect(
                asked.sorted() == [
                    "joe create /configmaps/ default true", "joe get apps/deployments/scale default true",
                    "joe list /configmaps/ default false", "joe patch /configmaps/ default true",
                ]
            )
        }
        let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").map(String.init)
        #expect(
            lines.filter { $0.hasPrefix("joe\t") }.sorted() == [
                "joe\tsomeone/1\tcreate\t\tconfigmaps\tnamespace\tnamed\tallowed\t",
                "joe\tsomeone/1\tget\tapps\tdeployments/scale\tnamespace\tnamed\tallowed\t",
                "joe\tsomeone/1\tlist\t\tconfigmaps\tnamespace\tany\tallowed\t",
                "joe\tsomeone/1\tpatch\t\tconfigmaps\tnamespace\tnamed\tallowed\t",
            ]
        )
    }

    @Test("All roles that allow something are written down with it")
    func grantingRoles() async throws {
        try await Self.play { server, client in
            let joe = Person(client: client, name: "joe")
            let rule: JSON = ["apiGroups": [""], "resources": ["configmaps"], "verbs": ["list"]]
            expect(403, try await joe.send("GET", Self.maps))
            try await Self.grant(client, "joe", [rule], role: "one")
            try await Self.grant(client, "joe", [rule, ["apiGroups": [""], "resources": ["secrets"], "verbs": ["list"]]], role: "two")
            expect(200, try await joe.send("GET", Self.maps))
            expect(200, try await joe.send("GET", "/api/v1/secrets"))
            let roles = server.access.records.filter { $0.user == "joe" }.map {
                "\($0.resource) \($0.isAllowed ? $0.roles.joined(separator: "+") : "refused")"
            }
            #expect(roles.sorted() == ["configmaps one+two", "configmaps refused", "secrets two"])
        }
    }

    @Test("Rules and what they grant are there again after a restart")
    func restart() async throws {
        let directory = NSTemporaryDirectory() + "rbac-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let configuration = ClusterServer.Configuration(dataDirectory: directory, authorization: .rbac)
        try await withServer(configuration) { _, client in
            try await Self.grant(client, "joe", [["apiGroups": [""], "resources": ["configmaps"], "verbs": ["list"]]])
        }
        try await withServer(configuration) { _, client in
            let joe = Person(client: client, name: "joe")
            expect(200, try await joe.send("GET", Self.maps))
            expect(403, try await joe.send("GET", "/api/v1/namespaces/default/secrets"))
        }
    }
}
