import CraneAPI
import KubernetesClient
import KubernetesModel
import LocalCluster
import Testing

@testable import CraneOperator

@Suite("Whether the definitions may be removed")
struct RemovalCheckTests {
    @Test("Not while there are resources of any of the three kinds; the operator's account may look")
    func remaining() async throws {
        try await Stage.set(simulated: false) { stage in
            let client = try Stage.client(of: stage.server, agent: Stage.operatorAgent)
            let check = RemovalCheck(client: client)
            let before = try await check.remaining()
            #expect(before == [])

            for name in ["ada", "bob", "cyd", "dan"] {
                _ = try await stage.client.resource(Tenant.self, namespace: "team-a").create(Samples.tenant(name).fresh)
            }
            _ = try await stage.client.resource(AccessPolicy.self, namespace: "team-a").create(Samples.policy().fresh)
            _ = try await stage.client.resource(ClusterTenant.self).create(Samples.clusterTenant().fresh)
            let after = try await check.remaining()
            #expect(
                after == [
                    "4 tenants.opencrane.io: team-a/ada, team-a/bob, team-a/cyd, …", "1 accesspolicies.opencrane.io: team-a/base",
                    "1 clustertenants.opencrane.io: corp",
                ]
            )
            await client.shutdown()
        }
    }

    @Test("A kind that is not there has no resources; a server that does not answer is an error")
    func failures() async throws {
        try await Stage.set(simulated: false) { stage in
            let check = RemovalCheck(client: stage.client)
            stage.server.faults.add(.init(match: .init(resource: "tenants"), action: .status(404, retryAfter: nil), times: 1))
            let remaining = try await check.remaining()
            #expect(remaining == [])
            stage.server.faults.add(.init(match: .init(resource: "clustertenants"), action: .status(403, retryAfter: nil), times: 1))
            await #expect(throws: KubernetesError.self) { try await check.remaining() }
        }
    }
}

extension KubernetesObject {
    /// Without what a server gives.
    fileprivate var fresh: Self {
        var copy = self
        copy.metadata.uid = nil
        copy.metadata.generation = nil
        return copy
    }
}
