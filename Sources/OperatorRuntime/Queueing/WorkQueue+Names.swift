extension WorkQueue {
    /// A key to work on; see ``WorkQueueCore/Item``.
    public typealias Item = WorkQueueCore<Key>.Item

    /// How work on a key ended; see ``WorkQueueCore/Outcome``.
    public typealias Outcome = WorkQueueCore<Key>.Outcome
}
