import KubernetesModel
import NIOConcurrencyHelpers

/// What an informer learns, for readers that take their time: they hold up neither the store nor other readers.
///
/// Events of one object that were not read yet become one, so a slow reader costs memory for each object at most once. Reading begins with
/// an addition for each object that is there.
///
/// ```swift
/// for try await event in informer.events() { await slowly(event.object) }
/// ```
public final class InformerEvents<Object: KubernetesObject>: AsyncSequence, Sendable {
    /// What a reader gets.
    public typealias Element = InformerEvent<Object>

    private let informer: Informer<Object>
    private let pending = NIOLockedValueBox(PendingEvents<Object>())
    private let available = Latch()
    private let token: NIOLockedValueBox<HandlerToken?>

    init(informer: Informer<Object>) {
        self.informer = informer
        token = NIOLockedValueBox(nil)
        let pending = pending
        let available = available
        let handler = informer.addHandler { event in
            pending.withLockedValue { $0.add(event) }
            available.open()
        }
        token.withLockedValue { $0 = handler }
    }

    deinit { if let token = token.withLockedValue({ $0 }) { informer.removeHandler(token) } }

    /// How many objects have events that were not read yet.
    public var backlog: Int { pending.withLockedValue { $0.count } }

    /// Reads the events. There should be one reader.
    public func makeAsyncIterator() -> Iterator { Iterator(events: self) }

    /// Reads the events.
    public struct Iterator: AsyncIteratorProtocol {
        let events: InformerEvents<Object>
        private var taken: ArraySlice<InformerEvent<Object>> = []

        init(events: InformerEvents<Object>) { self.events = events }

        /// The next event. It never ends; cancelling the task throws.
        public mutating func next() async throws -> InformerEvent<Object>? {
            while taken.isEmpty {
                try await events.available.wait()
                taken = events.take()[...]
            }
            return taken.removeFirst()
        }
    }

    private func take() -> [InformerEvent<Object>] {
        // Closed first: what comes from here on opens it again.
        available.close()
        let (events, isMore) = pending.withLockedValue { pending in
            let events = pending.take(1).events
            return (events, !pending.isEmpty)
        }
        if isMore { available.open() }
        return events
    }
}

extension Informer {
    /// What happens from now on, after an addition for each object that is there, for a reader that takes its time.
    public func events() -> InformerEvents<Object> { InformerEvents(informer: self) }
}
