import JSONValue
import KubernetesClient
import KubernetesModel
import LocalCluster
import Logging
import NIOHTTP1
import Testing

/// What a server serves, of servers that tell it at once and of those that do not.
@Suite struct DiscoveryTests {
    private static let groups =
        #"{"kind":"APIGroupList","groups":[{"name":"apps","versions":[{"groupVersion":"apps/v1beta1"},"#
        + #"{"groupVersion":"apps/v1"}],"preferredVersion":{"groupVersion":"apps/v1"}},{"name":"metrics.example","versions":"#
        + #"[{"groupVersion":"metrics.example/v1"}],"preferredVersion":{"groupVersion":"metrics.example/v1"}}]}"#
    private static let core = #"{"kind":"APIVersions","versions":["v1"]}"#

    private static func resources(_ kind: String, _ plural: String) -> String {
        #"{"kind":"APIResourceList","resources":[{"name":"\#(plural)","singularName":"\#(kind.lowercased())","namespaced":true,"#
            + #""kind":"\#(kind)","verbs":["get"],"shortNames":["x\#(plural.prefix(1))"]},{"name":"\#(plural)/status","kind":"\#(kind)"}]}"#
    }

    @Test func aServerThatTellsAllAtOnce() async throws {
        try await withClusterServer { cluster in
            let client = try KubernetesClient(
                kubeconfig: cluster.kubeconfig,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            let discovery = client.discovery
            for name in ["deployments", "deploy", "Deployment", "deployments.apps", "deployment.v1.apps"] {
                let found = try await discovery.resource(named: name)
                #expect(found?.type == AppsV1.Deployment.resourceType, "\(name)")
                #expect(found?.subresources.contains("scale") == true)
            }
            let pods = try await discovery.resource(named: "po")
            #expect(pods?.type == CoreV1.Pod.resourceType)
            // Both groups have events; the core group comes first.
            let events = try await discovery.resource(named: "events")
            #expect(events?.type.group == "")
            let lease = try await discovery.resourceType(group: "coordination.k8s.io", kind: "Lease")
            #expect(lease == CoordinationV1.Lease.resourceType)
            let nothing = try await discovery.resource(named: "widgets.example")
            #expect(nothing == nil)
            let all = try await discovery.allGroups()
            #expect(all.first?.name == "")
            // What the server tells at once is what it tells one by one.
            for version in all.flatMap(\.versions) {
                let single = try await discovery.resources(for: version.groupVersion, refresh: true)
                #expect(Set(single.map(\.type)) == Set(version.resources.map(\.type)), "\(version.groupVersion)")
                #expect(Set(single.map(\.subresources)) == Set(version.resources.map(\.subresources)), "\(version.groupVersion)")
            }
            await client.shutdown()
        }
    }

    @Test func aServerThatTellsOneByOne() async throws {
        let transport = ScriptedTransport([
            .answer(200, Self.core), .answer(200, Self.groups), .answer(200, Self.resources("Pod", "pods")),
            .answer(200, Self.resources("Deployment", "deployments")), .answer(200, Self.resources("Deployment", "deployments")),
            .answer(503),
        ])
        let client = try KubernetesClient.scripted(transport) { $0.retry = .never }
        let found = try await client.discovery.resourceType(group: "apps", kind: "Deployment")
        #expect(found?.version == "v1")
        #expect(
            transport.requests.map(\.target) == [
                "/api", "/apis", "/api/v1", "/apis/apps/v1", "/apis/apps/v1beta1", "/apis/metrics.example/v1",
            ]
        )
        #expect(transport.requests.first?.headers["Accept"].first?.contains("as=APIGroupDiscoveryList") == true)
        let old = try await client.discovery.resource(named: "xd.v1beta1.apps")
        #expect(old?.type.version == "v1beta1")
        #expect(old?.subresources == ["status"])
        #expect(transport.requests.count == 6)
    }

    @Test func askingForWhatIsNotThereCostsLittle() async throws {
        let clock = ManualClock()
        let page = ScriptedTransport.Step.answer(200, Self.resources("Deployment", "deployments"))
        let transport = ScriptedTransport(Array(repeating: page, count: 50))
        let client = try KubernetesClient.scripted(transport, time: clock.timeSource)
        let widget = GroupVersionKind(group: "apps", version: "v1", kind: "Widget")
        for _ in 0..<30 {
            let found = try await client.discovery.resourceType(for: widget)
            #expect(found == nil)
            clock.advance(by: .seconds(1))
        }
        #expect(transport.requests.count == 3)
        // What is there is not asked for again for ten minutes.
        for _ in 0..<9 {
            _ = try await client.discovery.resourceType(for: GroupVersionKind(group: "apps", version: "v1", kind: "Deployment"))
            clock.advance(by: .seconds(60))
        }
        #expect(transport.requests.count == 3)
        clock.advance(by: .seconds(60))
        _ = try await client.discovery.resourceType(for: GroupVersionKind(group: "apps", version: "v1", kind: "Deployment"))
        #expect(transport.requests.count == 4)
    }

    @Test func aWholeGroupThatIsNotThereIsAskedForAgain() async throws {
        let clock = ManualClock()
        let transport = ScriptedTransport([.answer(404), .answer(200, Self.resources("Widget", "widgets"))])
        let client = try KubernetesClient.scripted(transport, time: clock.timeSource)
        let widget = GroupVersionKind(group: "example", version: "v1", kind: "Widget")
        let before = try await client.discovery.resourceType(for: widget)
        let again = try await client.discovery.resourceType(for: widget)
        #expect(before == nil && again == nil)
        #expect(transport.requests.count == 1)
        clock.advance(by: .seconds(10))
        let after = try await client.discovery.resourceType(for: widget)
        #expect(after?.plural == "widgets")
    }
}
