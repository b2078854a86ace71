import Foundation
import Testing

@testable import Machines

@Suite("Local machines: finding them again", .serialized)
struct LocalAdoptionTests {
    @Test("A machine outlives its provider, and the next one finds it again without starting another")
    func adopted() async throws {
        try await LocalStage.set { stage in
            let first = stage.provider()
            try await stage.running(first) {
                _ = try await first.ensure(stage.request(), operation: nil)
                try await stage.reach(.running, first)
            }
            let record = try stage.record()
            let running = try #require(record.running)
            #expect(ProcessTable.condition(of: running.identity) == .alive)

            let second = stage.provider()
            try await stage.running(second) {
                let seen = try await second.observe(Samples.target, operation: nil)
                #expect(seen.state == .running)
                #expect(seen.gatewayPort == record.port)
                #expect(try stage.record() == record)
                _ = try await second.ensure(stage.request(), operation: nil)
                #expect(try stage.record().running == running)
                // What was found again is looked after like what was started.
                kill(running.identity.pid, SIGKILL)
                try await eventually("it was started again") { try stage.record().running.map { $0 != running } == true }
            }
        }
    }

    @Test("A process that was started and not written down, because its provider ended in between, is found")
    func unrecorded() async throws {
        try await LocalStage.set { stage in
            let first = stage.provider()
            try await stage.running(first) {
                _ = try await first.ensure(stage.request(), operation: nil)
                try await stage.reach(.running, first)
            }
            let running = try #require(try stage.record().running)
            try stage.change { record in
                record.running = nil
                record.starting = .gateway
            }
            let second = stage.provider()
            try await stage.running(second) {
                try await stage.reach(.running, second)
                #expect(try stage.record().running == running)
                #expect(try stage.record().starting == nil)
            }
        }
    }

    @Test("A process that only has the number of ours is neither ours nor signalled")
    func foreignProcess() async throws {
        try await LocalStage.set { stage in
            let first = stage.provider()
            try await stage.running(first) {
                _ = try await first.ensure(stage.request(), operation: nil)
                try await stage.reach(.running, first)
            }
            let ours = try #require(try stage.record().running)
            ProcessTable.signal(ours.identity, SIGKILL)
            try await eventually("ours is gone") { ProcessTable.condition(of: ours.identity) != .alive }

            let stranger = try DetachedProcess.start(["/bin/sleep", "60"], environment: [:], directory: "/", log: "/dev/null")
            let identity = try #require(ProcessTable.identity(of: stranger))
            defer { ProcessTable.signal(identity, SIGKILL) }
            let wrong = ProcessIdentity(pid: identity.pid, startTime: identity.startTime - 1, bootID: identity.bootID)
            ProcessTable.signal(wrong, SIGKILL)
            var otherStart = identity
            otherStart.bootID = "another start of the host"
            ProcessTable.signal(otherStart, SIGKILL)
            try stage.change { $0.running = .init(role: .gateway, identity: wrong) }
            let second = stage.provider()
            try await stage.running(second) {
                try await eventually("a gateway of our own runs") {
                    let seen = try await second.observe(Samples.target, operation: nil)
                    return try seen.state == .running && stage.record().running?.identity.pid != stranger
                }
                _ = try await second.destroy(Samples.target, operation: nil)
                try await stage.reach(.absent, second)
            }
            #expect(ProcessTable.condition(of: identity) == .alive)
        }
    }

    @Test("Two providers never look after one directory at once")
    func twoProviders() async throws {
        try await LocalStage.set { stage in
            let first = stage.provider()
            try await stage.running(first) {
                _ = try await first.ensure(stage.request(), operation: nil)
                let second = stage.provider()
                let error = await #expect(throws: MachineError.self) { try await second.observe(Samples.target, operation: nil) }
                #expect(error?.code == .busy)
                #expect(error?.isPermanent == false)
            }
        }
    }

    @Test("Told to, machines end with the service, and are there again with the next one")
    func endsWithService() async throws {
        try await LocalStage.set { stage in
            let first = stage.provider { $0.endsWithService = true }
            try await stage.running(first) {
                _ = try await first.ensure(stage.request(), operation: nil)
                try await stage.reach(.running, first)
            }
            #expect(try stage.record().running == nil)
            #expect(try stage.record().wanted == .on)
            let second = stage.provider()
            try await stage.running(second) { _ = try await stage.reach(.running, second) }
        }
    }
}
