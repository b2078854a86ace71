import KubernetesClient
import OperatorRuntime
import Testing

@Suite struct ReflectorMachineTests {
    private let firstPage = ReflectorList(limit: 500)

    /// A machine that has listed at version 10 and watches.
    private func watching(_ configuration: ReflectorMachine.Configuration = .init()) -> ReflectorMachine {
        var machine = ReflectorMachine(configuration: configuration)
        _ = machine.handle(.started, now: .zero)
        _ = machine.handle(.page(version: "10", continueToken: nil), now: .zero)
        _ = machine.handle(.opened, now: .zero)
        return machine
    }

    @Test func listsPageByPageThenWatches() {
        var machine = ReflectorMachine()
        #expect(machine.handle(.started, now: .zero) == [.list(firstPage)])
        #expect(
            machine.handle(.page(version: "10", continueToken: "a"), now: .zero)
                == [.beginSnapshot, .addToSnapshot, .list(ReflectorList(limit: 500, continueToken: "a"))]
        )
        #expect(
            machine.handle(.page(version: "10", continueToken: "b"), now: .zero)
                == [.addToSnapshot, .list(ReflectorList(limit: 500, continueToken: "b"))]
        )
        #expect(
            machine.handle(.page(version: "10", continueToken: ""), now: .zero)
                == [.addToSnapshot, .commitSnapshot(version: "10"), .watch(version: "10", streaming: false)]
        )
        #expect(machine.handle(.opened, now: .zero).isEmpty)
        #expect(machine.handle(.event(version: "11"), now: .zero) == [.apply(version: "11")])
        #expect(machine.handle(.bookmark(version: "15", endsInitialEvents: false), now: .zero) == [.advance(version: "15")])
        #expect(machine.handle(.ended, now: .seconds(290)) == [.watch(version: "15", streaming: false)])
    }

    @Test func pagesThatGetTooOldAreReadInOnePiece() {
        var machine = ReflectorMachine()
        _ = machine.handle(.started, now: .zero)
        _ = machine.handle(.page(version: "10", continueToken: "a"), now: .zero)
        #expect(machine.handle(.failed(.gone), now: .zero) == [.report(.gone), .list(ReflectorList())])
        #expect(
            machine.handle(.page(version: "12", continueToken: nil), now: .zero)
                == [.beginSnapshot, .addToSnapshot, .commitSnapshot(version: "12"), .watch(version: "12", streaming: false)]
        )
    }

    @Test func aFailedPageIsAskedForAgainWithGrowingDelays() {
        var machine = ReflectorMachine()
        _ = machine.handle(.started, now: .zero)
        _ = machine.handle(.page(version: "10", continueToken: "a"), now: .zero)
        let page = ReflectorList(limit: 500, continueToken: "a")
        var now = Duration.zero
        for delay in [0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30, 30] {
            #expect(
                machine.handle(.failed(.unavailable(retryAfter: nil)), now: now)
                    == [.report(.unavailable(retryAfter: nil)), .wait(.seconds(delay))]
            )
            now += .seconds(delay)
            #expect(machine.handle(.waited, now: now) == [.list(page)])
        }
        // After two quiet minutes delays begin anew.
        now += .seconds(120)
        #expect(machine.handle(.failed(.refused), now: now) == [.report(.refused), .wait(.milliseconds(800))])
    }

    @Test func jitterAndRetryAfterLengthenDelays() {
        var machine = ReflectorMachine()
        _ = machine.handle(.started, now: .zero)
        #expect(machine.handle(.failed(.idle), now: .zero, random: 1).last == .wait(.seconds(1.6)))
        _ = machine.handle(.waited, now: .zero)
        #expect(machine.handle(.failed(.tooManyRequests(retryAfter: .seconds(17))), now: .zero).last == .wait(.seconds(17)))
    }

    @Test func longRetryAfterIsNotBelieved() {
        var machine = ReflectorMachine()
        _ = machine.handle(.started, now: .zero)
        #expect(machine.handle(.failed(.unavailable(retryAfter: .seconds(86400))), now: .zero).last == .wait(.seconds(300)))
    }

    @Test func aForgottenVersionIsListedAnewAtOnceButNotInALoop() {
        var machine = watching()
        #expect(machine.handle(.failed(.gone), now: .seconds(100)) == [.report(.gone), .list(firstPage)])
        _ = machine.handle(.page(version: "30", continueToken: nil), now: .seconds(100))
        #expect(machine.handle(.failed(.gone), now: .seconds(101)) == [.report(.gone), .wait(.seconds(1.6))])
        #expect(machine.handle(.waited, now: .seconds(103)) == [.list(firstPage)])
        _ = machine.handle(.page(version: "31", continueToken: nil), now: .seconds(103))
        #expect(machine.handle(.failed(.gone), now: .seconds(300)) == [.report(.gone), .list(firstPage)])
    }

    @Test(arguments: [ReflectorFailure.unavailable(retryAfter: nil), .tooManyRequests(retryAfter: nil)])
    func aTroubledServerIsWatchedAgainFromTheSameVersion(failure: ReflectorFailure) {
        var machine = watching()
        _ = machine.handle(.event(version: "12"), now: .seconds(1))
        #expect(machine.handle(.failed(failure), now: .seconds(2)) == [.report(failure), .wait(.milliseconds(800))])
        #expect(machine.handle(.waited, now: .seconds(3)) == [.watch(version: "12", streaming: false)])
    }

    @Test func aSilentWatchIsReplacedAtOnce() {
        var machine = watching()
        #expect(machine.handle(.failed(.idle), now: .seconds(295)) == [.report(.idle), .watch(version: "10", streaming: false)])
        #expect(machine.failures == 0)
    }

    @Test(arguments: [ReflectorFailure.refused, .notSupported])
    func aRefusedWatchBeginsWithAList(failure: ReflectorFailure) {
        var machine = watching()
        #expect(machine.handle(.failed(failure), now: .zero) == [.report(failure), .wait(.milliseconds(800))])
        #expect(machine.handle(.waited, now: .zero) == [.list(firstPage)])
    }

    @Test func aWatchThatEndsAtOnceCountsAsFailed() {
        var machine = watching()
        #expect(machine.handle(.ended, now: .milliseconds(900)).last == .wait(.milliseconds(800)))
        _ = machine.handle(.waited, now: .seconds(2))
        _ = machine.handle(.opened, now: .seconds(2))
        // With an event it was a good watch, however short.
        _ = machine.handle(.event(version: "11"), now: .seconds(2))
        #expect(machine.handle(.ended, now: .seconds(2)) == [.watch(version: "11", streaming: false)])
    }

    @Test func streamingListsAndGoesOnWatching() {
        var machine = ReflectorMachine(configuration: .init(usesStreamingList: true))
        #expect(machine.handle(.started, now: .zero) == [.watch(version: nil, streaming: true)])
        #expect(machine.handle(.opened, now: .zero) == [.beginSnapshot])
        #expect(machine.handle(.event(version: "3"), now: .zero) == [.addToSnapshot])
        #expect(machine.handle(.bookmark(version: "4", endsInitialEvents: false), now: .zero).isEmpty)
        // The long watch of the list gives way to a short one.
        #expect(
            machine.handle(.bookmark(version: "9", endsInitialEvents: true), now: .zero)
                == [.commitSnapshot(version: "9"), .watch(version: "9", streaming: false)]
        )
        #expect(machine.handle(.event(version: "10"), now: .zero) == [.apply(version: "10")])
        #expect(machine.handle(.failed(.gone), now: .zero) == [.report(.gone), .watch(version: nil, streaming: true)])
    }

    @Test func aServerWithoutStreamingIsListedFromThenOn() {
        var machine = ReflectorMachine(configuration: .init(usesStreamingList: true))
        _ = machine.handle(.started, now: .zero)
        #expect(machine.handle(.failed(.notSupported), now: .zero) == [.report(.notSupported), .list(firstPage)])
        _ = machine.handle(.page(version: "10", continueToken: nil), now: .zero)
        #expect(machine.handle(.failed(.gone), now: .zero).contains(.list(firstPage)))
    }

    @Test func aStreamThatBreaksIsFollowedByOneList() {
        var machine = ReflectorMachine(configuration: .init(usesStreamingList: true))
        _ = machine.handle(.started, now: .zero)
        _ = machine.handle(.opened, now: .zero)
        _ = machine.handle(.event(version: "3"), now: .zero)
        #expect(machine.handle(.ended, now: .zero).last == .wait(.milliseconds(800)))
        #expect(machine.handle(.waited, now: .seconds(1)) == [.list(firstPage)])
        let actions = machine.handle(.page(version: "10", continueToken: nil), now: .seconds(1))
        #expect(actions.first == .beginSnapshot)
    }

    @Test func aBusyServerIsAskedToStreamAgain() {
        var machine = ReflectorMachine(configuration: .init(usesStreamingList: true))
        _ = machine.handle(.started, now: .zero)
        _ = machine.handle(.failed(.tooManyRequests(retryAfter: .seconds(2))), now: .zero)
        #expect(machine.handle(.waited, now: .seconds(2)) == [.watch(version: nil, streaming: true)])
    }

    @Test func aStaleFirstListIsWantedOnlyOnce() {
        var machine = ReflectorMachine(configuration: .init(acceptsStaleList: true))
        #expect(machine.handle(.started, now: .zero) == [.list(ReflectorList(resourceVersion: "0", limit: 500))])
        _ = machine.handle(.page(version: "10", continueToken: nil), now: .zero)
        #expect(machine.handle(.failed(.gone), now: .zero) == [.report(.gone), .list(firstPage)])
    }

    @Test func aListOlderThanWhatWasSeenIsNotBelieved() {
        var machine = watching(.init(staleListsRefused: 2))
        _ = machine.handle(.event(version: "50"), now: .zero)
        _ = machine.handle(.failed(.gone), now: .seconds(200))
        for _ in 0..<2 {
            let actions = machine.handle(.page(version: "40", continueToken: nil), now: .seconds(200))
            #expect(actions.first == .report(.stale))
            #expect(machine.handle(.waited, now: .seconds(200)) == [.list(firstPage)])
        }
        // A restored backup really is older.
        #expect(machine.handle(.page(version: "40", continueToken: nil), now: .seconds(210)).contains(.commitSnapshot(version: "40")))
        #expect(machine.handle(.event(version: "41"), now: .seconds(210)) == [.apply(version: "41")])
    }

    @Test func everyFailureInEveryStateLeadsOn() {
        let failures: [ReflectorFailure] = [
            .gone, .versionTooLarge, .tooManyRequests(retryAfter: nil), .unavailable(retryAfter: nil), .idle, .notSupported, .stale,
            .malformed, .tooLarge, .refused,
        ]
        func fresh() -> [ReflectorMachine] {
            var listing = ReflectorMachine()
            _ = listing.handle(.started, now: .zero)
            var paging = listing
            _ = paging.handle(.page(version: "1", continueToken: "x"), now: .zero)
            var streaming = ReflectorMachine(configuration: .init(usesStreamingList: true))
            _ = streaming.handle(.started, now: .zero)
            var opened = streaming
            _ = opened.handle(.opened, now: .zero)
            return [listing, paging, streaming, opened, watching()]
        }
        for failure in failures {
            for var machine in fresh() {
                var actions = machine.handle(.failed(failure), now: .seconds(5))
                #expect(actions.first == .report(failure))
                if case .wait = actions.last { actions = machine.handle(.waited, now: .seconds(60)) }
                switch actions.last {
                case .list, .watch: break
                default: Issue.record("\(failure) leads nowhere: \(actions)")
                }
            }
        }
    }

    @Test func lateNewsIsPassedOver() {
        var machine = watching()
        _ = machine.handle(.failed(.unavailable(retryAfter: nil)), now: .zero)
        for input in [
            ReflectorInput.event(version: "99"), .ended, .opened, .failed(.gone), .page(version: "1", continueToken: nil), .started,
        ] {
            #expect(machine.handle(input, now: .zero).isEmpty)
        }
        #expect(machine.handle(.waited, now: .zero) == [.watch(version: "10", streaming: false)])
    }
}
