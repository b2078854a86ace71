import KubernetesModel
import Machines
import NIOConcurrencyHelpers

/// Steps that a provider could not take, for as long as it is to be left alone: what is looked at meanwhile shows nothing wrong any more, and would be
/// taken for a reason to try again at once.
///
/// Kept in memory: a crash costs one attempt before its time.
final class FailedSteps: Sendable {
    private struct Entry {
        var seen: MachineObservation
        var until: Timestamp
    }

    private static let memory = 10_000
    /// Before something is tried again that waiting is not known to mend.
    private static let lastingPause: Duration = .seconds(300)
    private let entries = NIOLockedValueBox<[String: Entry]>([:])

    /// Judges what was seen, or what came of a call.
    ///
    /// - Parameters:
    ///   - seen: of the machine.
    ///   - asked: the operation that was stored before.
    ///   - goal: what is wanted.
    ///   - key: of the tenant's run, which is one for all times.
    ///   - now: the time.
    ///   - pause: how long to wait where the provider does not say.
    /// - Returns: what is to be shown, with nothing more to be done now; `nil` when the next step may be taken.
    func verdict(
        _ seen: MachineObservation,
        asked: MachineOperation?,
        goal: MachineGoal,
        key: String,
        now: Timestamp,
        pause: Duration
    ) -> MachineObservation? {
        let name = "\(key) \(goal)"
        guard seen.operation == nil, !Self.isReached(goal, seen.state) else {
            forget(name)
            return nil
        }
        if asked != nil, let trouble = seen.trouble {
            let until = now.adding(seen.retryAfter ?? (trouble.isPermanent ? Self.lastingPause : pause))
            entries.withLockedValue { entries in
                if entries.count >= Self.memory { entries = entries.filter { $0.value.until > now } }
                if entries.count >= Self.memory { entries = [:] }
                entries[name] = Entry(seen: seen, until: until)
            }
            return seen
        }
        guard let entry = entries.withLockedValue({ $0[name] }), now < entry.until, entry.seen.state == seen.state else {
            forget(name)
            return nil
        }
        var shown = seen
        shown.trouble = entry.seen.trouble
        shown.retryAfter = .microseconds(entry.until.microseconds - now.microseconds)
        return shown
    }

    private func forget(_ name: String) { _ = entries.withLockedValue { $0.removeValue(forKey: name) } }

    private static func isReached(_ goal: MachineGoal, _ state: MachineState) -> Bool {
        switch goal {
        case .power(.on): state != .absent && state != .stopped && state != .failed
        case .power: state == .absent || state == .stopped || state == .stopping
        case .gone: state == .absent || state == .deleting
        }
    }
}

extension Timestamp {
    fileprivate func adding(_ duration: Duration) -> Timestamp {
        let (seconds, attoseconds) = duration.components
        return Timestamp(microseconds: microseconds + seconds * 1_000_000 + attoseconds / 1_000_000_000_000)
    }
}
