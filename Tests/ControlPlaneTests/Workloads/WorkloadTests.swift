import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue
import LocalCluster
import NIOHTTP1
import Postgres
import Testing

@testable import ControlPlane

@Suite struct WorkloadTests {
    @Test func accountsOfTenantsAreToldByBothPartsOfTheirName() {
        let account = WorkloadAccount(username: "system:serviceaccount:opencrane-corp:openclaw-mia")
        #expect(account == WorkloadAccount(namespace: "opencrane-corp", name: "openclaw-mia"))
        #expect(account?.candidate == "mia")
        #expect(account?.isAccount(of: "mia", in: "opencrane-corp") == true)
        #expect(account?.isAccount(of: "mia", in: "opencrane-other") == false)
        #expect(account?.isAccount(of: "mia", in: nil) == false)
        #expect(WorkloadAccount(namespace: "x", name: "mia").candidate == nil)
        #expect(WorkloadAccount(namespace: "x", name: "openclaw-").candidate == nil)
        for name in ["mia", "system:node:a", "system:serviceaccount:a", "system:serviceaccount::b", "system:serviceaccount:a:b:c"] {
            #expect(WorkloadAccount(username: name) == nil)
        }
    }

    @Test func reviewsAreBelievedForAShortTimeAndAFewTokens() {
        let start = ContinuousClock.now
        var cache = TokenReviewCache(lifetime: .seconds(600), capacity: 2)
        #expect(cache.lifetime == .seconds(30))
        let account = WorkloadAccount(namespace: "n", name: "a")
        cache.remember(account, for: "1", at: start)
        cache.remember(account, for: "2", at: start + .seconds(1))
        cache.remember(account, for: "3", at: start + .seconds(2))
        #expect(cache.count == 2 && cache.find("1", now: start + .seconds(2)) == nil)
        #expect(cache.find("3", now: start + .seconds(31)) == account)
        #expect(cache.find("3", now: start + .seconds(32)) == nil && cache.count == 1)
    }

    /// Weakness 30: a pod was compared with the name of its account, and the namespace was ignored.
    @Test func aPodIsItsTenantAndNobodyElses() async throws {
        try await withStage { stage in
            try await stage.makeRunning("mia")
            try await stage.makeRunning("leo", in: "opencrane-corp")
            let mia = try await stage.pod(.GET, "/contract", token: stage.workloadToken("openclaw-mia"))
            #expect(mia.status == 200 && mia.body[at: ["tenant", "name"]] == "mia")
            let leo = try await stage.pod(.GET, "/contract", token: stage.workloadToken("openclaw-leo", namespace: "opencrane-corp"))
            #expect(leo.body[at: ["tenant", "name"]] == "leo")
            let strangers = [
                // The account of the name in another namespace, in both directions.
                try await stage.workloadToken("openclaw-mia", namespace: "opencrane-corp"), try await stage.workloadToken("openclaw-leo"),
                // The bare name, an account of no tenant, and a token for somebody else.
                try await stage.workloadToken("mia"), try await stage.workloadToken("openclaw-zoe"),
                try await stage.workloadToken("openclaw-mia", audience: "skill-registry"), "a.b.c", "nonsense", Stage.token,
            ]
            for token in strangers {
                let answer = try await stage.pod(.GET, "/contract", token: token)
                #expect(answer.status == 401 && answer.code == "UNAUTHORIZED")
            }
            #expect(try await stage.pod(.GET, "/contract", token: nil).status == 401)
            // A pod is nobody on the surface for people.
            #expect(try await stage.send(.GET, "/tenants", token: stage.workloadToken("openclaw-mia")).status == 401)
        }
    }

    @Test func kubernetesIsAskedOnceForATokenAndItsAbsenceIsSaid() async throws {
        try await withStage { stage in
            try await stage.makeRunning("mia")
            let token = try await stage.workloadToken("openclaw-mia")
            stage.cluster.faults.add(Fault(match: RequestMatch(verb: "create", resource: "tokenreviews"), action: .status(503), times: 1))
            let down = try await stage.pod(.GET, "/contract", token: token)
            #expect(down.status == 503 && down.code == "KUBERNETES_UNAVAILABLE" && down.headers.first(name: "Retry-After") != nil)
            for _ in 0..<3 { #expect(try await stage.pod(.GET, "/contract", token: token).status == 200) }
            // What is remembered of the token does not keep a tenant alive that is gone.
            #expect(try await stage.send(.DELETE, "/tenants/mia").status == 200)
            #expect(try await stage.pod(.GET, "/contract", token: token).status == 401)
        }
    }

    @Test func whoeverGuessesIsNotAskedForFurther() async throws {
        try await withStage { stage in
            var statuses: [Int] = []
            for number in 0..<25 { statuses.append(try await stage.pod(.GET, "/contract", token: "a.b.\(number)").status) }
            #expect(statuses.prefix(20).allSatisfy { $0 == 401 } && statuses.last == 429)
        }
    }
}
