import Foundation
import KubernetesModel
import Testing

@testable import Projection

@Suite struct ProjectionQueueTests {
    private let start = ContinuousClock.now

    private func batch(_ queue: inout ProjectionQueue, at now: ContinuousClock.Instant? = nil) -> ProjectionQueue.Batch? {
        if case .write(let batch) = queue.next(now: now ?? start) { batch } else { nil }
    }

    private func versions(_ batch: ProjectionQueue.Batch?) -> [String] {
        batch?.changes.map { change in
            switch change {
            case .upsert(let object): "\(object.key.name)@\(object.resourceVersion)"
            case .delete(_, let key, _, let version): "-\(key.name)@\(version)"
            }
        } ?? []
    }

    @Test func onlyTheNewestChangeOfAnObjectIsWritten() throws {
        var queue = ProjectionQueue(batchLimit: 10)
        for event in [3, 5, 4] { queue.apply(.upsert(try tenant("a", version: event)), now: start) }
        queue.apply(.upsert(try tenant("b", version: 1)), now: start)
        queue.apply(deletion(of: "b", version: 2), now: start)
        queue.apply(.upsert(try tenant("b", version: 1)), now: start)
        #expect(queue.count == 2)
        #expect(versions(batch(&queue)) == ["a@5", "-b@2"])
        #expect(batch(&queue) == nil, "one batch at a time")
        queue.succeeded()
        #expect(queue.count == 0)
    }

    @Test func anOutageLosesNothingAndNewerChangesWin() throws {
        var queue = ProjectionQueue(batchLimit: 2)
        for name in ["a", "b", "c"] { queue.apply(.upsert(try tenant(name, version: 1)), now: start) }
        let first = try #require(batch(&queue))
        #expect(versions(first) == ["a@1", "b@1"])
        queue.apply(.upsert(try tenant("a", version: 2)), now: start)
        #expect(queue.failed(first, .unavailable, now: start, jitter: 0) == nil)
        guard case .wait(let until) = queue.next(now: start) else { throw TestFailure() }
        #expect(until == start + .milliseconds(50))
        let second = try #require(batch(&queue, at: start + .milliseconds(50)))
        #expect(queue.failed(second, .unavailable, now: start, jitter: 0) == nil)
        guard case .wait(let later) = queue.next(now: start) else { throw TestFailure() }
        #expect(later == start + .milliseconds(100))
        var seen: [String] = []
        while let next = batch(&queue, at: start + .seconds(60)) {
            seen += versions(next)
            queue.succeeded()
        }
        #expect(seen.sorted() == ["a@2", "b@1", "c@1"])
    }

    @Test func aRefusedObjectDoesNotStopTheOthers() throws {
        var queue = ProjectionQueue(batchLimit: 10)
        for name in ["a", "bad", "c"] { queue.apply(.upsert(try tenant(name, version: 1)), now: start) }
        queue.apply(.synced(.tenant, namespace: nil, objects: [], resourceVersion: "9"), now: start)
        let all = try #require(batch(&queue))
        #expect(all.changes.count == 3 && all.sweeps.count == 1)
        #expect(queue.failed(all, .refused, now: start, jitter: 0) == nil)
        var written: [String] = []
        var sweeps = 0
        while let next = batch(&queue) {
            sweeps += next.sweeps.count
            if versions(next).contains("bad@1") {
                #expect(next.changes.count == 1)
                #expect(queue.failed(next, .refused, now: start, jitter: 0)?.key.name == "bad")
            } else {
                written += versions(next)
                queue.succeeded()
            }
        }
        #expect(written == ["a@1", "c@1"] && sweeps == 1 && queue.count == 0)
    }

    @Test func aListIsSweptAfterItsObjectsAndTheNewestListCounts() throws {
        var queue = ProjectionQueue(batchLimit: 2)
        let objects = try (0..<5).map { try tenant("t\($0)", version: 5) }
        queue.apply(.synced(.tenant, namespace: nil, objects: [], resourceVersion: "4"), now: start)
        queue.apply(.synced(.tenant, namespace: nil, objects: objects, resourceVersion: "9"), now: start)
        var batches: [ProjectionQueue.Batch] = []
        while let next = batch(&queue) {
            batches.append(next)
            queue.succeeded()
        }
        #expect(batches.map(\.changes.count) == [2, 2, 1])
        #expect(batches.map(\.sweeps.count) == [0, 0, 1])
        #expect(batches.last?.sweeps.first?.resourceVersion == "9")
        #expect(batches.last?.sweeps.first?.keys.count == 5)
    }

    private struct TestFailure: Error {}
}
