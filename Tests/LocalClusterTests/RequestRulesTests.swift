import JSONValue
import LocalCluster
import NIOHTTP1
import Testing

/// What kube-apiserver answers where no recording shows it.
@Suite struct RequestRulesTests {
    private static let maps = FaultTests.maps
    private static let apply = "application/apply-patch+yaml"

    @Test func membersThatOccurTwiceAreToldOf() async throws {
        try await withServer { _, client in
            let body = Array(
                #"{"metadata":{"name":"a","labels":{"x":"1","x":"2"}},"data":{"k\"":"v","k\"":"w"},"data":{},"immutable":false}"#.utf8
            )
            let strict = try await client.send("POST", Self.maps + "?fieldValidation=Strict", body: body)
            expect(400, strict)
            #expect(strict.message.contains(#"strict decoding error: duplicate field "metadata.labels.x", duplicate field "data."#))
            let warned = try await client.send("POST", Self.maps, body: body)
            expect(201, warned)
            #expect(warned.headers["Warning"].joined().contains(#"duplicate field \"metadata.labels.x\""#))
            let ignored = try await client.send("PUT", Self.maps + "/a?fieldValidation=Ignore", body: body)
            expect(200, ignored)
            #expect(ignored.headers["Warning"].isEmpty)
        }
    }

    @Test func aListOfAnyVersionHasNoPages() async throws {
        try await withServer { _, client in
            for name in ["a", "b"] { expect(201, try await client.post(Self.maps, FaultTests.map(name))) }
            let all = try await client.get(Self.maps + "?limit=1&resourceVersion=0").json
            #expect(all["items"]?.arrayValue?.count ?? 0 >= 2)
            #expect(all["metadata"]?["continue"]?.stringValue ?? "" == "")
            let page = try await client.get(Self.maps + "?limit=1").json
            #expect(page["items"]?.arrayValue?.count == 1)
        }
    }

    @Test func finalizersOfBuiltInKindsNameTheirOwner() async throws {
        try await withServer { _, client in
            var map = FaultTests.map("a")
            map[at: ["metadata", "finalizers"]] = ["hold"]
            let refused = try await client.post(Self.maps, map)
            expect(422, refused)
            #expect(refused.message.contains("name is neither a standard finalizer name nor is it fully qualified"))
            map[at: ["metadata", "finalizers"]] = ["example.org/hold", "orphan"]
            expect(201, try await client.post(Self.maps, map))
        }
    }

    @Test func whatIsAppliedIsWhatThePathNames() async throws {
        try await withServer { _, client in
            func apply(_ body: JSON) async throws -> TestClient.Answer {
                try await client.send("PATCH", Self.maps + "/a?fieldManager=m", body: body.serialized(), contentType: Self.apply)
            }
            let other = try await apply(FaultTests.map("b"))
            expect(400, other)
            #expect(other.message == "the name of the object (b) does not match the name on the URL (a)")
            expect(400, try await apply(["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "a", "namespace": "kube-system"]]))
            let versionless = try await apply(["kind": "ConfigMap", "metadata": ["name": "a"]])
            expect(400, versionless)
            #expect(versionless.message.hasPrefix("Incorrect version specified in apply patch."))
            expect(201, try await apply(FaultTests.map("a")))
        }
    }

    @Test func customResourcesAreWarnedAboutAndAppliedWithoutAmbiguity() async throws {
        try await withServer { _, client in
            var definition = SampleDefinition.json
            definition[at: ["spec", "versions"]] = [
                [
                    "name": "v1", "served": true, "storage": true, "deprecated": true,
                    "schema": [
                        "openAPIV3Schema": [
                            "type": "object",
                            "properties": [
                                "spec": [
                                    "type": "object",
                                    "properties": [
                                        "tags": ["type": "array", "x-kubernetes-list-type": "set", "items": ["type": "string"]],
                                        "ports": [
                                            "type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"],
                                            "items": [
                                                "type": "object", "required": ["name"],
                                                "properties": ["name": ["type": "string"], "port": ["type": "integer"]],
                                            ],
                                        ],
                                    ],
                                ]
                            ],
                        ]
                    ],
                ]
            ]
            expect(201, try await client.post("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition))
            var gadget: JSON = ["apiVersion": "example.org/v1", "kind": "Gadget", "metadata": ["name": "g", "finalizers": ["hold"]]]
            let made = try await client.post(SampleDefinition.path, gadget)
            expect(201, made)
            let warnings = made.headers["Warning"].joined()
            #expect(warnings.contains("example.org/v1 Gadget is deprecated"))
            #expect(warnings.contains("prefer a domain-qualified finalizer name"))
            let again = try await client.merge(SampleDefinition.path + "/g", ["metadata": ["labels": ["a": "b"]]])
            #expect(!again.headers["Warning"].joined().contains("finalizer"))
            gadget["metadata"] = ["name": "h"]
            func apply(_ spec: JSON) async throws -> String {
                gadget["spec"] = spec
                let path = SampleDefinition.path + "/h?fieldManager=m"
                return try await client.send("PATCH", path, body: gadget.serialized(), contentType: Self.apply).message
            }
            #expect(
                try await apply(["ports": [["name": "a"], ["name": "a"]]]).hasSuffix(#".spec.ports: duplicate entries for key [name="a"]"#)
            )
            #expect(try await apply(["ports": [["port": 1]]]).contains("omits key field \"name\""))
            #expect(try await apply(["tags": ["x", "x"]]).hasSuffix(#".spec.tags: duplicate entries for key [="x"]"#))
            #expect(try await apply(["tags": ["x", "y"], "ports": [["name": "a"], ["name": "b"]]]) == "")
        }
    }

    @Test func objectsThatAreTooLargeForTheStoreAreRefused() async throws {
        try await withServer { _, client in
            let pod: JSON = [
                "apiVersion": "v1", "kind": "Pod", "metadata": ["name": "p"],
                "spec": [
                    "containers": [
                        ["name": "c", "image": "i", "env": [["name": "A", "value": .string(String(repeating: "x", count: 1_600_000))]]]
                    ]
                ],
            ]
            let refused = try await client.post("/api/v1/namespaces/default/pods", pod)
            expect(500, refused)
            #expect(refused.message == "etcdserver: request is too large")
            let tooLarge = try await client.send("POST", Self.maps, body: Array(repeating: 32, count: 4 * 1024 * 1024))
            expect(413, tooLarge)
        }
    }

    @Test func whoeverIsKnownMayActAsSomebodyElse() async throws {
        try await withServer { _, client in
            let review: JSON = ["apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"]
            let path = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
            let headers = ["Impersonate-User": "joe", "Impersonate-Group": "devs", "Impersonate-Extra-Scopes": "x"]
            let answer = try await client.send("POST", path, body: review.serialized(), headers: headers)
            let user = answer.json["status"]?["userInfo"]
            #expect(user?["username"] == "joe")
            #expect(user?["groups"] == ["devs", "system:authenticated"])
            #expect(user?["extra"] == ["scopes": ["x"]])
            let account = try await client.send(
                "POST",
                path,
                body: review.serialized(),
                headers: ["Impersonate-User": "system:serviceaccount:default:default"]
            )
            #expect(account.json["status"]?["userInfo"]?["groups"]?[1] == "system:serviceaccounts:default")
            expect(500, try await client.get(Self.maps, headers: ["Impersonate-Group": "devs"]))
            expect(403, try await client.send("GET", Self.maps, headers: ["Impersonate-User": "joe"], isAnonymous: true))
            expect(403, try await client.get(Self.maps, headers: ["Impersonate-User": "system:anonymous"]))
        }
    }

    @Test func aTokenDiesWithWhatItIsBoundTo() async throws {
        try await withServer { server, client in
            let path = "/api/v1/namespaces/default/serviceaccounts/default/token"
            func request(_ name: String) -> JSON {
                ["spec": ["boundObjectRef": ["kind": "Secret", "apiVersion": "v1", "name": .string(name)]]]
            }
            expect(404, try await client.post(path, request("s")))
            let secret: JSON = ["apiVersion": "v1", "kind": "Secret", "metadata": ["name": "s"]]
            expect(201, try await client.post("/api/v1/namespaces/default/secrets", secret))
            let token = try await client.post(path, request("s")).json["status"]?["token"]?.stringValue ?? ""
            try await withTestClient(of: server, token: token) { expect(200, try await $0.get(Self.maps)) }
            expect(200, try await client.delete("/api/v1/namespaces/default/secrets/s"))
            try await withTestClient(of: server, token: token) { expect(401, try await $0.get(Self.maps)) }
        }
    }

    @Test func aBudgetHoldsEvictionsUp() async throws {
        try await withServer { _, client in
            let pods = "/api/v1/namespaces/default/pods"
            for name in ["a", "b"] {
                let pod: JSON = [
                    "apiVersion": "v1", "kind": "Pod", "metadata": ["name": .string(name), "labels": ["app": "x"]],
                    "spec": ["containers": [["name": "c", "image": "i"]]],
                ]
                expect(201, try await client.post(pods, pod))
                let ready: JSON = ["status": ["phase": "Running", "conditions": [["type": "Ready", "status": "True"]]]]
                expect(200, try await client.merge("\(pods)/\(name)/status", ready))
            }
            let budget: JSON = [
                "apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": ["name": "x"],
                "spec": ["minAvailable": "50%", "selector": ["matchLabels": ["app": "x"]]],
            ]
            expect(201, try await client.post("/apis/policy/v1/namespaces/default/poddisruptionbudgets", budget))
            func evict(_ name: String) async throws -> TestClient.Answer {
                let body: JSON = ["apiVersion": "policy/v1", "kind": "Eviction", "metadata": ["name": .string(name)]]
                return try await client.post("\(pods)/\(name)/eviction", body)
            }
            expect(400, try await client.post("\(pods)/a/eviction", ["kind": "Eviction", "metadata": ["name": "b"]]))
            expect(201, try await evict("a"))
            let refused = try await evict("b")
            expect(429, refused)
            #expect(refused.json["details"]?["causes"]?[0]?["reason"] == "DisruptionBudget")
            expect(200, try await client.merge("\(pods)/b/status", ["status": ["phase": "Succeeded"]]))
            expect(201, try await evict("b"))
        }
    }

    @Test func whatNeverChangesDoesNot() async throws {
        try await withServer { _, client in
            func refused(_ path: String, _ object: JSON, _ change: JSON, field: String) async throws {
                var object = object
                object[at: ["metadata", "name"]] = "x"
                expect(201, try await client.post(path, object))
                let answer = try await client.merge(path + "/x", change)
                expect(422, answer)
                #expect(answer.json["details"]?["causes"]?[0]?["field"]?.stringValue == field, "\(answer.text)")
                expect(200, try await client.merge(path + "/x", ["metadata": ["labels": ["a": "b"]]]))
            }
            let core = "/api/v1/namespaces/default"
            try await refused(
                "/apis/scheduling.k8s.io/v1/priorityclasses",
                ["apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "value": 3],
                ["value": 4],
                field: "value"
            )
            try await refused(
                "/api/v1/persistentvolumes",
                [
                    "apiVersion": "v1", "kind": "PersistentVolume",
                    "spec": ["capacity": ["storage": "1Gi"], "accessModes": ["ReadWriteOnce"], "hostPath": ["path": "/a"]],
                ],
                ["spec": ["hostPath": ["path": "/b"]]],
                field: "spec.persistentvolumesource"
            )
            try await refused(
                "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices",
                ["apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4", "endpoints": []],
                ["addressType": "IPv6"],
                field: "addressType"
            )
            try await refused(
                core + "/services",
                ["apiVersion": "v1", "kind": "Service", "spec": ["ports": [["port": 80]]]],
                ["spec": ["clusterIP": "10.96.7.7"]],
                field: "spec.clusterIPs[0]"
            )
            try await refused(
                core + "/resourcequotas",
                ["apiVersion": "v1", "kind": "ResourceQuota", "spec": ["hard": ["pods": "1"], "scopes": ["BestEffort"]]],
                ["spec": ["scopes": ["NotBestEffort"]]],
                field: "spec.scopes"
            )
            let many = JSON.array(Array(repeating: ["op": "test", "path": "/kind", "value": "Service"], count: 10_001))
            let patch = "application/json-patch+json"
            expect(413, try await client.send("PATCH", core + "/services/x", body: many.serialized(), contentType: patch))
        }
    }

    @Test func aStatusOfABuiltInKindComesWithItsMetadata() async throws {
        try await withServer { _, client in
            let pod: JSON = [
                "apiVersion": "v1", "kind": "Pod", "metadata": ["name": "p"], "spec": ["containers": [["name": "c", "image": "i"]]],
            ]
            let path = "/api/v1/namespaces/default/pods"
            expect(201, try await client.post(path, pod))
            let change: JSON = [
                "metadata": ["labels": ["a": "b"]], "spec": ["activeDeadlineSeconds": 5], "status": ["phase": "Running"],
            ]
            let changed = try await client.merge(path + "/p/status", change).json
            #expect(changed["metadata"]?["labels"]?["a"] == "b")
            #expect(changed["status"]?["phase"] == "Running")
            #expect(changed["spec"]?["activeDeadlineSeconds"] == nil)
            let refused = try await client.send("POST", path + "/p/exec?command=ls")
            expect(400, refused)
            #expect(refused.message == "pod p does not have a host assigned")
            expect(422, try await client.delete(path + "/p", ["propagationPolicy": "Orphan", "orphanDependents": true]))
        }
    }

    @Test func embeddedObjectsSayWhatTheyAre() async throws {
        try await withServer { _, client in
            var definition = SampleDefinition.json
            definition[at: ["spec", "versions"]] = [
                [
                    "name": "v1", "served": true, "storage": true,
                    "schema": [
                        "openAPIV3Schema": [
                            "type": "object",
                            "properties": [
                                "spec": [
                                    "type": "object", "x-kubernetes-embedded-resource": true, "x-kubernetes-preserve-unknown-fields": true,
                                ]
                            ],
                        ]
                    ],
                ]
            ]
            expect(201, try await client.post("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition))
            var gadget: JSON = ["apiVersion": "example.org/v1", "kind": "Gadget", "metadata": ["name": "g"], "spec": ["kind": "Pod"]]
            let refused = try await client.post(SampleDefinition.path, gadget)
            expect(422, refused)
            #expect(refused.json["details"]?["causes"]?[0]?["field"] == "spec.apiVersion")
            gadget[at: ["spec", "apiVersion"]] = "v1"
            gadget[at: ["spec", "metadata"]] = ["name": "p", "bogus": 1]
            gadget[at: ["spec", "anything"]] = 1
            let made = try await client.post(SampleDefinition.path, gadget)
            expect(201, made)
            #expect(made.json["spec"]?["metadata"] == ["name": "p"])
            #expect(made.json["spec"]?["anything"] == 1)
        }
    }
}
