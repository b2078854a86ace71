import OperatorRuntime
import Testing

@Suite struct LeaderElectionMachineTests {
    private let configuration = LeaderElectionConfiguration(leaseName: "l", namespace: "n")

    private func record(_ holder: String, _ transitions: Int64 = 0, _ version: String = "1") -> LeaseRecord {
        LeaseRecord(holder: holder, duration: .seconds(15), transitions: transitions, version: version)
    }

    /// A machine `me` that leads since `now`.
    private func leader(at now: Duration = .zero) -> LeaderElectionMachine {
        var machine = LeaderElectionMachine(identity: "me", configuration: configuration)
        _ = machine.handle(.proceed, now: now)
        _ = machine.handle(.read(nil), now: now)
        _ = machine.handle(.written(record("me")), now: now)
        return machine
    }

    @Test func takesAFreeLease() {
        var machine = LeaderElectionMachine(identity: "me", configuration: configuration)
        #expect(machine.handle(.proceed, now: .zero) == [.read(within: .seconds(5))])
        #expect(machine.handle(.read(nil), now: .zero) == [.create(record("me", 0, ""), within: .seconds(5))])
        #expect(machine.handle(.written(record("me")), now: .seconds(1)) == [.lead(token: 0), .wait(.seconds(2))])
        // The time counts from before the call.
        #expect(machine.deadline == .seconds(10))
    }

    @Test func waitsForAnotherUntilItsLeaseStoodStillForItsDuration() {
        var machine = LeaderElectionMachine(identity: "me", configuration: configuration)
        var now = Duration.zero
        func look(_ lease: LeaseRecord) -> [LeaderElectionMachine.Action] {
            _ = machine.handle(.proceed, now: now)
            return machine.handle(.read(lease), now: now)
        }
        #expect(look(record("other", 3)) == [.wait(.seconds(2))])
        now = .seconds(14)
        // Not up to a retry period later than it may.
        #expect(look(record("other", 3)) == [.wait(.seconds(1))])
        // A renewal begins the wait anew.
        #expect(look(record("other", 3, "2")) == [.wait(.seconds(2))])
        now = .seconds(28)
        #expect(look(record("other", 3, "2")) == [.wait(.seconds(1))])
        now = .seconds(29)
        #expect(look(record("other", 3, "2")) == [.update(record("me", 4, "2"), acquires: true, within: .seconds(5))])
        // Somebody else was quicker.
        #expect(machine.handle(.failed(isConflict: true), now: now) == [.wait(.seconds(2))])
        #expect(!machine.isLeader)
    }

    @Test func takesAReleasedLeaseAtOnceWithANewToken() {
        var machine = LeaderElectionMachine(identity: "me", configuration: configuration)
        _ = machine.handle(.proceed, now: .zero)
        #expect(
            machine.handle(.read(record("", 7, "9")), now: .zero) == [.update(record("me", 8, "9"), acquires: true, within: .seconds(5))]
        )
        #expect(machine.handle(.written(record("me", 8, "10")), now: .zero).first == .lead(token: 8))
    }

    @Test func renewsWithoutReading() {
        var machine = leader()
        #expect(machine.handle(.proceed, now: .seconds(2)) == [.update(record("me"), acquires: false, within: .seconds(5))])
        #expect(machine.handle(.written(record("me", 0, "2")), now: .seconds(2)) == [.wait(.seconds(2))])
        #expect(machine.deadline == .seconds(12))
        #expect(machine.isLeader)
    }

    @Test func givesUpWhenItCannotRenewInTime() {
        var machine = leader()
        var now = Duration.seconds(2)
        for limit in [5.0, 5, 4, 2] {
            #expect(machine.handle(.proceed, now: now) == [.update(record("me"), acquires: false, within: .seconds(limit))])
            #expect(machine.handle(.failed(isConflict: false), now: now).count == 1)
            now += .seconds(2)
        }
        #expect(now == .seconds(10))
        #expect(machine.handle(.proceed, now: now) == [.stop])
        #expect(!machine.isLeader)
        // Nothing is done before the work has ended.
        #expect(machine.handle(.proceed, now: now).isEmpty)
        #expect(machine.handle(.stopped, now: now) == [.wait(.seconds(2))])
        #expect(machine.handle(.proceed, now: now) == [.read(within: .seconds(5))])
    }

    @Test func anAnswerThatComesTooLateDoesNotCount() {
        var machine = leader()
        _ = machine.handle(.proceed, now: .seconds(9))
        #expect(machine.handle(.written(record("me", 0, "2")), now: .seconds(10)) == [.stop])
    }

    @Test func aConflictIsLookedInto() {
        var machine = leader()
        _ = machine.handle(.proceed, now: .seconds(2))
        #expect(machine.handle(.failed(isConflict: true), now: .seconds(2)) == [.read(within: .seconds(5))])
        #expect(
            machine.handle(.read(record("me", 0, "5")), now: .seconds(2))
                == [.update(record("me", 0, "5"), acquires: false, within: .seconds(5))]
        )
    }

    @Test func anothersLeaseEndsTheLeadership() {
        var machine = leader()
        _ = machine.handle(.proceed, now: .seconds(2))
        _ = machine.handle(.failed(isConflict: true), now: .seconds(2))
        #expect(machine.handle(.read(record("other", 1, "5")), now: .seconds(2)) == [.stop])
        #expect(machine.release == nil)
    }

    @Test func aDeletedLeaseIsMadeAgain() {
        var machine = leader()
        _ = machine.handle(.proceed, now: .seconds(2))
        _ = machine.handle(.failed(isConflict: true), now: .seconds(2))
        #expect(machine.handle(.read(nil), now: .seconds(2)) == [.create(record("me", 0, ""), within: .seconds(5))])
    }

    @Test func theReleaseKeepsTheToken() {
        #expect(leader().release == LeaseRecord(holder: "", duration: .seconds(1), transitions: 0, version: "1"))
    }

    @Test func whoeverDoesNotStandAsksNothing() {
        var machine = LeaderElectionMachine(identity: "me", configuration: configuration)
        machine.isStanding = false
        #expect(machine.handle(.proceed, now: .zero, random: 0.5) == [.wait(.seconds(2))])
        machine.isStanding = true
        #expect(machine.handle(.proceed, now: .zero) == [.read(within: .seconds(5))])
        machine.isStanding = false
        #expect(machine.handle(.read(nil), now: .zero) == [.wait(.seconds(2))])
    }

    @Test func steppingBackStopsTheWorkBeforeTheLeaseIsGivenUp() {
        var machine = leader()
        machine.isStanding = false
        let renewal = LeaderElectionMachine.Action.update(record("me"), acquires: false, within: .seconds(5))
        #expect(machine.handle(.proceed, now: .seconds(2)) == [.yield, renewal])
        #expect(!machine.isLeader && machine.deadline == .seconds(10))
        let free = LeaseRecord(holder: "", duration: .seconds(1), transitions: 0, version: "1")
        #expect(machine.handle(.stopped, now: .seconds(4)) == [.release(free, within: .seconds(5))])
        #expect(machine.deadline == nil)
        var stored = free
        stored.version = "2"
        #expect(machine.handle(.written(stored), now: .seconds(4)) == [.wait(.seconds(2))])
        #expect(machine.release == nil)
        #expect(machine.handle(.proceed, now: .seconds(6)) == [.wait(.seconds(2))])
    }

    /// Work may heed its cancellation late, or shield a step from it: nobody else may begin meanwhile.
    @Test func whoeverStepsBackRenewsUntilTheWorkHasEnded() {
        var machine = leader()
        machine.isStanding = false
        _ = machine.handle(.proceed, now: .seconds(2))
        var now = Duration.seconds(2)
        for version in 2..<40 {
            #expect(machine.handle(.written(record("me", 0, "\(version)")), now: now) == [.wait(.seconds(2))])
            now += .seconds(2)
            let renewal = record("me", 0, "\(version)")
            #expect(machine.handle(.proceed, now: now) == [.update(renewal, acquires: false, within: .seconds(5))])
        }
        #expect(machine.handle(.failed(isConflict: false), now: now) == [.wait(.seconds(2))])
        let free = LeaseRecord(holder: "", duration: .seconds(1), transitions: 0, version: "39")
        #expect(machine.handle(.stopped, now: now) == [.release(free, within: .seconds(5))])

        var late = leader()
        late.isStanding = false
        _ = late.handle(.proceed, now: .seconds(2))
        #expect(late.handle(.proceed, now: .seconds(10)) == [.stop])
        #expect(late.handle(.proceed, now: .seconds(11)).isEmpty && late.deadline == nil)
    }

    @Test func whoeverStepsBackWhileItTakesTheLeaseGivesItUp() {
        var machine = LeaderElectionMachine(identity: "me", configuration: configuration)
        _ = machine.handle(.proceed, now: .zero)
        _ = machine.handle(.read(nil), now: .zero)
        machine.isStanding = false
        let free = LeaseRecord(holder: "", duration: .seconds(1), transitions: 0, version: "1")
        #expect(machine.handle(.written(record("me")), now: .seconds(1)) == [.release(free, within: .seconds(5))])
        #expect(!machine.isLeader)
    }

    @Test func aLeaseThatSomebodyDeletesIsNoFreeLease() {
        var machine = LeaderElectionMachine(identity: "me", configuration: configuration)
        _ = machine.handle(.proceed, now: .zero)
        _ = machine.handle(.read(record("other", 3)), now: .zero)
        _ = machine.handle(.proceed, now: .seconds(2))
        // The other one works on, and makes it again with its next renewal.
        #expect(machine.handle(.read(nil), now: .seconds(2)) == [.wait(.seconds(2))])
        _ = machine.handle(.proceed, now: .seconds(16))
        #expect(machine.handle(.read(nil), now: .seconds(16)) == [.wait(.seconds(1))])
        _ = machine.handle(.proceed, now: .seconds(17))
        #expect(machine.handle(.read(nil), now: .seconds(17)) == [.create(record("me", 4, ""), within: .seconds(5))])
    }

    @Test func unsafeSettingsAreRefused() throws {
        func check(_ lease: Double, _ renew: Double, _ retry: Double, shards: Int = 1) throws {
            try LeaderElectionConfiguration(
                leaseName: "l",
                namespace: "n",
                leaseDuration: .seconds(lease),
                renewDeadline: .seconds(renew),
                retryPeriod: .seconds(retry),
                shards: shards
            ).validate()
        }
        try configuration.validate()
        #expect(configuration.leaseDuration == .seconds(15))
        #expect(configuration.renewDeadline == .seconds(10))
        #expect(configuration.retryPeriod == .seconds(2))
        try check(15, 10, 8.3)
        #expect(throws: InvalidLeaderElection.self) { try check(10, 10, 2) }
        #expect(throws: InvalidLeaderElection.self) { try check(15, 10, 8.4) }
        #expect(throws: InvalidLeaderElection.self) { try check(15, 10, 0) }
        #expect(throws: InvalidLeaderElection.self) { try check(0.5, 0.4, 0.1) }
        #expect(throws: InvalidLeaderElection.self) { try check(15, 10, 2, shards: 0) }
        #expect(throws: InvalidLeaderElection.self) { try LeaderElectionConfiguration(leaseName: "", namespace: "n").validate() }
    }

    /// Every input in every state has an answer, and none but the loss of the leadership ends in silence.
    @Test func everyStateAnswersEveryInput() {
        var leading = leader()
        _ = leading.handle(.proceed, now: .seconds(1))
        var leaving = leader()
        leaving.isStanding = false
        _ = leaving.handle(.proceed, now: .seconds(1))
        var stopping = leader()
        _ = stopping.handle(.proceed, now: .seconds(10))
        let inputs: [LeaderElectionMachine.Input] = [
            .proceed, .read(nil), .read(record("me", 1, "2")), .read(record("other", 1, "2")), .read(record("", 1, "2")),
            .written(record("me", 0, "2")), .written(record("other", 0, "2")), .failed(isConflict: true), .failed(isConflict: false),
            .stopped,
        ]
        for isStanding in [true, false] {
            for input in inputs {
                var follower = LeaderElectionMachine(identity: "me", configuration: configuration)
                follower.isStanding = isStanding
                #expect(follower.handle(input, now: .zero).isEmpty == (input == .stopped), "follower: \(input)")
                var leader = leading
                leader.isStanding = isStanding
                #expect(leader.handle(input, now: .seconds(2)).isEmpty == (input == .stopped), "leader: \(input)")
                var late = leading
                late.isStanding = isStanding
                #expect(late.handle(input, now: .seconds(11)) == [.stop], "late: \(input)")
                var yielding = leaving
                yielding.isStanding = isStanding
                #expect(!yielding.handle(input, now: .seconds(2)).isEmpty, "yielding: \(input)")
                #expect(!yielding.isLeader)
                yielding = leaving
                let isLate = yielding.handle(input, now: .seconds(11)) == [.stop]
                #expect(isLate == (input != .stopped), "yielding, late: \(input)")
                var ended = stopping
                ended.isStanding = isStanding
                #expect(ended.handle(input, now: .seconds(11)).isEmpty == (input != .stopped), "stopping: \(input)")
                #expect(!ended.isLeader && !late.isLeader)
            }
        }
    }

    /// Two machines on one lease, with calls that fail, come late, or are cut short, and watches that tell late, out of order, or not at
    /// all: never do both lead.
    @Test(arguments: 0..<200)
    func twoNeverLeadAtOnce(seed: Int) {
        var random = SplitMix(state: UInt64(seed))
        var machines = ["a", "b"].map { LeaderElectionMachine(identity: $0, configuration: configuration) }
        var lease: LeaseRecord?
        var version = 0
        var due: [(at: Duration, machine: Int, input: LeaderElectionMachine.Input)] = [(.zero, 0, .proceed), (.zero, 1, .proceed)]
        /// Until when each works: the shell stops within half a second.
        var worksUntil: [Duration?] = [nil, nil]
        /// When the work of one that steps back ends.
        var yieldsUntil: [Duration?] = [nil, nil]
        var now = Duration.zero
        var changes = 0
        /// Who has seen a Lease; a process that never has knows nothing of a leader whose Lease is deleted.
        var known: Set<Int> = []
        var deletedAt = Duration.zero
        var told: [(at: Duration, machine: Int, lease: LeaseRecord?)] = []
        func tell() {
            for machine in 0..<2 where random.next() % 4 != 0 {
                told.append((now + .milliseconds(Int64(random.next() % 3000)), machine, lease))
            }
        }
        for _ in 0..<2000 {
            guard let next = due.indices.min(by: { due[$0].at < due[$1].at }) else { break }
            if let first = told.indices.min(by: { told[$0].at < told[$1].at }), told[first].at < due[next].at {
                let event = told.remove(at: first)
                now = max(now, event.at)
                if event.lease != nil { known.insert(event.machine) }
                let delay = machines[event.machine].watched(event.lease, now: now, random: Double(random.next() % 100) / 100)
                guard let delay, let wait = due.firstIndex(where: { $0.machine == event.machine && $0.input == .proceed }) else { continue }
                due[wait].at = min(due[wait].at, now + delay)
                continue
            }
            let event = due.remove(at: next)
            now = max(now, event.at)
            // Now and then one steps back for a while, or somebody deletes the Lease.
            if random.next() % 20 == 0 { machines[event.machine].isStanding.toggle() }
            if random.next() % 50 == 0, known == [0, 1], now - deletedAt > .seconds(120) {
                lease = nil
                deletedAt = now
                tell()
            }
            switch event.input {
            case .read(.some), .written: known.insert(event.machine)
            default: break
            }
            let wasLeader = machines[event.machine].isLeader
            for action in machines[event.machine].handle(event.input, now: now, random: Double(random.next() % 100) / 100) {
                func answer(_ limit: Duration, _ input: @autoclosure () -> LeaderElectionMachine.Input) {
                    let latency = Duration.milliseconds(Int64(random.next() % 8000))
                    let fails = random.next() % 4 == 0
                    if fails || latency > limit {
                        // The write may have happened all the same.
                        if random.next() % 2 == 0 { _ = input() }
                        due.append((now + min(latency, limit), event.machine, .failed(isConflict: false)))
                    } else {
                        due.append((now + latency, event.machine, input()))
                    }
                }
                func write(_ record: LeaseRecord) -> LeaderElectionMachine.Input {
                    guard record.version == (lease?.version ?? "") else { return .failed(isConflict: true) }
                    version += 1
                    var stored = record
                    stored.version = String(version)
                    lease = stored
                    tell()
                    return .written(stored)
                }
                switch action {
                case .read(let limit): answer(limit, .read(lease))
                case .create(let record, let limit), .update(let record, _, let limit), .release(let record, let limit):
                    answer(limit, write(record))
                case .lead:
                    changes += 1
                    let other = 1 - event.machine
                    if let until = worksUntil[other] { #expect(until <= now, "seed \(seed)") }
                    worksUntil[event.machine] = .seconds(1_000_000)
                case .yield:
                    // The work takes longer than any Lease lasts, or ends soon.
                    let end = now + .milliseconds(Int64(random.next() % (random.next() % 2 == 0 ? 500 : 40_000)))
                    worksUntil[event.machine] = end
                    yieldsUntil[event.machine] = end
                case .stop:
                    yieldsUntil[event.machine] = nil
                    worksUntil[event.machine] = now + .milliseconds(500)
                    due.append((now + .milliseconds(500), event.machine, .stopped))
                case .wait(let delay):
                    let deadline = machines[event.machine].deadline
                    let wake = min(now + delay, deadline ?? .seconds(1_000_000))
                    if let end = yieldsUntil[event.machine], end <= wake {
                        yieldsUntil[event.machine] = nil
                        due.append((max(now, end), event.machine, .stopped))
                    } else {
                        due.append((wake, event.machine, .proceed))
                    }
                }
            }
            if wasLeader, !machines[event.machine].isLeader { changes += 1 }
        }
        #expect(changes > 0)
    }
}
