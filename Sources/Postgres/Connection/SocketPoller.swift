import CLibPQ
import Foundation
import Glibc
import NIOConcurrencyHelpers

/// One thread that waits with epoll for the sockets of all connections.
///
/// Each wait is armed once (`EPOLLONESHOT`) and resumes its continuation when the socket is ready, the deadline passed, or the
/// task was cancelled. A descriptor has one waiter at a time.
final class SocketPoller: Sendable {
    /// The poller of this process.
    static let shared = SocketPoller()

    /// Whether something can be read from a socket now, its end included.
    static func isReadable(_ socket: Int32) -> Bool {
        var descriptor = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, 0) > 0
    }

    /// What a caller waits for.
    struct Interest: OptionSet, Sendable {
        let rawValue: UInt32
        static let read = Interest(rawValue: EPOLLIN.rawValue)
        static let write = Interest(rawValue: EPOLLOUT.rawValue)
    }

    /// How a wait ended.
    enum Outcome: Sendable { case ready, timedOut, cancelled }

    private struct Waiter {
        let id: UInt32
        let deadline: ContinuousClock.Instant?
        let continuation: CheckedContinuation<Outcome, Never>
    }

    private struct State {
        var waiters: [Int32: Waiter] = [:]
        var lastID: UInt32 = 0
        /// When the thread looks at the deadlines next; never later than the earliest deadline.
        var wakesAt: ContinuousClock.Instant?
    }

    private let state = NIOLockedValueBox(State())
    private let epoll: Int32
    private let wakeUp: Int32

    private init() {
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        wakeUp = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))
        precondition(epoll >= 0 && wakeUp >= 0, "epoll_create1 or eventfd failed: the process has no descriptors left")
        var event = epoll_event(events: EPOLLIN.rawValue, data: epoll_data_t(u64: UInt64.max))
        epoll_ctl(epoll, EPOLL_CTL_ADD, wakeUp, &event)
        let thread = Thread { [self] in run() }
        thread.name = "postgres-poller"
        thread.start()
    }

    /// Waits until a socket is ready.
    ///
    /// - Parameters:
    ///   - descriptor: the socket.
    ///   - interest: what to wait for.
    ///   - deadline: when to give up; `nil` waits without end.
    ///   - isCancellable: whether the cancellation of the task ends the wait.
    func wait(
        _ descriptor: Int32,
        for interest: Interest,
        until deadline: ContinuousClock.Instant?,
        isCancellable: Bool
    ) async -> Outcome {
        let id = state.withLockedValue { state in
            state.lastID &+= 1
            return state.lastID
        }
        guard isCancellable else { return await park(descriptor, interest, deadline, id, isCancellable: false) }
        return await withTaskCancellationHandler {
            await park(descriptor, interest, deadline, id, isCancellable: true)
        } onCancel: {
            end(descriptor, id, .cancelled)
        }
    }

    private func park(
        _ descriptor: Int32,
        _ interest: Interest,
        _ deadline: ContinuousClock.Instant?,
        _ id: UInt32,
        isCancellable: Bool
    ) async -> Outcome {
        await withCheckedContinuation { continuation in
            let mustWake = state.withLockedValue { state in
                state.waiters[descriptor] = Waiter(id: id, deadline: deadline, continuation: continuation)
                guard let deadline, state.wakesAt.map({ deadline < $0 }) ?? true else { return false }
                state.wakesAt = deadline
                return true
            }
            if mustWake { wake() }
            if !arm(descriptor, interest, id) { end(descriptor, id, .ready) }
            // The handler ran before the waiter was there: nobody else would end this wait.
            if isCancellable, Task.isCancelled { end(descriptor, id, .cancelled) }
        }
    }

    /// Asks epoll for one event. A descriptor epoll refuses counts as ready: the next call of libpq reports what is wrong with it.
    private func arm(_ descriptor: Int32, _ interest: Interest, _ id: UInt32) -> Bool {
        let data = UInt64(id) << 32 | UInt64(UInt32(bitPattern: descriptor))
        var event = epoll_event(events: interest.rawValue | EPOLLONESHOT.rawValue, data: epoll_data_t(u64: data))
        if epoll_ctl(epoll, EPOLL_CTL_MOD, descriptor, &event) == 0 { return true }
        return epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) == 0
    }

    private func end(_ descriptor: Int32, _ id: UInt32, _ outcome: Outcome) {
        let waiter = state.withLockedValue { state -> Waiter? in
            guard state.waiters[descriptor]?.id == id else { return nil }
            return state.waiters.removeValue(forKey: descriptor)
        }
        waiter?.continuation.resume(returning: outcome)
    }

    private func wake() {
        var one: UInt64 = 1
        _ = write(wakeUp, &one, MemoryLayout<UInt64>.size)
    }

    private func run() {
        var events = [epoll_event](repeating: epoll_event(), count: 64)
        while true {
            let count = epoll_wait(epoll, &events, Int32(events.count), timeout())
            for event in events.prefix(Int(max(0, count))) {
                if event.data.u64 == UInt64.max {
                    var value: UInt64 = 0
                    _ = read(wakeUp, &value, MemoryLayout<UInt64>.size)
                } else {
                    end(Int32(bitPattern: UInt32(truncatingIfNeeded: event.data.u64)), UInt32(event.data.u64 >> 32), .ready)
                }
            }
            endOverdue()
        }
    }

    /// Milliseconds until the next look at the deadlines, rounded up; -1 for no deadline.
    private func timeout() -> Int32 {
        guard let wakesAt = state.withLockedValue({ $0.wakesAt }) else { return -1 }
        let left = (wakesAt - .now).components
        let milliseconds = left.seconds * 1_000 + left.attoseconds / 1_000_000_000_000_000 + 1
        return Int32(clamping: max(0, milliseconds))
    }

    /// Ends the waits whose deadline passed. The deadlines are looked at only when the earliest known one is due, so that a
    /// statement that is answered in time costs no wake-up.
    private func endOverdue() {
        let now = ContinuousClock.now
        let overdue = state.withLockedValue { state -> [Waiter] in
            guard let wakesAt = state.wakesAt, wakesAt <= now else { return [] }
            let late = state.waiters.filter { $0.value.deadline.map { $0 <= now } ?? false }
            for descriptor in late.keys { state.waiters.removeValue(forKey: descriptor) }
            state.wakesAt = state.waiters.values.compactMap(\.deadline).min()
            return Array(late.values)
        }
        for waiter in overdue { waiter.continuation.resume(returning: .timedOut) }
    }
}
