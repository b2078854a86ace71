import JSONValue
import Testing

extension EndToEnd {
    @Suite("Foreign clients")
    struct ClientTests {
        @Test("kubectl", arguments: Installation.kubectls)
        func kubectl(_ program: String) async throws {
            try await Stage.with { stage in
                @Sendable func kubectl(_ arguments: String..., input: String = "") async throws -> String {
                    try await stage.kubectl(arguments, input: input, program: program).output
                }
                let manifest = Samples.tenant("cli")
                #expect(try await kubectl("apply", "-f", "-", input: manifest).contains("tenant.opencrane.io/cli created"))
                #expect(try await kubectl("apply", "-f", "-", input: manifest).contains("unchanged"))
                #expect(
                    try await kubectl("apply", "--server-side", "--field-manager=e2e", "--force-conflicts", "-f", "-", input: manifest)
                        .contains("serverside-applied")
                )
                _ = try await kubectl("wait", "--for=condition=Ready", "--timeout=90s", "tenant/cli")
                let table = try await kubectl("get", "tn")
                #expect(table.contains("DISPLAY NAME") && table.contains("PHASE") && table.contains("Running"))
                #expect(try await kubectl("get", "crane").contains("cli"))
                #expect(try await kubectl("get", "tenant", "cli", "-o", "yaml").contains("email: cli@example.com"))
                #expect(try await kubectl("describe", "tenant", "cli").contains("cli@example.com"))
                _ = try await kubectl("patch", "tenant", "cli", "--type=merge", "-p", #"{"spec":{"team":"merged"}}"#)
                _ = try await kubectl(
                    "patch",
                    "tenant",
                    "cli",
                    "--type=json",
                    "-p",
                    #"[{"op":"replace","path":"/spec/displayName","value":"Renamed"}]"#
                )
                #expect(try await kubectl("get", "tenant", "cli", "-o", "jsonpath={.spec.team}/{.spec.displayName}") == "merged/Renamed")
                _ = try await kubectl("annotate", "tenant", "cli", "note=yes")
                #expect(
                    try await kubectl("get", "tenants", "--field-selector=metadata.name=cli", "-o", "name") == "tenant.opencrane.io/cli\n"
                )
                #expect(try await kubectl("delete", "tenant", "cli", "--timeout=60s").contains("deleted"))
                try await expectNothingLeft(stage)
            }
        }

        @Test("kubectl get -w sees a tenant become Running")
        func kubectlWatch() async throws {
            try await Stage.with { stage in
                guard let kubectl = Installation.kubectls.first else { return }
                let watch = ServerProcess(
                    name: "watch",
                    executable: kubectl,
                    arguments: ["--kubeconfig", stage.kubeconfig, "-n", stage.namespace, "get", "tenants", "-w", "--no-headers"],
                    environment: ["HOME": stage.scratch.root],
                    log: stage.scratch.path("watch.log")
                )
                try watch.start()
                try await stage.apply(Samples.tenant("seen"))
                try await eventually("the watch prints the tenant as Running") { watch.output.contains("Running") }
                await watch.stop()
            }
        }

        @Test("The Python client: list, watch, patch, dynamic client")
        func python() async throws {
            try await Stage.with { stage in
                let script = Installation.root + "/Tests/EndToEndTests/Scripts/kubernetes_client.py"
                let result = try await Command.run(
                    Installation.python,
                    [script, stage.kubeconfig, stage.namespace],
                    environment: ["HOME": stage.scratch.root]
                )
                #expect(result.succeeded, "\(result.everything)")
                #expect(result.output.contains("all steps passed"))
            }
        }

        @Test("The manifests of the installation are accepted and roll out", .enabled(if: Installation.isLocal))
        func installation() async throws {
            try await Stage.with(StageOptions(hasOperator: false, hasControlPlane: false)) { stage in
                // Namespaced objects of the manifests name their namespace, so the test's own must not be given.
                func kubectl(_ arguments: String...) async throws {
                    let program = try #require(Installation.kubectls.first)
                    let result = try await Command.run(program, ["--kubeconfig", stage.kubeconfig] + arguments)
                    guard result.succeeded else { throw CommandFailure(command: arguments.joined(separator: " "), result: result) }
                }
                try await kubectl("apply", "-k", Installation.root + "/manifests/install")
                try await kubectl("-n", "opencrane", "rollout", "status", "deployment/opencrane", "--timeout=60s")
                try await kubectl("delete", "-k", Installation.root + "/manifests/install", "--ignore-not-found", "--timeout=60s")
            }
        }
    }
}
