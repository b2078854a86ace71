import NIOCore

/// The response of a watch while it runs: takes changes from the mailbox, and writes them in pieces of up to 64 KiB.
struct WatchStream: Sendable {
    /// The connection is to be cut without an end of the response.
    struct Dropped: Error {}

    let store: ObjectStore
    let mailbox: WatchMailbox
    var encoder: WatchEncoder
    let hasBookmarks: Bool
    /// Whether a bookmark tells that the state at the beginning has been sent.
    let marksInitialEvents: Bool
    let timeout: Duration
    let dropAfter: Int?

    private static let pieceSize = 64 * 1024
    private static let bookmarkInterval = Duration.seconds(60)
    /// How long before its end a watch gets a last bookmark, so that the next one goes on from there.
    private static let lastBookmark = Duration.seconds(2)

    /// Runs until the time is over, the mailbox is ended, or the reader leaves (the task is cancelled).
    func run(write: (ByteBuffer) async throws -> Void) async throws {
        defer { store.remove(mailbox) }
        let clock = ContinuousClock()
        let end = clock.now + timeout
        var bookmark = Self.nextBookmark(after: clock.now, end: end)
        var encoder = encoder
        var buffer = ByteBuffer()
        var taken = 0
        var sent = 0
        var isInitial = true
        if dropAfter == 0 { throw Dropped() }
        while true {
            let batch = await mailbox.next(deadline: hasBookmarks ? min(end, bookmark) : end)
            if batch.end == .cancelled { throw CancellationError() }
            if batch.end == .dropped { throw Dropped() }
            for event in batch.events {
                if isInitial, taken == mailbox.initialCount {
                    isInitial = false
                    markInitialEvents(&encoder, &buffer)
                }
                taken += 1
                if encoder.append(event, to: &buffer) { sent += 1 }
                if let dropAfter, sent >= dropAfter {
                    try await write(buffer)
                    throw Dropped()
                }
                if buffer.readableBytes >= Self.pieceSize {
                    try await write(buffer)
                    buffer.clear()
                }
            }
            if isInitial, taken == mailbox.initialCount {
                isInitial = false
                markInitialEvents(&encoder, &buffer)
            }
            let now = clock.now
            if hasBookmarks, now >= bookmark || batch.end == .shutdown, let revision = store.revision(ifCaughtUp: mailbox) {
                encoder.appendBookmark(revision, endsInitialEvents: false, to: &buffer)
                bookmark = Self.nextBookmark(after: now, end: end)
            }
            if buffer.readableBytes > 0 {
                try await write(buffer)
                buffer.clear()
            }
            if batch.end != nil || now >= end { return }
        }
    }

    /// Every minute, and once shortly before the end.
    private static func nextBookmark(after now: ContinuousClock.Instant, end: ContinuousClock.Instant) -> ContinuousClock.Instant {
        let regular = now + bookmarkInterval
        let last = end - lastBookmark
        return last > now ? min(last, regular) : regular
    }

    private func markInitialEvents(_ encoder: inout WatchEncoder, _ buffer: inout ByteBuffer) {
        guard marksInitialEvents, hasBookmarks else { return }
        encoder.appendBookmark(mailbox.started, endsInitialEvents: true, to: &buffer)
    }
}
