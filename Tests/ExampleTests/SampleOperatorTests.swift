import Foundation
import KubernetesClient
import KubernetesModel
import Testing

/// The sample operator as a process against LocalCluster, driven with kubectl as its README says.
@Suite("The sample operator", .serialized)
struct SampleOperatorTests {
    private static let sample = "\(SampleStage.root)/Examples/SampleOperator/website.yaml"
    private static let lease = "lease/website-operator"

    @Test("It makes, heals, changes and removes; says so in status and events; and ends in order")
    func life() async throws {
        try await SampleStage.set { stage in
            let port = try freePort()
            let program = try stage.start(port: port)
            do {
                try await eventually("it is ready") { try await stage.page("/readyz", port: port).isEmpty == false }

                // Create.
                try await stage.kubectl("apply", "-f", Self.sample)
                try await stage.kubectl("wait", "--for=condition=Ready", "website/hello", "--timeout=60s")
                #expect(try await stage.field(".data.index\\.html", of: "configmap/hello") == "<h1>Hello</h1>")
                #expect(try await stage.field(".spec.replicas", of: "deployment/hello") == "2")
                #expect(try await stage.field(".metadata.ownerReferences[0].kind", of: "service/hello") == "Website")
                #expect(stage.listed == ["default/hello"])
                let table = try await stage.kubectl("get", "websites").split(separator: "\n").map { $0.split(separator: " ") }
                #expect(table.first == ["NAME", "READY", "REPLICAS", "AGE"])
                #expect(table.last?.prefix(3) == ["hello", "True", "2"])
                try await eventually("its events are there") {
                    let text = try await stage.kubectl("describe", "website", "hello")
                    return text.contains("Serving") && text.contains("All servers are ready")
                }

                // Edit.
                try await stage.kubectl("patch", "website", "hello", "--type=merge", "-p", #"{"spec":{"html":"Bye","replicas":3}}"#)
                try await stage.kubectl("wait", "--for=jsonpath={.status.readyReplicas}=3", "website/hello", "--timeout=60s")
                try await stage.kubectl("wait", "--for=condition=Ready", "website/hello", "--timeout=60s")
                #expect(try await stage.field(".data.index\\.html", of: "configmap/hello") == "Bye")
                #expect(try await stage.field(".status.observedGeneration", of: "website/hello") == "2")

                // A child that goes, or is changed by hand, is as it should be again.
                let former = try await stage.field(".metadata.uid", of: "service/hello")
                try await stage.kubectl("delete", "service", "hello")
                try await eventually("the service is back") { try await stage.field(".metadata.uid", of: "service/hello") != former }
                try await stage.kubectl("scale", "deployment/hello", "--replicas=7")
                try await eventually("the scale is back") { try await stage.field(".spec.replicas", of: "deployment/hello") == "3" }

                // A reconcile that finds everything as it should be writes nothing.
                try await stage.kubectl("wait", "--for=condition=Ready", "website/hello", "--timeout=60s")
                let (writes, reconciles) = (stage.writes, try await stage.reconciles(port: port))
                try await stage.kubectl("annotate", "configmap", "hello", "somebody=else")
                try await eventually("it has looked") { try await stage.reconciles(port: port) > reconciles }
                #expect(stage.writes == writes)
                #expect(try await stage.page("/metrics", port: port).contains("rest_client_requests_total"))

                // Delete.
                try await stage.kubectl("delete", "website", "hello", "--timeout=60s")
                #expect(stage.listed.isEmpty)
                try await eventually("everything it owned is gone") {
                    try await stage.kubectl("get", "deployments,services,configmaps", "-l", "app.kubernetes.io/name=website", "-o", "name")
                        .isEmpty
                }

                // End.
                #expect(await program.end(SIGTERM) == 0, "\(program.output)")
                #expect(try await stage.field(".spec.holderIdentity", of: Self.lease).isEmpty)

                let allowed = try await stage.allowed
                #expect(stage.used.subtracting(allowed) == [], "rbac.yaml allows everything that it did")
            } catch {
                await program.end(SIGKILL)
                Issue.record("\(program.output.suffix(4000))")
                throw error
            }
        }
    }

    @Test("The second replica takes over from one that is killed, and the third from one that is told to end")
    func takeover() async throws {
        try await SampleStage.set { stage in
            let first = try stage.start(port: try freePort())
            try await eventually("the first leads") { try await stage.field(".spec.holderIdentity", of: Self.lease).isEmpty == false }
            let holder = try await stage.field(".spec.holderIdentity", of: Self.lease)
            let port = try freePort()
            let second = try stage.start(port: port)
            do {
                // A standby is ready too: its caches are complete.
                try await eventually("the second is ready") { try await stage.page("/readyz", port: port).isEmpty == false }
                #expect(try await stage.field(".spec.holderIdentity", of: Self.lease) == holder)
                await first.end(SIGKILL)
                try await stage.kubectl("apply", "-f", Self.sample)
                // The Lease lasts 15 s.
                try await stage.kubectl("wait", "--for=condition=Ready", "website/hello", "--timeout=60s")
                let next = try await stage.field(".spec.holderIdentity", of: Self.lease)
                #expect(next != holder)
                #expect(try await stage.field(".spec.leaseTransitions", of: Self.lease) == "1")

                let thirdPort = try freePort()
                let third = try stage.start(port: thirdPort)
                #expect(await second.end(SIGTERM) == 0, "\(second.output)")
                // The Lease was given back, so nobody waits for its end.
                try await eventually("the third leads", within: .seconds(10)) {
                    let holder = try await stage.field(".spec.holderIdentity", of: Self.lease)
                    return !holder.isEmpty && holder != next
                }
                // It finds what the others applied, and applies nothing again.
                let writes = stage.writes
                try await eventually("the third has looked") { try await stage.reconciles(port: thirdPort) > 0 }
                #expect(stage.writes == writes)
                #expect(await third.end(SIGTERM) == 0, "\(third.output)")
            } catch {
                await first.end(SIGKILL)
                await second.end(SIGKILL)
                Issue.record("\(second.output.suffix(4000))")
                throw error
            }
        }
    }

    @Test("The commands of its README do what they say")
    func commands() async throws {
        try await SampleStage.set { stage in
            let text = try String(contentsOfFile: "\(SampleStage.root)/Examples/SampleOperator/README.md", encoding: .utf8)
            let block = try #require(text.split(separator: "```sh\n").dropFirst().first?.split(separator: "\n```").first)
            let port = try freePort()
            // The stage has the cluster and its workloads already.
            let lines = block.split(separator: "\n").filter { !$0.contains("opencrane dev-") }
            #expect(block.split(separator: "\n").count == lines.count + 2)
            let commands = lines.joined(separator: "\n")
                .replacing("/tmp/sample.kubeconfig", with: stage.kubeconfig).replacing("/tmp/websites.txt", with: stage.directory)
                .replacing(".build/debug/", with: SampleStage.binaries + "/").replacing("localhost:8081", with: "localhost:\(port)")
            let script = """
                trap 'kill -9 $(jobs -p) 2>/dev/null || true' EXIT
                cd '\(SampleStage.root)'
                export HEALTH_PORT=\(port)
                \(commands)
                wait $!
                """
            let environment = ["HOME": stage.scratch.root]
            let program = try Program("/bin/bash", ["-euxc", script], environment: environment, log: stage.scratch.newPath())
            #expect(await program.wait(limit: .seconds(120)) == 0, "\(program.output)")
            #expect(program.output.contains("Serving") && program.output.contains("controller_runtime_reconcile_total"))
            #expect(stage.listed.isEmpty)
        }
    }
}
