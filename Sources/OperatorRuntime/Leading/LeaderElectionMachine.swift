/// Decides who leads. It has no clock and does no I/O.
///
/// Others' times in the Lease are never compared with the own clock: only how long the Lease stayed unchanged by the own clock counts, so
/// clocks may differ, as long as they run at about the same speed (as client-go). A leader counts its time from before the renewal was
/// sent, and gives up `leaseDuration - renewDeadline` earlier than anybody may take over.
public struct LeaderElectionMachine: Sendable {
    /// What happened.
    public enum Input: Sendable, Hashable {
        /// It shall begin, or the wait is over.
        case proceed
        /// The Lease was read; `nil` when there is none.
        case read(LeaseRecord?)
        /// The Lease was created or updated; what it says now.
        case written(LeaseRecord)
        /// The call failed; `isConflict` when somebody else wrote in between.
        case failed(isConflict: Bool)
        /// The work of the leader has ended after leadership was lost.
        case stopped
    }

    /// What to do.
    public enum Action: Sendable, Hashable {
        /// Read the Lease.
        case read(within: Duration)
        /// Create the Lease.
        case create(LeaseRecord, within: Duration)
        /// Update the Lease that has the record's version. `acquires` when the holder changes.
        case update(LeaseRecord, acquires: Bool, within: Duration)
        /// Start to work; the fencing token.
        case lead(token: Int64)
        /// Stop working, then say ``Input/stopped``.
        case stop
        /// Stop working, and go on with what else is to be done; say ``Input/stopped`` instead of ``Input/proceed`` as soon as the work has
        /// ended.
        case yield
        /// Give the Lease up.
        case release(LeaseRecord, within: Duration)
        /// Do nothing for a while, or until ``LeaderElectionMachine/watched(_:now:random:)`` says that it is time.
        case wait(Duration)
    }

    private enum State: Sendable, Hashable {
        case follower
        case leader(token: Int64)
        /// Does not want to lead any more, and renews until its work has ended, however long that takes.
        case yielding
        case stopping
    }

    private let identity: String
    private let configuration: LeaderElectionConfiguration
    /// Whether it wants to lead. A leader that does not want to any more stops its work and gives the Lease up. Heeded with the next
    /// ``Input/proceed``.
    public var isStanding = true
    private var state = State.follower
    private var observed: LeaseRecord?
    private var observedAt: Duration = .zero
    /// Since when a Lease that was there before has been missing without interruption.
    private var missingSince: Duration?
    /// When the call under way was begun.
    private var askedAt: Duration = .zero
    private var renewedAt: Duration = .zero

    /// Makes a machine that does not lead.
    ///
    /// - Parameter identity: different from everybody else's.
    public init(identity: String, configuration: LeaderElectionConfiguration) {
        self.identity = identity
        self.configuration = configuration
    }

    /// Whether it leads.
    public var isLeader: Bool {
        if case .leader = state { true } else { false }
    }

    /// Who leads, as far as is known.
    public var holder: String? { observed.flatMap { $0.holder.isEmpty ? nil : $0.holder } }

    /// Until when the leadership is certain without another renewal; `nil` when it does not lead. At that time say ``Input/proceed``,
    /// whatever else is going on.
    public var deadline: Duration? { isLeader || state == .yielding ? renewedAt + configuration.renewDeadline : nil }

    /// The record that gives the Lease up; `nil` when it is not held.
    public var release: LeaseRecord? {
        guard let observed, observed.holder == identity else { return nil }
        return LeaseRecord(holder: "", duration: .seconds(1), transitions: observed.transitions, version: observed.version)
    }

    /// Takes one step.
    ///
    /// - Parameters:
    ///   - now: the time since any fixed moment.
    ///   - random: a number from 0 up to 1 for jitter.
    public mutating func handle(_ input: Input, now: Duration, random: Double = 0) -> [Action] {
        switch (state, input) {
        case (.yielding, .stopped): return ended(now, random)
        case (.leader, _) where now >= renewedAt + configuration.renewDeadline,
            (.yielding, _) where now >= renewedAt + configuration.renewDeadline:
            if case .written(let record) = input { observe(record, now: now) }
            state = .stopping
            return [.stop]

        case (.follower, .proceed) where !isStanding:
            missingSince = nil
            return [.wait(configuration.retryPeriod)]
        case (.follower, .read(let record)) where !isStanding:
            if let record { observe(record, now: now) }
            return [.wait(configuration.retryPeriod)]
        case (.follower, .proceed):
            askedAt = now
            return [.read(within: callTimeout)]
        case (.follower, .read(nil)):
            if let observed {
                // Somebody deleted the Lease. Its holder may not know yet, and makes it again within its time; terms go on.
                let since = missingSince ?? now
                missingSince = since
                guard now - since >= max(observed.duration, configuration.leaseDuration) else { return [look(now, random)] }
            }
            askedAt = now
            return [.create(own(transitions: observed.map { $0.transitions + 1 } ?? 0, version: ""), within: callTimeout)]
        case (.follower, .read(let record?)): return seen(record, now: now, random: random)
        case (.follower, .written(let record)):
            observe(record, now: now)
            guard record.holder == identity else { return [look(now, random)] }
            // It stepped back while the call was under way.
            if !isStanding, let release { return [.release(release, within: callTimeout)] }
            renewedAt = askedAt
            state = .leader(token: record.transitions)
            return [.lead(token: record.transitions), .wait(configuration.retryPeriod)]
        case (.follower, .failed):
            // What was not seen may have come and gone.
            missingSince = nil
            return [look(now, random)]

        case (.leader, .proceed) where !isStanding:
            state = .yielding
            return [.yield, renewal(now)]
        case (.leader, .proceed), (.yielding, .proceed): return [renewal(now)]
        case (.leader, .written(let record)), (.leader, .read(let record?)), (.yielding, .written(let record)),
            (.yielding, .read(let record?)):
            observe(record, now: now)
            guard record.holder == identity else {
                state = .stopping
                return [.stop]
            }
            if case .read = input {
                askedAt = now
                return [.update(own(transitions: record.transitions, version: record.version), acquires: false, within: remaining(now))]
            }
            renewedAt = askedAt
            return [.wait(configuration.retryPeriod)]
        case (.leader, .read(nil)), (.yielding, .read(nil)):
            // Somebody deleted the Lease; as long as our time lasts it is ours to make again.
            askedAt = now
            return [.create(own(transitions: observed?.transitions ?? 0, version: ""), within: remaining(now))]
        case (.leader, .failed(let isConflict)), (.yielding, .failed(let isConflict)):
            return isConflict ? [.read(within: remaining(now))] : [.wait(min(configuration.retryPeriod, remaining(now)))]

        case (.stopping, .stopped): return ended(now, random)
        case (.stopping, _), (_, .stopped): return []
        }
    }

    private mutating func ended(_ now: Duration, _ random: Double) -> [Action] {
        state = .follower
        if !isStanding, let release { return [.release(release, within: callTimeout)] }
        return [look(now, random)]
    }

    private mutating func renewal(_ now: Duration) -> Action {
        guard let observed else { return .read(within: remaining(now)) }
        askedAt = now
        return .update(own(transitions: observed.transitions, version: observed.version), acquires: false, within: remaining(now))
    }

    private mutating func seen(_ record: LeaseRecord, now: Duration, random: Double) -> [Action] {
        observe(record, now: now)
        guard isFree(record, now: now) else { return [look(now, random)] }
        askedAt = now
        // A restarted process of the same identity counts as a change too, so that its fencing token is new.
        return [.update(own(transitions: record.transitions + 1, version: record.version), acquires: true, within: callTimeout)]
    }

    private func isFree(_ record: LeaseRecord, now: Duration) -> Bool {
        record.holder.isEmpty || record.holder == identity || now - observedAt >= record.duration
    }

    private mutating func observe(_ record: LeaseRecord, now: Duration) {
        if record != observed { observedAt = now }
        observed = record
        missingSince = nil
    }

    private func own(transitions: Int64, version: String) -> LeaseRecord {
        LeaseRecord(holder: identity, duration: configuration.leaseDuration, transitions: transitions, version: version)
    }

    private var callTimeout: Duration { max(.seconds(1), configuration.renewDeadline / 2) }

    private func remaining(_ now: Duration) -> Duration {
        max(.milliseconds(1), min(callTimeout, renewedAt + configuration.renewDeadline - now))
    }

    /// When to look at the Lease again: after the retry period, or at the moment at which the Lease that was seen runs out, if that is
    /// earlier. One that has run out already, but could not be had, is looked at after the retry period.
    private func look(_ now: Duration, _ random: Double) -> Action {
        // Followers spread their attempts, so that not all ask at once.
        let pause = configuration.retryPeriod * (1 + LeaderElectionConfiguration.jitter * random)
        guard let expiry, expiry > now else { return .wait(pause) }
        return .wait(min(pause, expiry - now + LeaderElectionConfiguration.spread * random))
    }

    /// When another's Lease that was seen, or is missing, may be taken, if nothing changes until then.
    private var expiry: Duration? {
        guard let observed else { return nil }
        if let missingSince { return missingSince + max(observed.duration, configuration.leaseDuration) }
        guard !observed.holder.isEmpty, observed.holder != identity else { return nil }
        return observedAt + observed.duration
    }
}

extension LeaderElectionMachine {
    /// A watch told of the Lease. It spares time and nothing else: whoever never hears of one looks after each retry period.
    ///
    /// A renewal starts the holder's time anew, which is right because the Lease said so after the last time it was seen. Nothing is taken
    /// because of what a watch says: the Lease is read before, and written only as it was read.
    ///
    /// - Parameters:
    ///   - record: what the Lease says; `nil` when it was deleted.
    ///   - now: the time since any fixed moment, of the same clock as for ``handle(_:now:random:)``.
    ///   - random: a number from 0 up to 1 for jitter, so that not all who watch write at once.
    /// - Returns: after what time to say ``Input/proceed`` whatever wait is going on; `nil` when the wait shall go on.
    public mutating func watched(_ record: LeaseRecord?, now: Duration, random: Double = 0) -> Duration? {
        guard case .follower = state else { return nil }
        let soon = LeaderElectionConfiguration.spread * random
        guard let record else {
            // A Lease that was never seen is no news; one that was is missed from the look on that follows.
            return isStanding && observed != nil && missingSince == nil ? soon : nil
        }
        if let observed, record == observed || record.isNoNewer(than: observed) { return nil }
        observe(record, now: now)
        return isStanding && record.holder.isEmpty ? soon : nil
    }
}
