import KubernetesModel
import NIOConcurrencyHelpers

/// The newest state of an object that changed.
public enum InformerChange<Object: KubernetesObject>: Sendable {
    /// It is there, in this state.
    case upserted(Object)
    /// It went; its last known state.
    case deleted(Object)

    /// The object.
    public var object: Object {
        switch self {
        case .upserted(let object), .deleted(let object): object
        }
    }
}

/// Some changes, at most one for each object; one that went and came again as another has two, its end and its beginning.
public struct InformerBatch<Object: KubernetesObject>: Sendable {
    /// The changes, in the order in which the objects first changed.
    public var changes: [InformerChange<Object>]
    /// Whether with this batch a complete list has been told: what is not in the store does not exist.
    public var relisted: Bool
    /// The version up to which everything has been told with this batch; `nil` when more is waiting.
    public var resourceVersion: String?
}

/// The changes that an informer sees, in batches.
///
/// Changes of one object that were not read yet become one, so a slow reader costs memory for each object at most once. Reading begins
/// with all objects.
public final class InformerBatches<Object: KubernetesObject>: AsyncSequence, Sendable {
    /// What a reader gets.
    public typealias Element = InformerBatch<Object>

    private struct State {
        var pending = PendingEvents<Object>()
        var version: String?
        /// How many of the waiting objects belong to the latest complete list; `nil` when that has been told.
        var untilRelisted: Int?
    }

    private let informer: Informer<Object>
    private let maximum: Int
    private let state = NIOLockedValueBox(State())
    private let available = Latch()
    private let tokens: NIOLockedValueBox<[HandlerToken]>

    init(informer: Informer<Object>, maximum: Int) {
        self.informer = informer
        self.maximum = Swift.max(1, maximum)
        tokens = NIOLockedValueBox([])
        let state = state
        let available = available
        let events = informer.addHandler { event in
            state.withLockedValue { $0.pending.add(event) }
            available.open()
        }
        let progress = informer.addProgressHandler { version, isList in
            state.withLockedValue { state in
                state.version = version
                if isList { state.untilRelisted = state.pending.count }
            }
            if isList { available.open() }
        }
        tokens.withLockedValue { $0 = [events, progress] }
    }

    deinit { for token in tokens.withLockedValue({ $0 }) { informer.removeHandler(token) } }

    /// Reads the batches. There should be one reader.
    public func makeAsyncIterator() -> Iterator { Iterator(batches: self) }

    /// Reads the batches.
    public struct Iterator: AsyncIteratorProtocol {
        let batches: InformerBatches<Object>

        /// The next batch. It never ends; cancelling the task throws.
        public mutating func next() async throws -> InformerBatch<Object>? {
            while true {
                try await batches.available.wait()
                if let batch = batches.take() { return batch }
            }
        }
    }

    private func take() -> InformerBatch<Object>? {
        // Closed first: what comes from here on opens it again.
        available.close()
        let (batch, isMore) = state.withLockedValue { state -> (InformerBatch<Object>?, Bool) in
            guard !state.pending.isEmpty || state.untilRelisted != nil else { return (nil, false) }
            let (events, objects) = state.pending.take(maximum)
            let changes = events.map { event -> InformerChange<Object> in
                if case .deleted(let object) = event { .deleted(object) } else { .upserted(event.object) }
            }
            var relisted = false
            if let remaining = state.untilRelisted {
                state.untilRelisted = remaining > objects ? remaining - objects : nil
                relisted = state.untilRelisted == nil
            }
            let isEmpty = state.pending.isEmpty
            if changes.isEmpty, !relisted, isEmpty { return (nil, false) }
            let batch = InformerBatch(changes: changes, relisted: relisted, resourceVersion: isEmpty ? state.version : nil)
            return (batch, !isEmpty || state.untilRelisted != nil)
        }
        if isMore { available.open() }
        return batch
    }
}

extension Informer {
    /// The changes in batches, for whoever writes them elsewhere.
    ///
    /// - Parameter maximum: of how many objects a batch has changes at most. Default: 500.
    public func batches(maximum: Int = 500) -> InformerBatches<Object> { InformerBatches(informer: self, maximum: maximum) }
}
