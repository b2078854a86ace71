import KubernetesClient
import KubernetesModel
import LocalCluster
import Testing

@testable import CraneOperator

@Suite struct ClusterSourceTests {
    @Test func clustersAreToldApart() async throws {
        try await Stage.set(simulated: false) { one in
            let system = try await one.client.resource(CoreV1.Namespace.self).get("kube-system")
            let first = try await ClusterSource(client: one.client).identity()
            #expect(first != nil && first == system.metadata.uid)
            try await Stage.set(simulated: false) { other in
                let second = try await ClusterSource(client: other.client).identity()
                #expect(second != nil && second != first)
            }
        }
    }

    @Test func aClusterWhoseIdentityMayNotBeReadHasNone() async throws {
        try await Stage.set(simulated: false) { stage in
            stage.server.faults.add(
                .init(match: .init(resource: "namespaces"), action: .status(403, retryAfter: nil), times: 1)
            )
            let identity = try await ClusterSource(client: stage.client).identity()
            #expect(identity == nil)
        }
    }
}
