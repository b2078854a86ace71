import KubernetesClient
import LocalCluster
import NIOCore

/// The body of a watch: its lines, each of which may come late or not at all.
struct WatchBody: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    let watch: InProcessWatch
    let clock: VirtualClock
    let random: SharedRandom
    /// `nil` when nothing goes wrong.
    let faults: FaultState?
    /// The server forgets the version of this watch; the list that follows is so many revisions old.
    let forget: @Sendable (_ staleRevisions: Int) -> Void
    /// Waits while nothing comes through.
    let untilHeard: @Sendable () async throws -> Void
    let isDead: @Sendable () -> Bool

    func makeAsyncIterator() -> Iterator { Iterator(body: self) }

    struct Iterator: AsyncIteratorProtocol {
        private let body: WatchBody
        private var lines: ArraySlice<InProcessWatch.Line> = []
        private var isOver = false

        init(body: WatchBody) { self.body = body }

        mutating func next() async throws -> ByteBuffer? {
            while lines.isEmpty {
                if isOver { return nil }
                guard let more = await body.watch.next() else {
                    try Task.checkCancellation()
                    isOver = true
                    return body.watch.bookmark()?.bytes
                }
                if let lag = body.faults?.rates.lag, lag > .zero, body.random.chance(0.5) {
                    try await body.clock.sleep(for: body.random.duration(below: lag))
                }
                if body.faults != nil { try await body.untilHeard() }
                lines = more[...]
            }
            if body.isDead() { throw CancellationError() }
            guard let line = lines.popFirst() else { return nil }
            guard !line.isBookmark, let fault = body.faults?.eventFault() else { return line.bytes }
            lines = []
            isOver = true
            switch fault {
            case .cut: throw TransportError(.connectionLost, cause: SimulatedTransport.Broken())
            case .forget(let stale):
                body.forget(stale)
                return nil
            case .stall:
                try await body.clock.sleep(for: .seconds(1_000_000))
                return nil
            }
        }
    }
}
