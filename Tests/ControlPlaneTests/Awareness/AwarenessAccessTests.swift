import Foundation
import HTTPOperations
import JSONValue
import NIOHTTP1
import Projection
import Testing

@testable import ControlPlane

@Suite struct AwarenessAccessTests {
    @Test func everyRoleMaySeeWhatIsItsOwnAndOnlyAdministratorsChange() async throws {
        try await withStage { stage in
            _ = try await stage.make(.clusterTenant, "corp", spec: ["displayName": "Corp", "isolationTier": "shared"])
            try await stage.makeRunning("mia", ["clusterTenantRef": "corp"])
            try await stage.makeRunning("leo")
            let (pool, rows) = (stage.pool, TenantRepository(pool: stage.pool))
            let tenants = TenantSight(tenants: rows, namespace: Stage.namespace)
            let reader = EntitlementReader(groups: GroupRepository(pool: pool), grants: GrantRepository(pool: pool))
            let contracts = ContractService(
                pool: pool,
                tenants: rows,
                policies: PolicyRepository(pool: pool),
                entitlements: reader,
                servers: MCPServerRepository(pool: pool),
                namespace: Stage.namespace,
                gateway: nil,
                registry: nil
            )
            let operations =
                AwarenessOperations(tenants: tenants, pool: pool, writer: MutationWriter(pool: pool, now: { Date() })).operations
                + ParticipationOperations(tenants: tenants, participation: ParticipationRepository(pool: pool), now: { Date() }).operations
                + ContractOperations(tenants: tenants, contracts: contracts).operations
            let (admin, viewer, customer, theirs) = (
                RoleTokens.administrator, RoleTokens.viewer, RoleTokens.customer, RoleTokens.customersViewer
            )
            try await RoleTokens.serving(operations) { base in
                func status(_ method: HTTPMethod, _ path: String, _ body: JSON? = nil, _ token: String?) async throws -> Int {
                    try await Stage.send(method, base + path, body?.text(), token: token).status
                }
                let rollout: JSON = ["targetVersion": "awareness/v2"]
                for (method, path, body) in [
                    (.PUT, "/awareness/rollout", rollout), (.POST, "/awareness/rollout/promote", nil),
                    (.POST, "/awareness/rollout/rollback", nil), (.PUT, "/awareness/waves/mia", ["wave": "org"]),
                ] as [(HTTPMethod, String, JSON?)] {
                    for token in [viewer, customer, theirs, RoleTokens.owner] {
                        let refused = try await status(method, path, body, token)
                        #expect(refused == 403, "\(path)")
                    }
                    let (stranger, allowed) = (try await status(method, path, body, nil), try await status(method, path, body, admin))
                    #expect(stranger == 401 && allowed == 200, "\(path)")
                }
                for path in ["/awareness/rollout/resolve/", "/tenants/"] {
                    let suffix = path == "/tenants/" ? "/effective-contract" : ""
                    for (token, foreign) in [(admin, 200), (viewer, 200), (customer, 404), (theirs, 404), (RoleTokens.owner, 404)] {
                        let own = try await status(.GET, path + "mia" + suffix, nil, token)
                        let other = try await status(.GET, path + "leo" + suffix, nil, token)
                        #expect(own == 200 && other == foreign, "\(path) \(token)")
                    }
                }
                for (token, names) in [
                    (admin, ["leo", "mia"]), (viewer, ["leo", "mia"]), (customer, ["mia"]), (theirs, ["mia"]), (RoleTokens.owner, ["mia"]),
                ] {
                    let report = try await Stage.send(.GET, base + "/awareness/participation", token: token).body
                    #expect(report["tenants"]?.arrayValue?.compactMap { $0["tenant"]?.stringValue } == names)
                    #expect(report["total"]?.integerValue == Int64(names.count))
                }
            }
        }
    }
}
