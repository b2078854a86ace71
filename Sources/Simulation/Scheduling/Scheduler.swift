import NIOConcurrencyHelpers

/// Runs all tasks of a simulation on the thread that calls ``run(until:atMost:)``, one piece at a time, in an order that the seed chooses.
/// Time moves on when nothing can run.
final class Scheduler: TaskExecutor {
    /// The tasks never come to rest although no time passes.
    struct Livelock: Error, CustomStringConvertible {
        var moment: Duration
        var description: String { "More than \(Scheduler.limit) pieces of work ran at the moment \(moment)" }
    }

    static let limit = 400_000

    private let ready = NIOLockedValueBox<[UnownedJob]>([])
    private let random: SharedRandom
    let clock: VirtualClock

    init(clock: VirtualClock, random: SharedRandom) {
        self.clock = clock
        self.random = random
    }

    func enqueue(_ job: consuming ExecutorJob) { add(UnownedJob(job)) }

    func add(_ job: UnownedJob) { ready.withLockedValue { $0.append(job) } }

    /// Starts a task here.
    @discardableResult
    func start(_ work: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        ExecutorHook.with(self) { Task(executorPreference: self) { await work() } }
    }

    /// Runs tasks until a condition holds or a moment is reached.
    ///
    /// - Returns: whether the condition held.
    /// - Throws: ``Livelock``.
    @discardableResult
    func run(until isOver: () -> Bool = { false }, atMost end: Duration) throws -> Bool {
        try ExecutorHook.with(self) {
            var pieces = 0
            while true {
                while let job = next() {
                    job.runSynchronously(on: asUnownedTaskExecutor())
                    if isOver() { return true }
                    pieces += 1
                    if pieces > Self.limit { throw Livelock(moment: clock.elapsed) }
                }
                guard let deadline = clock.nextDeadline, deadline <= end else {
                    clock.advance(to: end)
                    if ready.withLockedValue({ $0.isEmpty }) { return isOver() }
                    continue
                }
                pieces = 0
                clock.advance(to: deadline)
            }
        }
    }

    private func next() -> UnownedJob? {
        ready.withLockedValue { ready in
            guard !ready.isEmpty else { return nil }
            let index = random.below(ready.count)
            ready.swapAt(index, ready.count - 1)
            return ready.removeLast()
        }
    }
}
