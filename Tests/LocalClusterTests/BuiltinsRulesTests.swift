import JSONValue
import KubernetesModel
import Testing

@testable import LocalCluster

@Suite struct BuiltinsRulesTests {
    private func strategy(_ plural: String, _ group: String = "") throws -> BuiltinStrategy {
        try #require(BuiltinKinds.all.first { $0.definition.type.plural == plural && $0.definition.type.group == group })
    }

    /// The object that a body becomes, or the fields at fault.
    private func create(_ plural: String, group: String = "", _ body: JSON) throws -> JSON {
        var writer = PureWriter(try strategy(plural, group))
        var body = body
        body.fill(["metadata", "name"], "n")
        return try writer.create(body).body
    }

    private func faults(_ answer: JSON) -> [String] {
        (answer[at: ["details", "causes"]]?.arrayValue ?? []).map {
            "\($0["reason"]?.stringValue?.replacing("FieldValue", with: "") ?? "") \($0["field"]?.stringValue ?? "")"
        }
    }

    private func template(_ spec: JSON = ["containers": [["name": "c", "image": "i"]]]) -> JSON {
        ["metadata": ["labels": ["a": "b"]], "spec": spec]
    }

    @Test func everyTypeNamedInTheTableIsThere() {
        func names(_ type: BuiltinType) -> [String] {
            switch type {
            case .named(let name): [name]
            case .list(let element, _), .map(let element, _): names(element)
            default: []
            }
        }
        for type in BuiltinTypes.table.values {
            for field in type.fields.values {
                for name in names(field.type) { #expect(BuiltinTypes.table[name] != nil, "\(type.name).\(field.name): \(name)") }
            }
        }
        for strategy in BuiltinKinds.all { #expect(BuiltinTypes.table[strategy.kind.typeName] != nil) }
        #expect(BuiltinTypes.type("PodSpec").fields.count > 35)
    }

    @Test func valuesAreCanonical() throws {
        let pod = try create(
            "pods",
            [
                "spec": [
                    "containers": [
                        [
                            "name": "c", "image": "i:latest",
                            "resources": ["limits": ["cpu": "1000m", "memory": 1_048_576], "requests": ["cpu": 0.5]],
                            "tty": false, "command": [],
                        ]
                    ]
                ]
            ]
        )
        let container = pod.list(at: "spec", "containers")[0]
        #expect(
            container["resources"] == ["limits": ["cpu": "1", "memory": "1048576"], "requests": ["cpu": "500m", "memory": "1048576"]]
        )
        #expect(container["imagePullPolicy"] == "Always")
        #expect(container["tty"] == nil && container["command"] == nil)
        #expect(pod[at: ["status", "qosClass"]] == "Burstable")
    }

    @Test(arguments: [
        ("deployments", "apps", #"{"spec":{"replicas":"two"}}"#), ("pods", "", #"{"spec":{"containers":{}}}"#),
        ("secrets", "", #"{"data":{"a":"%%%"}}"#), ("configmaps", "", #"{"data":{"a":1}}"#),
        ("services", "", #"{"spec":{"ports":[{"port":1.5}]}}"#),
        ("leases", "coordination.k8s.io", #"{"spec":{"renewTime":"noon"}}"#), ("pods", "", #"{"metadata":{"labels":[]}}"#),
    ])
    func wrongTypesAreRefused(plural: String, group: String, body: String) throws {
        let answer = try create(plural, group: group, try JSON(parsing: body))
        #expect(answer["code"] == 400, "\(answer)")
        #expect(answer["reason"] == "BadRequest")
    }

    @Test func unknownFieldsAreNamed() throws {
        let decoded = try strategy("pods").decode(["spec": ["containers": [["name": "c", "imagge": "x"]], "nodeNam": "y"], "extra": 1])
        #expect(decoded.unknownFields.sorted() == ["extra", "spec.containers[0].imagge", "spec.nodeNam"])
        #expect(decoded.object["extra"] == nil)
    }

    @Test func workloadsGetTheirDefaults() throws {
        let spec: JSON = ["selector": ["matchLabels": ["a": "b"]], "template": template(), "serviceName": "s"]
        let deployment = try create("deployments", group: "apps", ["spec": spec])
        #expect(
            deployment[at: ["spec", "strategy"]] == [
                "type": "RollingUpdate", "rollingUpdate": ["maxSurge": "25%", "maxUnavailable": "25%"],
            ]
        )
        #expect(deployment[at: ["spec", "replicas"]] == 1)
        let set = try create("statefulsets", group: "apps", ["spec": spec])
        #expect(set[at: ["spec", "podManagementPolicy"]] == "OrderedReady")
        #expect(set[at: ["status", "replicas"]] == 0)
        let job = try create(
            "jobs",
            group: "batch",
            ["spec": ["template": template(["restartPolicy": "Never", "containers": [["name": "c", "image": "i"]]])]]
        )
        #expect(job[at: ["spec", "backoffLimit"]] == 6)
        #expect(job[at: ["spec", "selector", "matchLabels", "controller-uid"]] == "u")
    }

    @Test func workloadsAreValidated() throws {
        let bad: JSON = [
            "spec": [
                "replicas": -1, "selector": [:],
                "template": template([
                    "restartPolicy": "Never", "volumes": [["name": "v", "secret": [:]], ["name": "v"]],
                    "containers": [
                        [
                            "name": "C_", "volumeMounts": [["name": "w", "mountPath": "/a"]], "ports": [["containerPort": 0]],
                            "resources": ["requests": ["cpu": "2"], "limits": ["cpu": "1"]],
                        ]
                    ],
                ]),
            ]
        ]
        let found = Set(faults(try create("deployments", group: "apps", bad)))
        let spec = "spec.template.spec"
        #expect(
            found == [
                "Invalid spec.replicas", "Invalid spec.selector", "Required \(spec).volumes[0].secret.secretName",
                "Duplicate \(spec).volumes[1].name", "Invalid \(spec).containers[0].name", "Required \(spec).containers[0].image",
                "NotFound \(spec).containers[0].volumeMounts[0].name", "Invalid \(spec).containers[0].ports[0].containerPort",
                "Invalid \(spec).containers[0].resources.requests", "NotSupported \(spec).restartPolicy",
            ]
        )
    }

    @Test(arguments: [
        (
            "services", "", #"{"spec":{"ports":[{"port":80},{"port":80}]}}"#,
            ["Required spec.ports[0].name", "Required spec.ports[1].name", "Duplicate spec.ports[1]"]
        ),
        ("services", "", #"{"spec":{"type":"Odd"}}"#, ["Required spec.ports", "NotSupported spec.type"]),
        ("ingresses", "networking.k8s.io", #"{"spec":{}}"#, ["Invalid spec"]),
        (
            "ingresses", "networking.k8s.io",
            #"{"spec":{"rules":[{"host":"A_","http":{"paths":[{"path":"x","pathType":"Prefix","backend":{}}]}}]}}"#,
            ["Invalid spec.rules[0].host", "Invalid spec.rules[0].http.paths[0].path", "Required spec.rules[0].http.paths[0].backend"]
        ),
        (
            "networkpolicies", "networking.k8s.io",
            #"{"spec":{"podSelector":{},"ingress":[{"from":[{"ipBlock":{"cidr":"10.0.0.0/8","except":["10.1.0.0/16","11.0.0.0/16"]}},{}],"ports":[{"port":0}]}]}}"#,
            [
                "Invalid spec.ingress[0].ports[0].port", "Invalid spec.ingress[0].from[0].ipBlock.except[1]",
                "Required spec.ingress[0].from[1]",
            ]
        ),
        (
            "persistentvolumeclaims", "", #"{"spec":{"accessModes":["Odd"]}}"#,
            ["NotSupported spec.accessModes", "Required spec.resources[storage]"]
        ),
        (
            "secrets", "", #"{"type":"kubernetes.io/tls","data":{"../x":""}}"#,
            ["Invalid data[../x]", "Required data[tls.crt]", "Required data[tls.key]"]
        ),
        ("configmaps", "", #"{"data":{"a":"1"},"binaryData":{"a":"MQ=="}}"#, ["Invalid data[a]"]),
        (
            "configmaps", "", #"{"metadata":{"name":"n","labels":{"-":"v","a":"!"},"finalizers":["/x"]}}"#,
            ["Invalid metadata.labels", "Invalid metadata.labels", "Invalid metadata.finalizers"]
        ),
        (
            "rolebindings", "rbac.authorization.k8s.io", #"{"roleRef":{"kind":"Odd","name":"r"},"subjects":[{"kind":"User"}]}"#,
            ["NotSupported roleRef.kind", "Required subjects[0].name"]
        ),
        (
            "cronjobs", "batch",
            #"{"spec":{"schedule":"* *","jobTemplate":{"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"i"}]}}}}}}"#,
            ["Invalid spec.schedule"]
        ),
    ])
    func faultsAreFound(plural: String, group: String, body: String, wanted: [String]) throws {
        #expect(faults(try create(plural, group: group, try JSON(parsing: body))) == wanted)
    }

    @Test func servicesKeepTheirAddress() throws {
        var writer = PureWriter(try strategy("services"))
        let created = try writer.create(["metadata": ["name": "s"], "spec": ["type": "NodePort", "ports": [["port": 80]]]]).body
        #expect(created[at: ["spec", "clusterIP"]] == "10.0.0.1")
        #expect(created.list(at: "spec", "ports")[0]["nodePort"] == 30000)
        let updated = try writer.update("s") { _ in ["metadata": ["name": "s"], "spec": ["type": "NodePort", "ports": [["port": 80]]]] }
        #expect(updated.status == 200, "\(updated.body)")
        #expect(updated.body[at: ["spec", "clusterIP"]] == "10.0.0.1")
        let moved = try writer.update("s") {
            var object = $0
            object[at: ["spec", "clusterIP"]] = "10.0.0.9"
            return object
        }
        #expect(faults(moved.body) == ["Invalid spec.clusterIPs[0]"])
        let inner = try writer.update("s") {
            var object = $0
            object[at: ["spec", "type"]] = "ClusterIP"
            return object
        }
        #expect(inner.body.list(at: "spec", "ports")[0]["nodePort"] == nil)
        #expect(inner.body[at: ["spec", "externalTrafficPolicy"]] == nil)
    }

    @Test func claimsGrowOnlyWhenBound() throws {
        var writer = PureWriter(try strategy("persistentvolumeclaims"))
        _ = try writer.create([
            "metadata": ["name": "c"], "spec": ["accessModes": ["ReadWriteOnce"], "resources": ["requests": ["storage": "1Gi"]]],
        ])
        func resized(_ size: JSON) -> (JSON) -> JSON {
            { object in
                var object = object
                object[at: ["spec", "resources", "requests", "storage"]] = size
                return object
            }
        }
        #expect(faults(try writer.update("c", resized("2Gi")).body) == ["Forbidden spec"])
        _ = try writer.update("c", subresource: "status") {
            var object = $0
            object[at: ["status", "phase"]] = "Bound"
            return object
        }
        #expect(try writer.update("c", resized("2Gi")).status == 200)
        #expect(faults(try writer.update("c", resized("1Gi")).body) == ["Forbidden spec.resources.requests.storage"])
    }

    @Test func generationsCountSpecChanges() throws {
        var writer = PureWriter(try strategy("deployments", "apps"))
        _ = try writer.create([
            "metadata": ["name": "d"], "spec": ["selector": ["matchLabels": ["a": "b"]], "template": template()],
        ])
        func generation(_ change: @escaping (inout JSON) -> Void, subresource: String? = nil) throws -> JSON? {
            try writer.update("d", subresource: subresource) {
                var object = $0
                change(&object)
                return object
            }.body[at: ["metadata", "generation"]]
        }
        #expect(try generation { $0[at: ["metadata", "labels"]] = ["x": "y"] } == 1)
        #expect(try generation { $0[at: ["spec", "replicas"]] = 2 } == 2)
        #expect(try generation({ $0[at: ["status", "replicas"]] = 2 }, subresource: "status") == 2)
        #expect(try generation { $0[at: ["status", "replicas"]] = 7 } == 2)
        #expect(writer.objects["d"]?[at: ["status", "replicas"]] == 2)
    }

    @Test func eventsHaveTwoForms() throws {
        let core: JSON = [
            "apiVersion": "v1", "kind": "Event", "metadata": ["name": "e", "namespace": "transcript"],
            "involvedObject": ["kind": "Pod", "name": "p", "namespace": "transcript"], "message": "hello", "reason": "R", "type": "Normal",
            "source": ["component": "c"], "firstTimestamp": "2026-01-01T00:00:00Z", "count": 2,
        ]
        let strategy = try strategy("events")
        let decoded = try strategy.decode(core).object
        let stored = strategy.toStored(decoded)
        #expect(stored["apiVersion"] == "events.k8s.io/v1")
        #expect(stored["note"] == "hello" && stored["deprecatedCount"] == 2)
        #expect(stored[at: ["regarding", "name"]] == "p")
        #expect(strategy.fromStored(stored) == decoded)
    }

    @Test(arguments: [
        ("2026-01-01T00:00:00Z", false, "2026-01-01T00:00:00Z"), ("2026-01-01T01:30:00.5+01:30", false, "2026-01-01T00:00:00Z"),
        ("2026-03-01T00:00:00.1234567Z", true, "2026-03-01T00:00:00.123456Z"), ("2024-02-29T23:59:59-00:30", false, "2024-03-01T00:29:59Z"),
        ("1969-12-31T23:59:59Z", false, "1969-12-31T23:59:59Z"),
    ])
    func timesAreCanonical(text: String, micro: Bool, wanted: String) { #expect(TimeText.canonical(text, micro: micro) == wanted) }

    @Test(arguments: ["", "2026-01-01", "2026-02-30T00:00:00Z", "2026-01-01T25:00:00Z", "2026-01-01T00:00:00", "2026-01-01T00:00:00.Z"])
    func otherTextsAreNoTimes(text: String) { #expect(TimeText.canonical(text, micro: false) == nil) }
}
