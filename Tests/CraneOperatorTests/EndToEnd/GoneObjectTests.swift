import CraneAPI
import JSONValue
import KubernetesClient
import KubernetesModel
import LocalCluster
import OperatorRuntime
import Testing

@testable import CraneOperator

/// That an object goes before its status is written is no failure; whether it is gone is looked up, for which the operator needs a right.
@Suite("What goes while it is worked on", .serialized, .timeLimit(.minutes(15)))
struct GoneObjectTests {
    /// An operator that soon goes on although its caches have not seen what it wrote.
    private static var impatient: OperatorConfiguration {
        var configuration = Stage.configuration
        configuration.process.ownWriteTimeout = .milliseconds(200)
        return configuration
    }

    private func silence(_ stage: Stage, _ resource: String) {
        let match = RequestMatch(verb: "watch", resource: resource, userAgent: Stage.operatorAgent)
        stage.server.faults.add(Fault(match: match, action: .delay(.seconds(3600)), times: nil))
    }

    /// Waits until the operator has found that the object is gone, and expects that it does not try again.
    private func expectPeace(_ stage: Stage, _ resource: String) async throws {
        @Sendable func asked(_ verb: String) -> Int {
            stage.server.requests.count {
                $0.verb == verb && $0.resource == resource && $0.code == 404 && $0.userAgent == Stage.operatorAgent
            }
        }
        try await eventually("it is looked up") { asked("get") > 0 }
        try await stage.settle()
        let tries = asked("patch")
        try await stage.settle()
        #expect(tries > 0 && asked("patch") == tries, "a write that cannot succeed is repeated")
    }

    @Test("A policy that nobody told the operator is gone")
    func policy() async throws {
        try await Stage.set { stage in
            try await stage.createPolicy("short") { $0.tenantSelector = TenantSelector(matchTeam: "ops") }
            silence(stage, "accesspolicies")
            try await stage.operating(Self.impatient) {
                try await eventually("the policy has a status") { try await stage.policies.get("short").status != nil }
                _ = try await stage.policies.delete("short")
                try await stage.createTenant { $0.team = "ops" }
                try await expectPeace(stage, "accesspolicies")
            }
        }
    }

    @Test("A customer that nobody told the operator is gone")
    func customer() async throws {
        try await Stage.set { stage in
            try await stage.createClusterTenant()
            silence(stage, "clustertenants")
            try await stage.operating(Self.impatient) {
                try await stage.awaitClusterTenant()
                _ = try await stage.clusterTenants.mergePatch("corp", ["metadata": ["finalizers": .null]])
                _ = try await stage.clusterTenants.delete("corp")
                try await eventually("it is gone") { try await stage.clusterTenants.getIfPresent("corp") == nil }
                try await stage.createTenant { $0.clusterTenantRef = "corp" }
                try await expectPeace(stage, "clustertenants")
            }
        }
    }
}
