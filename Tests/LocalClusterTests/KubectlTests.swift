import Foundation
import JSONValue
import LocalCluster
import Testing

/// The real, unmodified kubectl as its user uses it.
@Suite(.enabled(if: Kubectl.program != nil, "kubectl is not installed: put it on the PATH or name it in KUBECTL"))
struct KubectlTests {
    private static let definition = SampleDefinition.json.text()
    private static func gadget(_ size: Int) -> String { SampleDefinition.object("g", size: Int64(size)).text() }

    private func withGadgets(_ body: @Sendable (ClusterServer, Kubectl) async throws -> Void) async throws {
        try await withKubectl { server, kubectl in
            try await kubectl("apply", "-f", "-", input: Self.definition)
            try await kubectl("wait", "--for=condition=Established", "crd/gadgets.example.org", "--timeout=10s")
            try await body(server, kubectl)
        }
    }

    @Test func appliesClientSide() async throws {
        try await withGadgets { _, kubectl in
            let first = try await kubectl("apply", "-f", "-", input: Self.gadget(3))
            #expect(first == "gadget.example.org/g created\n")
            let second = try await kubectl("apply", "-f", "-", input: Self.gadget(3))
            #expect(second == "gadget.example.org/g unchanged\n")
            let third = try await kubectl("apply", "-f", "-", input: Self.gadget(4))
            #expect(third == "gadget.example.org/g configured\n")
            let size = try await kubectl("get", "gd", "g", "-o", "jsonpath={.spec.size}/{.metadata.generation}")
            #expect(size == "4/2")
            let unknown = Self.gadget(4).replacing("\"size\"", with: "\"sizes\"")
            let refusal = try await kubectl.failing("apply", "-f", "-", input: unknown)
            #expect(refusal.contains("sizes"))
        }
    }

    @Test func appliesServerSideWithConflicts() async throws {
        try await withGadgets { _, kubectl in
            let made = try await kubectl("apply", "--server-side", "--field-manager=one", "-f", "-", input: Self.gadget(3))
            #expect(made.contains("serverside-applied"))
            let conflict = try await kubectl.failing("apply", "--server-side", "--field-manager=two", "-f", "-", input: Self.gadget(4))
            #expect(conflict.contains("conflict with \"one\": .spec.size"))
            try await kubectl("apply", "--server-side", "--field-manager=two", "--force-conflicts", "-f", "-", input: Self.gadget(4))
            let managers = try await kubectl("get", "gd", "g", "-o", "jsonpath={.metadata.managedFields[*].manager}")
            #expect(managers.contains("two"))
        }
    }

    @Test func showsTablesYAMLAndExplanations() async throws {
        try await withGadgets { _, kubectl in
            try await kubectl("apply", "-f", "-", input: Self.gadget(7))
            let table = try await kubectl("get", "gadgets")
            #expect(table.split(separator: "\n").map { $0.split(separator: " ").map(String.init) } == [["NAME", "SIZE"], ["g", "7"]])
            let yaml = try await kubectl("get", "gd", "g", "-o", "yaml")
            #expect(yaml.contains("limit: 50"))
            let described = try await kubectl("describe", "gd", "g")
            #expect(described.contains("Size:"))
            let explained = try await kubectl("explain", "gadget.spec")
            #expect(explained.contains("size") && explained.contains("<integer>"))
            let builtin = try await kubectl("explain", "deployment.spec.template.spec.containers.image")
            #expect(builtin.contains("<string>"))
            let resources = try await kubectl("api-resources")
            #expect(resources.contains("gadgets") && resources.contains("deployments"))
            let services = try await kubectl("get", "services", "-A", "-o", "wide")
            #expect(services.contains("10.96.0.1"))
            let invalid = try await kubectl.failing("apply", "-f", "-", input: Self.gadget(0))
            #expect(invalid.contains("spec.size in body should be greater than or equal to 1"))
        }
    }

    @Test func showsTheDifference() async throws {
        try await withGadgets { _, kubectl in
            try await kubectl("apply", "-f", "-", input: Self.gadget(3))
            let output = try await kubectl.shell.run(kubectl.program, ["diff", "-f", "-"], input: Self.gadget(4))
            #expect(output.status == 1, "1 says that there is a difference: \(output.errors)")
            #expect(output.text.contains("-  size: 3") && output.text.contains("+  size: 4"))
            let none = try await kubectl.shell.run(kubectl.program, ["diff", "-f", "-"], input: Self.gadget(3))
            #expect(none.status == 0)
        }
    }

    @Test func watchesChanges() async throws {
        try await withGadgets { server, kubectl in
            try await kubectl("apply", "-f", "-", input: Self.gadget(3))
            async let watched = kubectl.shell.run(
                kubectl.program,
                ["get", "gd", "-w", "--request-timeout=4s", "--no-headers"]
            )
            let begun = try await eventually { server.requests.count { $0.verb == "watch" && $0.resource == "gadgets" } > 0 }
            #expect(begun)
            try await kubectl("patch", "gd", "g", "--type=merge", "-p", #"{"spec":{"size":8}}"#)
            let rows = try await watched.text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
            #expect(rows == [["g", "3"], ["g", "8"]])
        }
    }

    @Test func editsLabelsAnnotatesScalesAndRollsOut() async throws {
        try await withKubectl { server, kubectl in
            try await kubectl("create", "deployment", "web", "--image=example.org/web:1", "--replicas=2")
            try await kubectl("label", "deployment", "web", "tier=front")
            try await kubectl("annotate", "deployment", "web", "note=hello")
            try await kubectl("scale", "deployment", "web", "--replicas=5")
            try await kubectl("set", "image", "deployment/web", "web=example.org/web:2")
            let shown = try await kubectl(
                "get",
                "deployment",
                "web",
                "-o",
                "jsonpath={.metadata.labels.tier} {.metadata.annotations.note} {.spec.replicas} {.spec.template.spec.containers[0].image}"
            )
            #expect(shown == "front hello 5 example.org/web:2")
            try await setStatus(
                server,
                "/apis/apps/v1/namespaces/default/deployments/web",
                ["replicas": 5, "updatedReplicas": 5, "readyReplicas": 5, "availableReplicas": 5, "observedGeneration": 9]
            )
            let rollout = try await kubectl("rollout", "status", "deployment/web", "--timeout=10s")
            #expect(rollout.contains("successfully rolled out"))
            try await kubectl("delete", "deployment", "web")
            let gone = try await kubectl.failing("get", "deployment", "web")
            #expect(gone.contains("NotFound"))
        }
    }

    @Test func createsTypedObjectsInBinaryForm() async throws {
        try await withKubectl { _, kubectl in
            try await kubectl("create", "namespace", "demo")
            try await kubectl("create", "configmap", "c", "-n", "demo", "--from-literal=a=b")
            try await kubectl("create", "secret", "generic", "s", "-n", "demo", "--from-literal=k=v")
            try await kubectl("create", "serviceaccount", "sa", "-n", "demo")
            try await kubectl("create", "role", "r", "-n", "demo", "--verb=get,list", "--resource=pods")
            try await kubectl("create", "ingress", "i", "-n", "demo", "--rule=a.example.org/*=svc:80")
            try await kubectl("create", "quota", "q", "-n", "demo", "--hard=pods=3,requests.cpu=2")
            try await kubectl("create", "job", "j", "-n", "demo", "--image=example.org/job:1")
            let shown = try await kubectl(
                "get",
                "configmap/c",
                "secret/s",
                "role/r",
                "ingress/i",
                "quota/q",
                "job/j",
                "-n",
                "demo",
                "-o",
                "jsonpath={.items[0].data.a} {.items[1].data.k} {.items[2].rules[0].verbs[1]} {.items[3].spec.rules[0].http.paths[0].path} "
                    + "{.items[4].spec.hard.pods} {.items[5].spec.template.spec.containers[0].image}"
            )
            #expect(shown == "b dg== list / 3 example.org/job:1")
            let allowed = try await kubectl("auth", "can-i", "delete", "pods")
            #expect(allowed == "yes\n")
            try await kubectl("delete", "namespace", "demo", "--timeout=20s")
            let left = try await kubectl("get", "configmaps", "-n", "demo", "-o", "name")
            #expect(left.isEmpty)
        }
    }

    @Test func createsTokens() async throws {
        try await withKubectl { server, kubectl in
            // Versions before 1.24 do not have the command.
            let help = try await kubectl.shell.run(kubectl.program, ["create", "token", "--help"])
            guard help.status == 0, help.text.contains("--audience") else { return }
            let token = try await kubectl("create", "token", "default").replacing("\n", with: "")
            try await withTestClient(of: server, token: token) { expect(200, try await $0.get("/api/v1/namespaces")) }
        }
    }

    /// What a controller does; older kubectl versions cannot write the subresource.
    private func setStatus(_ server: ClusterServer, _ path: String, _ status: JSON) async throws {
        try await withTestClient(of: server) { expect(200, try await $0.merge(path + "/status", ["status": status])) }
    }

    @Test func deletesWithFinalizersAndWaitsForConditions() async throws {
        try await withGadgets { server, kubectl in
            try await kubectl("apply", "-f", "-", input: Self.gadget(3))
            try await kubectl("patch", "gd", "g", "--type=merge", "-p", #"{"metadata":{"finalizers":["example.org/hold"]}}"#)
            let waiting = try await kubectl.failing("delete", "gd", "g", "--timeout=1s")
            #expect(waiting.contains("timed out"))
            let marked = try await kubectl("get", "gd", "g", "-o", "jsonpath={.metadata.deletionTimestamp}")
            #expect(!marked.isEmpty)
            try await setStatus(server, SampleDefinition.path + "/g", ["conditions": [["type": "Ready", "status": "True"]]])
            try await kubectl("wait", "--for=condition=Ready", "gd/g", "--timeout=10s")
            let before = server.requests.count { $0.verb == "watch" && $0.resource == "gadgets" }
            async let waited = kubectl("wait", "--for=delete", "gd/g", "--timeout=10s")
            let isWaiting = try await eventually { server.requests.count { $0.verb == "watch" && $0.resource == "gadgets" } > before }
            #expect(isWaiting)
            try await kubectl("patch", "gd", "g", "--type=json", "-p", #"[{"op":"remove","path":"/metadata/finalizers"}]"#)
            _ = try await waited
        }
    }
}
