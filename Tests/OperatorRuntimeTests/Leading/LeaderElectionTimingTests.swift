import OperatorRuntime
import Testing

/// When a candidate looks at the Lease, and what a watch changes about it.
@Suite struct LeaderElectionTimingTests {
    private let configuration = LeaderElectionConfiguration(leaseName: "l", namespace: "n")
    private static let spread = Duration.milliseconds(100)

    private func record(_ holder: String, _ version: Int = 1, seconds: Int = 15) -> LeaseRecord {
        LeaseRecord(holder: holder, duration: .seconds(seconds), transitions: 0, version: String(version))
    }

    private func candidate(_ lease: LeaseRecord?, at now: Duration = .zero) -> LeaderElectionMachine {
        var machine = LeaderElectionMachine(identity: "me", configuration: configuration)
        _ = machine.handle(.proceed, now: now)
        _ = machine.handle(.read(lease), now: now)
        return machine
    }

    /// For each age of the Lease in steps of 50 ms, each duration and jitter: nobody takes it a moment too early, and nobody who follows the
    /// waits takes it later than the jitter after its end.
    @Test(arguments: [1, 2, 3, 15, 60], [0, 0.25, 0.5, 0.999])
    func looksAtTheExpiryOrAfterTheRetryPeriod(seconds: Int, random: Double) throws {
        let lease = record("other", seconds: seconds)
        let end = Duration.seconds(seconds)
        let longest = configuration.retryPeriod * (1 + 1.2 * random)
        for age in stride(from: 0, to: seconds * 1000, by: 50) {
            let now = Duration.milliseconds(age)
            var machine = candidate(lease)
            _ = machine.handle(.proceed, now: now)
            let actions = machine.handle(.read(lease), now: now, random: random)
            #expect(actions == [.wait(min(longest, end - now + Self.spread * random))], "after \(now)")
        }
        var machine = candidate(lease)
        var now = Duration.zero
        while true {
            #expect(machine.handle(.proceed, now: now) == [.read(within: .seconds(5))])
            guard case .wait(let delay)? = machine.handle(.read(lease), now: now, random: random).first else { break }
            now += delay
        }
        #expect(now >= end && now <= end + Self.spread)
    }

    @Test func aLeaseThatRanOutButCannotBeHadIsNoReasonToHurry() {
        var machine = candidate(record("other"))
        _ = machine.handle(.proceed, now: .seconds(15))
        #expect(machine.handle(.failed(isConflict: false), now: .seconds(15)) == [.wait(.seconds(2))])
        // One that failed before the end is tried at the end.
        var early = candidate(record("other"))
        _ = early.handle(.proceed, now: .seconds(14))
        #expect(early.handle(.failed(isConflict: false), now: .seconds(14)) == [.wait(.seconds(1))])
    }

    @Test func aRenewalThatIsWatchedStartsTheTimeThenAndWakesNobody() {
        var machine = candidate(record("other", 1))
        #expect(machine.watched(record("other", 2), now: .seconds(4), random: 0.5) == nil)
        _ = machine.handle(.proceed, now: .milliseconds(18_900))
        #expect(machine.handle(.read(record("other", 2)), now: .milliseconds(18_900)) == [.wait(.milliseconds(100))])
        _ = machine.handle(.proceed, now: .seconds(19))
        var mine = record("me", 2)
        mine.transitions = 1
        #expect(machine.handle(.read(record("other", 2)), now: .seconds(19)) == [.update(mine, acquires: true, within: .seconds(5))])
    }

    @Test(arguments: [0, 0.5, 0.999])
    func aReleaseThatIsWatchedIsLookedAtWithinTheJitter(random: Double) {
        var machine = candidate(record("other", 1))
        #expect(machine.watched(record("", 2, seconds: 1), now: .seconds(1), random: random) == Self.spread * random)
        // It is read before it is taken.
        #expect(machine.handle(.proceed, now: .seconds(1)) == [.read(within: .seconds(5))])
        // Somebody else was quicker.
        #expect(machine.handle(.read(record("third", 3)), now: .seconds(1)) == [.wait(.seconds(2))])
    }

    @Test func aDeletionThatIsWatchedStartsTheTimeOfTheMissingLease() {
        var machine = candidate(record("other", 1))
        #expect(machine.watched(nil, now: .seconds(1), random: 0.5) == .milliseconds(50))
        _ = machine.handle(.proceed, now: .seconds(1))
        #expect(machine.handle(.read(nil), now: .seconds(1)) == [.wait(.seconds(2))])
        // Known already.
        #expect(machine.watched(nil, now: .seconds(2)) == nil)
        _ = machine.handle(.proceed, now: .seconds(15))
        #expect(machine.handle(.read(nil), now: .seconds(15)) == [.wait(.seconds(1))])
    }

    @Test func whatIsOldIsNoNews() {
        var machine = candidate(record("other", 5))
        for version in 1...5 { #expect(machine.watched(record("", version), now: .seconds(3)) == (nil as Duration?)) }
        #expect(machine.holder == "other")
        // Versions that cannot be compared are all new; that costs time, and nothing else.
        var named = candidate(LeaseRecord(holder: "other", duration: .seconds(15), transitions: 0, version: "a"))
        #expect(named.watched(LeaseRecord(holder: "third", duration: .seconds(15), transitions: 0, version: "b"), now: .seconds(3)) == nil)
        #expect(named.holder == "third")
    }

    /// In every state: whoever leads, or ends its work, or does not stand, is woken by nothing, and a leader goes by its own calls only.
    @Test func onlyACandidateIsWoken() {
        let news: [LeaseRecord?] = [nil, record("", 9), record("me", 9), record("other", 9)]
        for lease in news {
            var leader = candidate(nil)
            _ = leader.handle(.written(record("me")), now: .zero)
            #expect(leader.isLeader)
            #expect(leader.watched(lease, now: .seconds(1)) == nil && leader.isLeader && leader.holder == "me")
            // Not even when it is too late: its own loop ends its work.
            #expect(leader.watched(lease, now: .seconds(30)) == nil && leader.isLeader)
            #expect(leader.handle(.proceed, now: .seconds(30)) == [.stop])
            #expect(leader.watched(lease, now: .seconds(30)) == nil && leader.holder == "me")
            #expect(leader.handle(.stopped, now: .seconds(31)).count == 1)

            var idle = candidate(record("other"))
            idle.isStanding = false
            #expect(idle.watched(lease, now: .seconds(1)) == nil)
            #expect(idle.handle(.proceed, now: .seconds(1)) == [.wait(.seconds(2))])

            var standing = candidate(record("other"))
            let isReason = lease == nil || lease?.holder == ""
            #expect((standing.watched(lease, now: .seconds(1)) != nil) == isReason, "\(String(describing: lease))")
            var new = LeaderElectionMachine(identity: "me", configuration: configuration)
            #expect((new.watched(lease, now: .zero) != nil) == (lease?.holder == ""), "\(String(describing: lease))")
        }
    }

    @Test func nothingIsTakenBecauseOfAWatchAlone() {
        var machine = candidate(record("other", 1))
        _ = machine.watched(record("", 2), now: .seconds(1))
        // A call that was under way answers with what was before.
        _ = machine.handle(.proceed, now: .seconds(1))
        #expect(machine.handle(.read(record("other", 1)), now: .seconds(1)) == [.wait(.seconds(2))])
    }
}
