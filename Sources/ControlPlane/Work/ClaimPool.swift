import NIOConcurrencyHelpers

/// Works on pieces that are claimed from somewhere, some at a time; see ``ClaimSlots``.
struct ClaimPool<Claim: Sendable>: Sendable {
    /// The most pieces that are worked on at a time.
    let capacity: Int
    /// Claims at most so many pieces.
    let claim: @Sendable (Int) async throws -> [Claim]
    /// Works on one.
    let work: @Sendable (Claim) async -> Void
    /// Hears that there was no way to claim.
    let failed: @Sendable (any Error) -> Void

    /// Works until cancelled, or until there are no more wakes and nothing is worked on.
    ///
    /// - Parameter wakes: says that it may be worth to look for work.
    func run(wakes: AsyncStream<Void>) async {
        let (events, tell) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let news = NIOLockedValueBox((done: 0, isAwake: false))
        await withDiscardingTaskGroup { group in
            group.addTask {
                for await _ in wakes {
                    news.withLockedValue { $0.isAwake = true }
                    tell.yield()
                }
                tell.finish()
            }
            var slots = ClaimSlots(capacity: capacity)
            for await _ in events {
                let (done, isAwake) = news.withLockedValue { value in
                    defer { value = (0, false) }
                    return value
                }
                slots.done(done)
                if isAwake { slots.wake() }
                while let wanted = slots.wanted, !Task.isCancelled {
                    do {
                        let claims = try await claim(wanted)
                        slots.claimed(claims.count, of: wanted)
                        for claim in claims {
                            group.addTask {
                                await work(claim)
                                news.withLockedValue { $0.done += 1 }
                                tell.yield()
                            }
                        }
                    } catch {
                        slots.failed()
                        if !Task.isCancelled { failed(error) }
                    }
                }
            }
        }
    }
}
