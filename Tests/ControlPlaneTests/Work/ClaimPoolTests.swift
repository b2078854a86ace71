import NIOConcurrencyHelpers
import Testing

@testable import ControlPlane

@Suite struct ClaimPoolTests {
    @Test func asMuchIsClaimedAsThereIsRoomFor() {
        var slots = ClaimSlots(capacity: 8)
        #expect(slots.wanted == nil, "nobody said that there is work")
        slots.wake()
        #expect(slots.wanted == 8)
        slots.claimed(8, of: 8)
        #expect(slots.wanted == nil)
        slots.done(1)
        #expect(slots.wanted == nil, "one slot is not worth a question")
        slots.done(1)
        #expect(slots.wanted == 2)
        slots.claimed(1, of: 2)
        #expect(slots.wanted == nil && slots.busy == 7, "there is no more work")
        slots.done(7)
        #expect(slots.wanted == nil)
        slots.wake()
        slots.failed()
        #expect(slots.wanted == nil)
        slots.wake()
        #expect(slots.wanted == 8)
    }

    @Test func aSmallPoolAsksForEverySlot() {
        var slots = ClaimSlots(capacity: 2)
        slots.wake()
        slots.claimed(2, of: 2)
        slots.done(1)
        #expect(slots.wanted == 1)
    }

    @Test func aSlowPieceHoldsUpNoOther() async throws {
        let queue = NIOLockedValueBox(Array(0..<100))
        let done = NIOLockedValueBox<Set<Int>>([])
        let most = NIOLockedValueBox((now: 0, most: 0))
        let (slow, release) = AsyncStream.makeStream(of: Never.self)
        let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let pool = ClaimPool<Int>(
            capacity: 4,
            claim: { count in
                queue.withLockedValue { queue in
                    defer { queue.removeFirst(min(count, queue.count)) }
                    return Array(queue.prefix(count))
                }
            },
            work: { piece in
                most.withLockedValue { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
                if piece == 0 { for await _ in slow {} }
                most.withLockedValue { $0.now -= 1 }
                _ = done.withLockedValue { $0.insert(piece) }
            },
            failed: { _ in }
        )
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await pool.run(wakes: wakes) }
            wake.yield()
            // The first one goes on all the while.
            try? await eventually("all others are done") { done.withLockedValue { $0.count } == 99 }
            #expect(done.withLockedValue { !$0.contains(0) })
            release.finish()
            try? await eventually("the slow one is done") { done.withLockedValue { $0.count } == 100 }
            wake.finish()
            await group.waitForAll()
        }
        #expect(most.withLockedValue { $0.most } <= 4)
    }
}
