import FleetTemplates
import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue
import KubernetesClient
import KubernetesModel
import LocalCluster
import Logging
import NIOHTTP1
import Testing

@testable import ControlPlane

@Suite struct TemplateTests {
    private static let pair = """
        summary: Two that check each other.
        agents:
          - {name: writer, role: author}
          - {name: reader, role: editor}
        """
    private static let key = ObjectKey(namespace: "platform", name: "templates")

    private static func put(_ stage: Stage, _ data: [String: String]) async throws {
        let namespaces = ResourceType(group: "", version: "v1", kind: "Namespace", plural: "namespaces", isNamespaced: false)
        let api = stage.client.dynamic(namespaces)
        if try await api.getIfPresent("platform") == nil {
            _ = try await api.create(DynamicObject(["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": "platform"]]))
        }
        let map = CoreV1.ConfigMap(metadata: ObjectMeta(name: key.name, namespace: key.namespace), data: data)
        _ = try await stage.client.resource(CoreV1.ConfigMap.self, namespace: key.namespace).apply(map, fieldManager: "test", force: true)
    }

    private static func use(_ configuration: inout ControlPlaneConfiguration) {
        configuration.fleetTemplates = key.name
        configuration.platformNamespace = "platform"
    }

    @Test func fleetsAreOrderedFromTemplatesOfTheConfigMap() async throws {
        try await withStage(configure: { Self.use(&$0) }) { stage in
            let order: JSON = ["tenantId": "duo_1", "name": "Duo", "clerkOrgId": "org_duo", "templateId": "duo"]
            let before = try await stage.order(.POST, "/tenants", order)
            #expect(before.status == 422 && before.errorCode == "unknown_template")
            // One that was added just now is found, although the others were read a moment ago; a broken one hides no other.
            try await Self.put(stage, ["duo.yaml": Self.pair, "broken.yaml": "agents: ["])
            #expect(try await stage.order(.POST, "/tenants", order).status == 200)
            var broken = order
            broken["templateId"] = "broken"
            broken["tenantId"] = "duo_2"
            #expect(try await stage.order(.POST, "/tenants", broken).errorCode == "unknown_template")
            var usual = order
            usual["templateId"] = "single-agent"
            usual["tenantId"] = "one"
            usual["clerkOrgId"] = nil
            #expect(try await stage.order(.POST, "/tenants", usual).status == 200, "the platform's own are there too")

            try await stage.report("duo-1", ["phase": "Provisioning"])
            // A repeated order is answered like the first one also when its template has gone.
            let key = [("Idempotency-Key", "k-1")]
            let other: JSON = ["tenantId": "duo_3", "name": "Duo", "templateId": "duo"]
            let first = try await stage.order(.POST, "/tenants", other, headers: key)
            stage.cluster.faults.add(Fault(match: RequestMatch(resource: "configmaps"), action: .status(503), times: 100))
            let again = try await stage.order(.POST, "/tenants", other, headers: key)
            #expect(first.status == 200 && again.status == 200 && again.body == first.body, "\(again.body.text())")
            let headers = [("X-OpenCrane-Organization", "org_duo"), ("Authorization", "Bearer \(Stage.token)")]
            let fleet = try await stage.order(.GET, "/fleet", platformToken: nil, headers: headers).body["fleet"]
            #expect(fleet?["agentSpecs"] == [["name": "writer", "role": "author"], ["name": "reader", "role": "editor"]])
            let listed = try await stage.order(.GET, "/tenants?clerkOrgId=org_duo").body["tenants"]?[0]
            #expect(listed?["agent_specs"] == fleet?["agentSpecs"])
        }
    }

    @Test func whatIsReadIsRememberedForAWhile() async throws {
        let clock = ManualClock()
        try await withStage { stage in
            let source = TemplateSource(
                client: stage.planeClient,
                configMap: Self.key,
                limit: .seconds(5),
                memory: .seconds(5),
                time: clock.timeSource,
                logger: Logger(label: "templates") { _ in SwiftLogNoOpLogHandler() }
            )
            func asked() -> Int { stage.cluster.requests.count { $0.resource == "configmaps" } }
            try await Self.put(stage, ["duo": Self.pair])
            let start = asked()
            #expect(try await source.catalog().templates["duo"]?.agents.count == 2)
            for _ in 0..<10 { _ = try await source.catalog() }
            _ = await source.known()
            #expect(asked() == start + 1)
            try await Self.put(stage, [:])
            let written = asked()
            clock.advance(by: .seconds(6))
            #expect(await source.known().templates["duo"] == nil)
            #expect(asked() == written + 1)
        }
    }

    @Test func formerTemplatesCountWhileKubernetesIsAway() async throws {
        let clock = ManualClock()
        try await withStage { stage in
            func source() -> TemplateSource {
                TemplateSource(
                    client: stage.planeClient,
                    configMap: Self.key,
                    limit: .seconds(5),
                    time: clock.timeSource,
                    logger: Logger(label: "templates") { _ in SwiftLogNoOpLogHandler() }
                )
            }
            try await Self.put(stage, ["duo": Self.pair])
            let known = source()
            #expect(try await known.catalog().templates["duo"] != nil)
            stage.cluster.faults.add(Fault(match: RequestMatch(resource: "configmaps"), action: .status(503), times: 100))
            clock.advance(by: .seconds(60))
            #expect(try await known.catalog().templates["duo"] != nil)
            #expect(await known.known().templates["duo"] != nil)
            // Nobody orders from templates that were never read; what is only shown goes on.
            let fresh = source()
            let error = await #expect(throws: OperationError.self) { try await fresh.catalog() }
            #expect(error?.status == .serviceUnavailable)
            #expect(await fresh.known() == .builtIn)
        }
    }
}
