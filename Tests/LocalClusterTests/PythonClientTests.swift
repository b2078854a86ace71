import Foundation
import JSONValue
import LocalCluster
import Testing

/// The Python client from PyPI, as its user uses it: typed and dynamic.
@Suite(.enabled(if: PythonClient.program != nil, "no Python with the kubernetes package: name one in KUBERNETES_PYTHON"))
struct PythonClientTests {
    @Test func listsWatchesPatchesAndIsDynamic() async throws {
        let program = try #require(PythonClient.program)
        try await withClusterServer { server in
            let path = NSTemporaryDirectory() + "python-\(UUID().uuidString).config"
            try server.kubeconfig.write(toFile: path, atomically: true, encoding: .utf8)
            defer { try? FileManager.default.removeItem(atPath: path) }
            let output = try await Shell(environment: ["KUBECONFIG": path]).run(
                program,
                ["-c", PythonClient.script, SampleDefinition.json.text()]
            )
            #expect(output.status == 0, "\(output.errors)")
            #expect(output.text.hasSuffix("all good\n"), "\(output.text)")
        }
    }
}

enum PythonClient {
    /// A Python that has the package.
    static let program: String? = {
        let candidates = [ProcessInfo.processInfo.environment["KUBERNETES_PYTHON"], Shell.find("python3")].compactMap { $0 }
        return candidates.first { candidate in
            let process = Process()
            process.executableURL = URL(fileURLWithPath: candidate)
            process.arguments = ["-c", "import kubernetes"]
            process.standardError = FileHandle.nullDevice
            guard (try? process.run()) != nil else { return false }
            process.waitUntilExit()
            return process.terminationStatus == 0
        }
    }()

    static let script = """
        import json, sys, time
        from kubernetes import client, config, dynamic, watch
        config.load_kube_config()
        core = client.CoreV1Api()
        names = [n.metadata.name for n in core.list_namespace().items]
        assert "default" in names, names
        core.create_namespaced_config_map("default", client.V1ConfigMap(metadata=client.V1ObjectMeta(name="a"), data={"k": "v"}))
        version = core.list_namespaced_config_map("default").metadata.resource_version
        core.patch_namespaced_config_map("a", "default", {"data": {"k": "w"}})
        seen = []
        for event in watch.Watch().stream(core.list_namespaced_config_map, "default", resource_version=version, timeout_seconds=5):
            seen.append((event["type"], event["object"].data["k"]))
            break
        assert seen == [("MODIFIED", "w")], seen
        apps = client.AppsV1Api()
        labels = {"app": "d"}
        apps.create_namespaced_deployment("default", {"metadata": {"name": "d"}, "spec": {"replicas": 1, "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "c", "image": "example.org/c:1"}]}}}})
        apps.patch_namespaced_deployment_scale("d", "default", {"spec": {"replicas": 3}})
        assert apps.read_namespaced_deployment("d", "default").spec.replicas == 3
        try:
            core.read_namespaced_config_map("none", "default")
            raise AssertionError("a missing object was found")
        except client.ApiException as error:
            assert error.status == 404 and json.loads(error.body)["reason"] == "NotFound", error
        extensions = client.ApiextensionsV1Api()
        extensions.create_custom_resource_definition(json.loads(sys.argv[1]))
        generic = dynamic.DynamicClient(client.ApiClient())
        gadgets = generic.resources.get(api_version="example.org/v1", kind="Gadget")
        made = gadgets.create(body={"apiVersion": "example.org/v1", "kind": "Gadget", "metadata": {"name": "g"}, "spec": {"size": 2}},
            namespace="default")
        assert made.spec.limit == 50, made
        gadgets.server_side_apply(body={"apiVersion": "example.org/v1", "kind": "Gadget", "metadata": {"name": "g"}, "spec": {"size": 4}},
            name="g", namespace="default", field_manager="python", force_conflicts=True)
        assert gadgets.get(name="g", namespace="default").spec.size == 4
        objects = client.CustomObjectsApi()
        assert len(objects.list_cluster_custom_object("example.org", "v1", "gadgets")["items"]) == 1
        objects.delete_namespaced_custom_object("example.org", "v1", "default", "gadgets", "g")
        assert objects.list_cluster_custom_object("example.org", "v1", "gadgets")["items"] == []
        print("all good")
        """
}
