import JSONValue
import MachineFixtures
import Testing

@testable import Machines

@Suite("Compute Engine: tables")
struct ComputeTableTests {
    @Test("Every published status has our word, as the table says")
    func states() throws {
        let expected: [String: MachineState] = [
            "PENDING": .creating, "PROVISIONING": .creating, "STAGING": .creating, "RUNNING": .running, "PENDING_STOP": .stopping,
            "STOPPING": .stopping, "SUSPENDING": .stopping, "TERMINATED": .stopped, "STOPPED": .stopped, "SUSPENDED": .stopped,
            "REPAIRING": .degraded, "DEPROVISIONING": .deleting,
        ]
        #expect(ComputeStatus.table == expected)
        #expect(Set(try DiscoveryDocument().words(of: "Instance.status")) == Set(expected.keys))
        #expect(ComputeStatus.state(of: "SOMETHING_NEW") == .unknown)
    }

    @Test(
        "Every refusal leads to its reaction",
        arguments: [
            ("insert", 409, "alreadyExists", ComputeReaction.adopt), ("delete", 404, "notFound", .succeeded),
            ("get", 404, "notFound", .absent), ("operation", 404, "notFound", .absent), ("start", 404, "notFound", .absent),
            ("setLabels", 404, "notFound", .absent), ("insert", 403, "rateLimitExceeded", .backOff),
            ("insert", 403, "CONCURRENT_OPERATIONS_QUOTA_EXCEEDED", .backOff), ("insert", 403, "userRateLimitExceeded", .backOff),
            ("stop", 429, "", .backOff), ("get", 500, "backendError", .backOff), ("get", 502, "", .backOff), ("get", 503, "", .backOff),
            ("get", 504, "", .backOff), ("insert", 403, "quotaExceeded", .retrySlowly),
            ("insert", 400, "insufficientCapacity", .retrySlowly),
            ("insert", 503, "ZONE_RESOURCE_POOL_EXHAUSTED", .retrySlowly),
            ("insert", 503, "ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS", .retrySlowly), ("stop", 400, "resourceNotReady", .backOff),
            ("delete", 409, "", .backOff), ("setLabels", 412, "conditionNotMet", .rereadFingerprint),
            ("insert", 400, "invalid", .permanent),
            ("insert", 401, "authError", .permanent), ("insert", 403, "forbidden", .permanent), ("insert", 404, "notFound", .permanent),
        ]
    )
    func refusals(_ row: (String, Int, String, ComputeReaction)) throws {
        let verb = try #require(ComputeVerb(rawValue: row.0))
        #expect(ComputeErrorRow.reaction(to: ComputeFault(status: row.1, reasons: [row.2]), of: verb) == row.3)
    }

    @Test(
        "A refusal that passes is waited for as long as it asks, within reason",
        arguments: [(nil, 10), (3, 10), (42, 42), (1_000_000, 3600)]
    )
    func pauses(_ asked: Int64?, _ seconds: Int64) {
        let fault = ComputeFault(status: 429, body: nil, retryAfter: asked.map { .seconds($0) })
        let error = fault.error(.get, ComputeErrorRow.reaction(to: fault, of: .get))
        #expect(error.code == .unavailable && error.retryAfter == .seconds(seconds))
    }

    @Test("No row of the table is out of reach")
    func rows() {
        for (index, row) in ComputeErrorRow.table.enumerated() {
            let verb = row.verbs?.first ?? .list
            let fault = ComputeFault(status: row.status ?? 418, reasons: row.reason.map { [$0] } ?? [])
            let first = ComputeErrorRow.table.firstIndex { other in
                other.verbs?.contains(verb) ?? true && other.status.map { $0 == fault.status } ?? true
                    && other.reason.map(fault.reasons.contains) ?? true
            }
            #expect(first == index)
        }
    }

    @Test("The reason of an error's details counts like that of its list; a body of somebody else's leaves the status")
    func bodies() {
        let fault = ComputeFault(status: 403, body: ComputeStandIn.error(403, "forbidden", "CONCURRENT_OPERATIONS_QUOTA_EXCEEDED"))
        #expect(fault.reasons == ["forbidden", "CONCURRENT_OPERATIONS_QUOTA_EXCEEDED"])
        #expect(ComputeErrorRow.reaction(to: fault, of: .insert) == .backOff)
        #expect(ComputeFault(status: 502, body: nil) == ComputeFault(status: 502))
        #expect(ComputeFault(status: 502, body: "<html>") == ComputeFault(status: 502))
    }

    @Test(
        "An operation that is done with an error has failed, by its code",
        arguments: [
            ("ZONE_RESOURCE_POOL_EXHAUSTED", "NoCapacity", false, 300),
            ("ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS", "NoCapacity", false, 300),
            ("QUOTA_EXCEEDED", "NoCapacity", false, 300), ("RESOURCE_NOT_FOUND", "OperationFailed", true, 0),
            ("INVALID_FIELD_VALUE", "OperationFailed", true, 0), ("RESOURCE_NOT_READY", "OperationFailed", false, 10),
            ("INTERNAL_ERROR", "OperationFailed", false, 10), ("RATE_LIMIT_EXCEEDED", "OperationFailed", false, 10),
            ("SOMETHING_NEW", "OperationFailed", false, 300),
        ]
    )
    func operations(_ row: (String, String, Bool, Int)) throws {
        let json: JSON = ["name": "o", "status": "DONE", "error": ["errors": [["code": .string(row.0), "message": "m"]]]]
        let (trouble, delay) = try #require(try ComputeOperation(json).trouble(of: .insert))
        #expect(trouble.reason == row.1)
        #expect(trouble.isPermanent == row.2)
        #expect(delay == (row.3 == 0 ? nil : .seconds(row.3)))
    }

    @Test("An operation is no failure while it runs, when it is done without an error, and when the name was taken")
    func operationsWithoutTrouble() throws {
        let error: JSON = ["errors": [["code": "QUOTA_EXCEEDED"]]]
        #expect(try ComputeOperation(["name": "o", "status": "RUNNING", "error": error]).trouble(of: .insert) == nil)
        #expect(try ComputeOperation(["name": "o", "status": "DONE"]).trouble(of: .insert) == nil)
        let taken: JSON = ["name": "o", "status": "DONE", "error": ["errors": [["code": "RESOURCE_ALREADY_EXISTS"]]]]
        #expect(try ComputeOperation(taken).trouble(of: .insert) == nil)
        let bare: JSON = ["name": "o", "status": "DONE", "httpErrorStatusCode": 403, "httpErrorMessage": "FORBIDDEN"]
        #expect(try ComputeOperation(bare).trouble(of: .insert)?.0.message.contains("HTTP_403") == true)
        #expect(throws: MachineError.self) { try ComputeOperation(["status": "DONE"]) }
    }

    @Test(
        "The step from what is seen to what is wanted",
        arguments: [
            (MachineGoal.power(.on), "", MachineOperation.Kind?.some(.insert)), (.power(.on), "TERMINATED", .start),
            (.power(.on), "STOPPED", .start), (.power(.on), "SUSPENDED", .resume), (.power(.on), "RUNNING", nil),
            (.power(.on), "STOPPING", nil), (.power(.on), "PROVISIONING", nil), (.power(.off), "RUNNING", .stop),
            (.power(.off), "REPAIRING", .stop), (.power(.off), "", nil), (.power(.off), "STAGING", nil), (.power(.off), "TERMINATED", nil),
            (.power(.suspended), "RUNNING", .suspend), (.power(.suspended), "", nil), (.gone, "", nil), (.gone, "RUNNING", .delete),
            (.gone, "TERMINATED", .delete), (.gone, "PROVISIONING", .delete), (.gone, "DEPROVISIONING", nil), (.gone, "NEW", .delete),
        ]
    )
    func steps(_ row: (MachineGoal, String, MachineOperation.Kind?)) {
        let state = row.1.isEmpty ? MachineState.absent : ComputeStatus.state(of: row.1)
        #expect(ComputeStatus.step(to: row.0, from: state, status: row.1) == row.2)
    }

    @Test("The body of an insert is a published Instance, and what Compute Engine would refuse is refused before")
    func bodyOfInsert() throws {
        var request = Samples.request
        request.serviceAccount = "fleet@p.iam.gserviceaccount.com"
        let configuration = ComputeEngineConfiguration(zone: "europe-west2-b")
        let body = try ComputeInsertBody.make(request, zone: "europe-west2-b", configuration: configuration)
        #expect(try DiscoveryDocument().check(body, "Instance", at: "Instance") == [])
        #expect(body["machineType"] == "zones/europe-west2-b/machineTypes/e2-standard-2")
        #expect(body["disks"]?[0]?["initializeParams"]?["diskSizeGb"] == "30")
        #expect(body["networkInterfaces"]?[0]?["accessConfigs"]?[0]?["type"] == "ONE_TO_ONE_NAT")
        var hidden = configuration
        hidden.hasPublicAddress = false
        #expect(try ComputeInsertBody.make(request, zone: "z", configuration: hidden)["networkInterfaces"]?[0]?["accessConfigs"] == nil)

        var bad: [MachineRequest] = [request, request, request, request]
        bad[0].target.name = "a_b"
        bad[1].userData = String(repeating: "x", count: 256 * 1024 + 1)
        bad[2].labels = ["Team": "a"]
        bad[3].diskGb = 0
        for request in bad {
            let error = #expect(throws: MachineError.self) { try ComputeInsertBody.make(request, zone: "z", configuration: configuration) }
            #expect(error?.code == .invalidRequest)
            #expect(error?.isPermanent == true)
        }
    }

    @Test("The document in use refuses unknown members, wrong types, unknown parameters and ids of nothing but zeros")
    func document() throws {
        let document = try DiscoveryDocument()
        #expect(document.check(["nome": "x"], "Instance", at: "I") == ["I.nome: unknown property"])
        #expect(!document.check(["name": 1], "Instance", at: "I").isEmpty)
        #expect(!document.check(["disks": [["initializeParams": ["diskSizeGb": 30]]]], "Instance", at: "I").isEmpty)
        let path = "/compute/v1/projects/p/zones/z/instances"
        let insert = try #require(document.method("POST", path: path))
        #expect(!document.findings(insert, query: ["requestID": "x"], body: ["name": "x"]).isEmpty)
        let zeros = ["requestId": "00000000-0000-0000-0000-000000000000"]
        #expect(document.findings(insert, query: zeros, body: ["name": "x"]).count == 1)
        #expect(document.findings(insert, query: [:], body: nil).count == 1)
        let get = try #require(document.method("GET", path: "\(path)/a_b"))
        #expect(document.findings(get, query: [:], body: nil).count == 1)
        #expect(document.method("PUT", path: path) == nil)
    }
}
