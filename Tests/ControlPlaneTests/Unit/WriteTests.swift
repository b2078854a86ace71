import CraneAPI
import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue
import KubernetesClient
import KubernetesModel
import Testing

@testable import ControlPlane

@Suite struct IntentBackoffTests {
    @Test func doublesUpToABound() {
        let backoff = IntentBackoff(first: .seconds(1), longest: .seconds(10))
        #expect((1...6).map { backoff.delay(afterAttempts: $0, spread: 1) } == [1, 2, 4, 8, 10, 10].map { .seconds($0) })
        #expect(backoff.delay(afterAttempts: 3, spread: 0) == .seconds(2))
        #expect(backoff.delay(afterAttempts: 1000, spread: 1) == .seconds(10))
    }
}

@Suite struct ClusterTenantPatchTests {
    @Test func computeAndQuotaAreReplacedWhole() {
        let current: JSON = [
            "displayName": "C", "compute": ["mode": "dedicated", "nodePool": "p"], "resources": ["quota": ["cpu": "8", "pods": 4]],
        ]
        let patch = ClusterTenant.patch(["compute": ["mode": "shared"], "resources": ["quota": ["cpu": "9"]]], of: current)
        #expect(
            MergePatch.apply(patch, to: current) == [
                "displayName": "C", "compute": ["mode": "shared"], "resources": ["quota": ["cpu": "9"]],
            ]
        )
        #expect(ClusterTenant.patch(["displayName": "D"], of: current) == ["displayName": "D"])
        #expect(MergePatch.apply(ClusterTenant.patch(["compute": .null], of: current), to: current)["compute"] == nil)
    }
}

@Suite struct IsolationTierGateTests {
    @Test func letsOnlyServedTiersThrough() throws {
        let gate = IsolationTierGate(served: [.shared])
        try gate.require(.shared)
        let error = #expect(throws: OperationError.self) { try gate.require(.dedicatedCluster) }
        #expect(error?.code == "TIER_UNAVAILABLE" && error?.status.code == 422)
    }
}

@Suite struct KubernetesFailureTests {
    private func judge(_ code: Int, _ reason: String, causes: [StatusCause] = []) -> KubernetesFailure {
        let status = Status(code: code, reason: reason, message: "raw upstream text", details: StatusDetails(causes: causes))
        return KubernetesFailure(KubernetesError.status(status), kind: .tenant, name: "mia")
    }

    @Test(arguments: [
        (404, "NotFound", 404, "TENANT_NOT_FOUND"), (409, "AlreadyExists", 409, "TENANT_ALREADY_EXISTS"),
        (409, "Conflict", 412, "PRECONDITION_FAILED"), (422, "Invalid", 422, "VALIDATION_ERROR"),
        (400, "BadRequest", 422, "VALIDATION_ERROR"),
        (403, "Forbidden", 502, "UPSTREAM_ERROR"), (401, "Unauthorized", 502, "UPSTREAM_ERROR"),
    ])
    func aRefusalIsFinal(code: Int, reason: String, status: Int, expected: String) {
        guard case .refused(let refusal) = judge(code, reason) else {
            Issue.record("\(reason) is not taken for a refusal")
            return
        }
        #expect(refusal.status.code == status && refusal.code == expected)
        #expect(!refusal.message.contains("raw upstream"))
    }

    @Test(arguments: [(429, "TooManyRequests"), (500, "InternalError"), (503, "ServiceUnavailable"), (504, "Timeout")])
    func atroubledServerIsAskedAgain(code: Int, reason: String) {
        guard case .unknown = judge(code, reason) else {
            Issue.record("\(reason) is taken for a refusal")
            return
        }
    }

    @Test func fieldsAreNamedAsInTheRequest() {
        let causes = [StatusCause(reason: "FieldValueInvalid", message: "should match", field: "spec.email")]
        guard case .refused(let refusal) = judge(422, "Invalid", causes: causes) else {
            Issue.record("no refusal")
            return
        }
        #expect(refusal.fields == [FieldViolation(field: "email", message: "should match")])
    }
}

@Suite struct WriteIntentTests {
    private func intent(_ action: WriteIntent.Action) throws -> WriteIntent {
        WriteIntent(
            id: try #require(UUID(uuidString: "00000000-0000-4000-8000-00000000000A")),
            kind: .tenant,
            key: ObjectKey(namespace: "n", name: "mia"),
            action: action,
            payload: ["spec": ["team": "a"]],
            uid: "u",
            resourceVersion: "7",
            attempt: 1,
            createdAt: Date(timeIntervalSince1970: 0)
        )
    }

    @Test func whatIsSentNamesTheIntentAndTheVersion() throws {
        let update = try intent(.update).markedPayload
        #expect(update[at: ["metadata", "annotations", "opencrane.io/write-intent"]] == "00000000-0000-4000-8000-00000000000a")
        #expect(update[at: ["metadata", "resourceVersion"]] == "7" && update[at: ["metadata", "uid"]] == "u")
        #expect(try intent(.create).markedPayload[at: ["metadata", "uid"]] == nil)
        #expect(try intent(.update).wrote(DynamicObject(update)))
        #expect(try !intent(.update).wrote(DynamicObject(["metadata": ["name": "mia"]])))
    }

    @Test func refusalsSurviveTheIntentTable() throws {
        let refusal = OperationError.invalid("email", "is wrong")
        let kept = try #require(WriteResult(WriteResult(refusal).answer).refusal)
        #expect(
            kept.status == refusal.status && kept.code == refusal.code && kept.fields == refusal.fields && kept.detail == refusal.detail
        )
        #expect(WriteResult(status: 200, body: [:]).refusal == nil)
    }
}
