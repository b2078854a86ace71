/// Lets one operation at a time use a connection, in the order of arrival. Kept within an actor, which guards it.
struct TurnQueue {
    private final class Line {
        var isTaken = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let line = Line()

    /// Waits for the turn. Every turn ends by itself (statements have deadlines), so this does too.
    func take(isolation: isolated (any Actor)? = #isolation) async {
        guard line.isTaken else {
            line.isTaken = true
            return
        }
        await withCheckedContinuation { line.waiting.append($0) }
    }

    /// Passes the turn on to who waits longest.
    func pass() {
        if line.waiting.isEmpty { line.isTaken = false } else { line.waiting.removeFirst().resume() }
    }
}
