/// Decides how many pieces of work to claim, and when. Without I/O.
///
/// Work is claimed as slots become free, so that a slow piece holds up its own slot and no other. So that it does not cost a question to the
/// database for every piece, a quarter of the slots has to be free, or all of them.
struct ClaimSlots: Sendable, Hashable {
    /// The most pieces that are worked on at a time.
    let capacity: Int
    /// How many are.
    private(set) var busy = 0
    /// Whether there may be work that was not claimed.
    private var mayBeMore = false

    /// Slots that are all free, and nothing known of work.
    init(capacity: Int) { self.capacity = max(1, capacity) }

    /// There may be work.
    mutating func wake() { mayBeMore = true }

    /// How many to claim now; `nil` for none.
    var wanted: Int? {
        let free = capacity - busy
        return mayBeMore && free >= min(capacity, max(1, capacity / 4)) ? free : nil
    }

    /// So many of the wanted pieces there were, and are worked on from now on.
    mutating func claimed(_ count: Int, of wanted: Int) {
        busy += count
        mayBeMore = count >= wanted
    }

    /// What there is could not be found out; the next look comes with the next ``wake()``.
    mutating func failed() { mayBeMore = false }

    /// So many pieces are done.
    mutating func done(_ count: Int) { busy -= count }
}
