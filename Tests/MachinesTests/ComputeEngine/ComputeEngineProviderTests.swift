import Foundation
import JSONValue
import MachineFixtures
import NIOConcurrencyHelpers
import Testing

@testable import Machines

@Suite("Compute Engine: machines")
struct ComputeEngineProviderTests {
    private static func provider(_ standIn: ComputeStandIn, timeout: Duration = .seconds(10)) -> ComputeEngineProvider {
        let environment = ["GCE_METADATA_HOST": standIn.host]
        var configuration = ComputeEngineConfiguration(zone: "europe-west2-b", credentials: .metadataServer(environment: environment))
        configuration.endpoint = standIn.address
        configuration.callTimeout = timeout
        return ComputeEngineProvider(configuration: configuration)
    }

    private static func id() -> String { UUID().uuidString.lowercased() }

    /// Goes on as an operator does, until a state is seen: observes, plans, and makes the planned call.
    private static func drive(
        _ provider: ComputeEngineProvider,
        _ goal: MachineGoal,
        from operation: MachineOperation? = nil,
        until isReached: (MachineObservation) -> Bool
    ) async throws -> MachineObservation {
        var stored = operation
        for _ in 0..<20 {
            let seen = try await provider.observe(Samples.target, operation: stored)
            stored = seen.operation
            if isReached(seen) { return seen }
            guard let planned = provider.plannedOperation(for: goal, last: seen, ids: id), planned.name == nil else { continue }
            stored = planned
            switch goal {
            case .gone: stored = try await provider.destroy(Samples.target, operation: planned).operation
            case .power(.on): stored = try await provider.ensure(Samples.request, operation: planned).operation
            case .power(let power): stored = try await provider.power(power, of: Samples.target, operation: planned).operation
            }
        }
        throw NotReached(what: "\(goal)")
    }

    private static func started(_ provider: ComputeEngineProvider) async throws -> MachineObservation {
        try await drive(provider, .power(.on)) { $0.state == .running && $0.addresses.count == 2 }
    }

    @Test("A machine is made, gets its address, sleeps, wakes, stops, starts and goes; every request is a published one")
    func life() async throws {
        try await withComputeStandIn { standIn in
            let provider = Self.provider(standIn)
            let absent = try await provider.observe(Samples.target, operation: nil)
            #expect(absent == MachineObservation(state: .absent))
            // Without a stored operation nothing is made.
            _ = try await provider.ensure(Samples.request, operation: nil)
            #expect(standIn.count("instances.insert") == 0)

            let planned = try #require(provider.plannedOperation(for: .power(.on), last: absent, ids: Self.id))
            let made = try await provider.ensure(Samples.request, operation: planned)
            #expect(made.state == .creating)
            #expect(made.operation?.requestID == planned.requestID)
            #expect(made.operation?.name == "operation-1")
            #expect(provider.plannedOperation(for: .power(.on), last: made, ids: Self.id) == made.operation)

            let early = try await Self.drive(provider, .power(.on), from: made.operation) { $0.state == .running }
            #expect(early.trouble?.reason == "AddressPending")
            #expect(early.addresses == [MachineAddress(.internalIP, "10.0.0.7")])
            let running = try await Self.started(provider)
            #expect(running.trouble == nil)
            #expect(running.operation == nil)
            #expect(running.isProvisioned)
            #expect(running.addresses.last == MachineAddress(.externalIP, "203.0.113.9"))
            #expect(running.id == MachineID("gce://fleet-project/europe-west2-b/acme-01"))
            #expect(running.userDataHash == "hash-1")

            let asleep = try await Self.drive(provider, .power(.suspended)) { $0.state == .stopped }
            #expect(asleep.providerState == "SUSPENDED")
            _ = try await Self.started(provider)
            let stopped = try await Self.drive(provider, .power(.off)) { $0.state == .stopped }
            #expect(stopped.providerState == "TERMINATED")
            #expect(stopped.isProvisioned)
            _ = try await Self.started(provider)
            _ = try await Self.drive(provider, .gone) { $0.state == .absent }
            let again = try await provider.destroy(Samples.target, operation: nil)
            #expect(again == MachineObservation(state: .absent))
            for method in ["insert", "suspend", "resume", "stop", "start", "delete"] {
                #expect(standIn.count("instances.\(method)") == 1, "\(method)")
            }
        }
    }

    @Test("A call that is repeated with the stored request id, as after a crash, makes no second machine")
    func repeated() async throws {
        try await withComputeStandIn { standIn in
            let provider = Self.provider(standIn)
            // The name is taken only once the first call has ended: the second one finds no instance, as if the first had been lost.
            let operation = MachineOperation(kind: .insert, requestID: Self.id())
            let first = try await provider.ensure(Samples.request, operation: operation)
            standIn.add(.init(method: "instances.get", status: 404, reason: "notFound"))
            let second = try await provider.ensure(Samples.request, operation: operation)
            #expect(first.operation == second.operation)
            #expect(standIn.state.withLockedValue { $0.operations.count } == 1)
            // Also when the instance is seen: the answer names the operation, which alone tells how it ends.
            let seen = try await provider.observe(Samples.target, operation: operation)
            #expect(seen.state == .creating && seen.operation == operation)
            #expect(provider.plannedOperation(for: .power(.on), last: seen, ids: { "other" }) == operation)
            #expect(provider.plannedOperation(for: .gone, last: seen, ids: { "other" })?.kind == .delete)
            let third = try await provider.ensure(Samples.request, operation: operation)
            #expect(third.operation == first.operation && third.state == .creating)
            let running = try await Self.drive(provider, .power(.on), from: operation) { $0.state == .running }
            #expect(running.operation == nil)
            #expect(standIn.state.withLockedValue { $0.operations.count } == 1)
        }
    }

    @Test("A name that was taken in the meantime: ours is adopted, a stranger's is left alone")
    func taken() async throws {
        try await withComputeStandIn { standIn in
            let provider = Self.provider(standIn)
            _ = try await Self.started(provider)
            standIn.add(.init(method: "instances.get", status: 404, reason: "notFound"))
            let adopted = try await provider.ensure(Samples.request, operation: MachineOperation(kind: .insert, requestID: Self.id()))
            #expect(adopted.state == .running)
            #expect(adopted.operation == nil)

            standIn.state.withLockedValue { $0.instances["acme-01"]?["labels"] = ["managed-by": "opencrane", "opencrane-owner": "other"] }
            standIn.add(.init(method: "instances.get", status: 404, reason: "notFound"))
            let before = standIn.calls.count
            let error = await #expect(throws: MachineError.self) {
                try await provider.ensure(Samples.request, operation: MachineOperation(kind: .insert, requestID: Self.id()))
            }
            #expect(error?.code == .foreignMachine)
            #expect(error?.isPermanent == true)
            let calls = standIn.calls.dropFirst(before).map(\.method)
            #expect(calls == ["instances.get", "instances.insert", "instances.get"])
        }
    }

    @Test("A stranger's machine is neither shown, nor labelled, nor switched, nor deleted", arguments: [true, false])
    func foreign(isLabelled: Bool) async throws {
        try await withComputeStandIn { standIn in
            let provider = Self.provider(standIn)
            let labels: JSON = isLabelled ? ["managed-by": "opencrane", "opencrane-owner": "other"] : [:]
            standIn.state.withLockedValue { $0.instances["acme-01"] = ["name": "acme-01", "status": "RUNNING", "labels": labels] }
            @Sendable func operation(_ kind: MachineOperation.Kind) -> MachineOperation {
                MachineOperation(kind: kind, requestID: Self.id())
            }
            let calls: [@Sendable () async throws -> MachineObservation] = [
                { try await provider.observe(Samples.target, operation: nil) },
                { try await provider.ensure(Samples.request, operation: operation(.start)) },
                { try await provider.power(.off, of: Samples.target, operation: operation(.stop)) },
                { try await provider.destroy(Samples.target, operation: operation(.delete)) },
            ]
            for call in calls {
                let error = await #expect(throws: MachineError.self) { try await call() }
                #expect(error?.code == .foreignMachine)
            }
            #expect(standIn.calls.allSatisfy { $0.method == "instances.get" })
        }
    }

    @Test(
        "An operation that is done with an error is a failure, and the next attempt has a new request id",
        arguments: [("ZONE_RESOURCE_POOL_EXHAUSTED", false), ("INVALID_FIELD_VALUE", true)]
    )
    func failedOperation(_ code: String, _ isPermanent: Bool) async throws {
        try await withComputeStandIn { standIn in
            let provider = Self.provider(standIn)
            standIn.state.withLockedValue { $0.failures = [code] }
            let failed = try await Self.drive(provider, .power(.on)) { $0.trouble != nil }
            #expect(failed.trouble?.isPermanent == isPermanent)
            #expect(failed.trouble?.message.contains(code) == true)
            #expect(failed.operation == nil)
            #expect(failed.state == (isPermanent ? .failed : .absent))
            let next = provider.plannedOperation(for: .power(.on), last: failed, ids: { "new" })
            #expect(next == (isPermanent ? nil : MachineOperation(kind: .insert, requestID: "new")))
            // What failed for good can still be taken away.
            let gone = try await Self.drive(provider, .gone) { $0.state == .absent }
            #expect(gone.operation == nil)
            if !isPermanent { _ = try await Self.started(provider) }
        }
    }

    @Test(
        "Refusals of a call reach the caller as they are to be handled",
        arguments: [
            (400, "invalid", MachineError.Code.refused, true), (403, "forbidden", .refused, true), (401, "authError", .unauthorized, true),
            (403, "rateLimitExceeded", .unavailable, false), (429, "", .unavailable, false), (500, "backendError", .unavailable, false),
            (503, "", .unavailable, false),
        ]
    )
    func refusals(_ row: (Int, String, MachineError.Code, Bool)) async throws {
        try await withComputeStandIn { standIn in
            let provider = Self.provider(standIn)
            standIn.add(.init(method: "instances.insert", status: row.0, reason: row.1, times: 2))
            let error = await #expect(throws: MachineError.self) {
                try await provider.ensure(Samples.request, operation: MachineOperation(kind: .insert, requestID: Self.id()))
            }
            #expect(error?.code == row.2)
            #expect(error?.isPermanent == row.3)
            #expect((error?.retryAfter == nil) == row.3)
        }
    }

    @Test("No room is shown as trouble, to be tried again slowly with a new operation")
    func noRoom() async throws {
        try await withComputeStandIn { standIn in
            let provider = Self.provider(standIn)
            standIn.add(.init(method: "instances.insert", status: 403, reason: "quotaExceeded"))
            let seen = try await provider.ensure(Samples.request, operation: MachineOperation(kind: .insert, requestID: Self.id()))
            #expect(seen.trouble?.reason == "NoCapacity")
            #expect(seen.retryAfter == .seconds(300))
            #expect(seen.operation == nil)
            #expect(provider.plannedOperation(for: .power(.on), last: seen, ids: { "new" })?.requestID == "new")
        }
    }

    @Test("Labels that differ are set beside those of others; a stale fingerprint is read again")
    func labels() async throws {
        try await withComputeStandIn { standIn in
            let provider = Self.provider(standIn)
            _ = try await Self.started(provider)
            standIn.state.withLockedValue { state in
                state.instances["acme-01"]?[at: ["labels", "cost"]] = "x"
                state.instances["acme-01"]?[at: ["labels", "tenant"]] = "other"
            }
            standIn.add(.init(method: "instances.setLabels", status: 412, reason: "conditionNotMet"))
            _ = try await provider.ensure(Samples.request, operation: nil)
            #expect(standIn.count("instances.setLabels") == 2)
            let labels = standIn.state.withLockedValue { $0.instances["acme-01"]?["labels"] }
            #expect(labels?["cost"] == "x")
            #expect(labels?["tenant"] == "acme-01")
            _ = try await provider.ensure(Samples.request, operation: nil)
            #expect(standIn.count("instances.setLabels") == 2)

            standIn.state.withLockedValue { $0.instances["acme-01"]?[at: ["labels", "tenant"]] = "other" }
            standIn.add(.init(method: "instances.setLabels", status: 412, reason: "conditionNotMet", times: 9))
            let error = await #expect(throws: MachineError.self) { try await provider.ensure(Samples.request, operation: nil) }
            #expect(error?.code == .conflict)
            #expect(standIn.count("instances.setLabels") == 5)
        }
    }

    @Test("A machine that goes while it is being made is deleted once it is there")
    func destroyDuringInsert() async throws {
        try await withComputeStandIn { standIn in
            let provider = Self.provider(standIn)
            let made = try await provider.ensure(Samples.request, operation: MachineOperation(kind: .insert, requestID: Self.id()))
            // The instance is not seen yet, so gone would be too early to say.
            standIn.add(.init(method: "instances.get", status: 404, reason: "notFound"))
            let waiting = try await provider.destroy(Samples.target, operation: made.operation)
            #expect(waiting.state == .creating)
            #expect(waiting.operation == made.operation)
            _ = try await Self.drive(provider, .gone, from: waiting.operation) { $0.state == .absent }
            #expect(standIn.state.withLockedValue { $0.instances.isEmpty })
        }
    }

    @Test("A step that was only stored gives way to what is wanted by now; one that is under way does not")
    func changedMind() async throws {
        let provider = ComputeEngineProvider(configuration: ComputeEngineConfiguration(project: "p", zone: "z"))
        func plan(_ goal: MachineGoal, _ state: MachineState, _ status: String, _ stored: MachineOperation) -> MachineOperation? {
            let last = MachineObservation(state: state, providerState: status, operation: stored)
            return provider.plannedOperation(for: goal, last: last, ids: { "new" })
        }
        let start = MachineOperation(kind: .start, requestID: "r")
        #expect(plan(.power(.on), .stopped, "TERMINATED", start) == start)
        #expect(plan(.power(.off), .stopped, "TERMINATED", start) == nil)
        #expect(plan(.gone, .stopped, "TERMINATED", start) == MachineOperation(kind: .delete, requestID: "new"))
        let insert = MachineOperation(kind: .insert, requestID: "r")
        #expect(plan(.power(.on), .absent, "", insert) == insert)
        #expect(plan(.gone, .absent, "", insert) == nil)
        var taken = start
        taken.name = "operation-1"
        #expect(plan(.gone, .stopped, "TERMINATED", taken) == taken)
        #expect(provider.plannedOperation(for: .power(.on), last: nil, ids: { "new" }) == nil)

        // Stored to be stopped, then wanted away: it goes.
        try await withComputeStandIn { standIn in
            let provider = Self.provider(standIn)
            _ = try await Self.started(provider)
            let stop = MachineOperation(kind: .stop, requestID: Self.id())
            _ = try await Self.drive(provider, .gone, from: stop) { $0.state == .absent }
            #expect(standIn.count("instances.stop") == 0)
        }
    }

    @Test("An operation that the provider has forgotten is not waited for")
    func forgotten() async throws {
        try await withComputeStandIn { standIn in
            let provider = Self.provider(standIn)
            _ = try await Self.started(provider)
            let operation = MachineOperation(kind: .start, requestID: Self.id(), name: "operation-999")
            let seen = try await provider.observe(Samples.target, operation: operation)
            #expect(seen.operation == nil)
            #expect(seen.state == .running)
        }
    }

    @Test("A refused token is replaced once; an unchanged one is used again")
    func tokens() async throws {
        try await withComputeStandIn { standIn in
            let provider = Self.provider(standIn)
            for _ in 0..<3 { _ = try await provider.observe(Samples.target, operation: nil) }
            #expect(standIn.state.withLockedValue { $0.issued } == 1)
            standIn.state.withLockedValue { _ = $0.revoked.insert("token-1") }
            _ = try await provider.observe(Samples.target, operation: nil)
            #expect(standIn.state.withLockedValue { $0.issued } == 2)
        }
    }

    @Test("A call that is not answered ends by its time limit")
    func silence() async throws {
        try await withComputeStandIn { standIn in
            let provider = Self.provider(standIn, timeout: .milliseconds(300))
            standIn.add(.init(method: "instances.get", status: 0, hangs: true))
            let error = await #expect(throws: MachineError.self) { try await provider.observe(Samples.target, operation: nil) }
            #expect(error?.code == .unreachable)
            #expect(error?.isPermanent == false)
        }
    }

    @Test("All machines with our label are listed, page by page")
    func list() async throws {
        try await withComputeStandIn { standIn in
            let provider = Self.provider(standIn)
            standIn.state.withLockedValue { state in
                for number in 1...5 {
                    let labels: JSON =
                        number == 3
                        ? [:]
                        : [
                            "managed-by": "opencrane", "opencrane-owner": .string("u-\(number)"), "opencrane-installation": "ours",
                        ]
                    state.instances["m-\(number)"] = ["name": .string("m-\(number)"), "status": "RUNNING", "labels": labels]
                }
            }
            let machines = try await provider.machines()
            #expect(machines.map(\.name) == ["m-1", "m-2", "m-4", "m-5"])
            #expect(machines.map(\.ownerLabel) == ["u-1", "u-2", "u-4", "u-5"])
            #expect(machines.allSatisfy { $0.installation == "ours" && $0.state == .running && $0.zone == "europe-west2-b" })
            #expect(standIn.count("instances.list") == 2)
        }
    }
}
