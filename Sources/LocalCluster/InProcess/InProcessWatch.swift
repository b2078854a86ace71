import NIOConcurrencyHelpers
import NIOCore

/// A watch as single lines, without time: the caller says when the server's time for it is over.
public final class InProcessWatch: Sendable {
    /// One line of the answer.
    public struct Line: Sendable {
        /// The line with its end.
        public var bytes: ByteBuffer
        /// The revision it tells of.
        public var revision: Int64
        /// Whether it is a bookmark.
        public var isBookmark: Bool
    }

    private struct State: Sendable {
        var encoder: WatchEncoder
        var taken = 0
        var isInitial = true
    }

    private let stream: WatchStream
    private let state: NIOLockedValueBox<State>

    init(_ stream: WatchStream) {
        self.stream = stream
        state = NIOLockedValueBox(State(encoder: stream.encoder))
    }

    deinit { stream.store.remove(stream.mailbox) }

    /// How long the client wants it to last.
    public var timeout: Duration { stream.timeout }

    /// Waits for changes; `nil` when the watch is over or the task is cancelled.
    public func next() async -> [Line]? {
        while true {
            let batch = await stream.mailbox.next(deadline: nil)
            let lines = encode(batch.events)
            if !lines.isEmpty { return lines }
            if batch.end != nil { return nil }
        }
    }

    /// A bookmark, if the reader has taken everything and wants bookmarks.
    public func bookmark() -> Line? {
        guard stream.hasBookmarks, let revision = stream.store.revision(ifCaughtUp: stream.mailbox) else { return nil }
        return state.withLockedValue { Self.bookmark(revision, endsInitialEvents: false, &$0.encoder) }
    }

    /// Ends it as a server does.
    public func end() { stream.mailbox.end(.shutdown) }

    private func encode(_ events: [StoreEvent]) -> [Line] {
        state.withLockedValue { state in
            var lines: [Line] = []
            for event in events {
                markInitialEvents(&state, &lines)
                state.taken += 1
                var buffer = ByteBuffer()
                guard state.encoder.append(event, to: &buffer) else { continue }
                lines.append(Line(bytes: buffer, revision: event.revision, isBookmark: false))
            }
            markInitialEvents(&state, &lines)
            return lines
        }
    }

    private func markInitialEvents(_ state: inout State, _ lines: inout [Line]) {
        guard state.isInitial, state.taken == stream.mailbox.initialCount else { return }
        state.isInitial = false
        guard stream.marksInitialEvents, stream.hasBookmarks else { return }
        lines.append(Self.bookmark(stream.mailbox.started, endsInitialEvents: true, &state.encoder))
    }

    private static func bookmark(_ revision: Int64, endsInitialEvents: Bool, _ encoder: inout WatchEncoder) -> Line {
        var buffer = ByteBuffer()
        encoder.appendBookmark(revision, endsInitialEvents: endsInitialEvents, to: &buffer)
        return Line(bytes: buffer, revision: revision, isBookmark: true)
    }
}
