import KubernetesClient
import OperatorRuntime
import Testing

/// What the machine does about servers that behave badly, and that no state is without an answer to any input.
@Suite struct ReflectorRecoveryTests {
    private let firstPage = ReflectorList(limit: 500)

    private func machine(_ configuration: ReflectorMachine.Configuration = .init(), after inputs: ReflectorInput...) -> ReflectorMachine {
        var machine = ReflectorMachine(configuration: configuration)
        for input in inputs { _ = machine.handle(input, now: .zero) }
        return machine
    }

    private func watching(_ configuration: ReflectorMachine.Configuration = .init()) -> ReflectorMachine {
        machine(configuration, after: .started, .page(version: "10", continueToken: nil), .opened)
    }

    @Test(arguments: [ReflectorFailure.refused, .notSupported, .malformed, .stale])
    func aTokenThatIsNotTakenIsNotAskedForAgain(failure: ReflectorFailure) {
        var machine = machine(after: .started, .page(version: "10", continueToken: "a"))
        #expect(machine.handle(.failed(failure), now: .zero).first == .report(failure))
        #expect(machine.handle(.waited, now: .seconds(1)) == [.list(firstPage)])
    }

    @Test func anEventWithoutAVersionDoesNotSetTheWatchBack() {
        var machine = watching()
        #expect(machine.handle(.event(version: ""), now: .zero) == [.apply(version: "10")])
        #expect(machine.handle(.bookmark(version: "", endsInitialEvents: false), now: .zero) == [.advance(version: "10")])
        #expect(machine.handle(.ended, now: .seconds(20)) == [.watch(version: "10", streaming: false)])
    }

    @Test func newsThatComesAgainDoesNotSetTheWatchBack() {
        var machine = watching()
        #expect(machine.handle(.event(version: "14"), now: .zero) == [.apply(version: "14")])
        #expect(machine.handle(.event(version: "12"), now: .zero) == [.apply(version: "14")])
        #expect(machine.handle(.bookmark(version: "13", endsInitialEvents: false), now: .zero) == [.advance(version: "14")])
        #expect(machine.handle(.ended, now: .seconds(20)) == [.watch(version: "14", streaming: false)])
    }

    @Test func aWatchThatEndsAtOnceWithNothingNewIsNotAskedForWithoutPause() {
        var machine = watching()
        // A bookmark at the version where the watch began is no news.
        _ = machine.handle(.bookmark(version: "10", endsInitialEvents: false), now: .zero)
        #expect(machine.handle(.ended, now: .milliseconds(10)).last == .wait(.milliseconds(800)))
    }

    @Test(arguments: [nil, "", "0"])
    func aListWithoutAVersionIsNotWatched(version: String?) {
        var machine = machine(after: .started)
        #expect(
            machine.handle(.page(version: version, continueToken: nil), now: .zero) == [.report(.malformed), .wait(.milliseconds(800))]
        )
        #expect(machine.handle(.waited, now: .seconds(1)) == [.list(firstPage)])
    }

    @Test func aListWhosePagesMoveOnIsWatchedFromItsFirstPage() {
        var machine = machine(after: .started, .page(version: "10", continueToken: "a"))
        #expect(
            machine.handle(.page(version: "17", continueToken: nil), now: .zero)
                == [.addToSnapshot, .commitSnapshot(version: "10"), .watch(version: "10", streaming: false)]
        )
    }

    @Test func aStaleListThatIsReadInOnePieceMayBeStaleToo() {
        var machine = machine(.init(acceptsStaleList: true), after: .started, .page(version: "10", continueToken: "a"))
        #expect(machine.handle(.failed(.gone), now: .zero) == [.report(.gone), .list(ReflectorList(resourceVersion: "0"))])
    }

    @Test func pagesThatAreTooLargeGetSmaller() {
        var machine = machine(after: .started)
        _ = machine.handle(.failed(.tooLarge), now: .zero)
        #expect(machine.handle(.waited, now: .seconds(1)) == [.list(ReflectorList(limit: 250))])
        _ = machine.handle(.failed(.tooLarge), now: .seconds(1))
        #expect(machine.handle(.waited, now: .seconds(3)) == [.list(ReflectorList(limit: 125))])
    }

    @Test func aGarbledWatchGoesOnWhereItWasUntilThatIsInVain() {
        var machine = watching()
        var now = Duration.zero
        for _ in 0..<2 {
            _ = machine.handle(.failed(.malformed), now: now)
            now += .seconds(5)
            #expect(machine.handle(.waited, now: now) == [.watch(version: "10", streaming: false)])
        }
        _ = machine.handle(.failed(.malformed), now: now)
        #expect(machine.handle(.waited, now: now + .seconds(5)) == [.list(firstPage)])
    }

    @Test func watchesThatDieOneAfterTheOtherEndInAList() {
        var machine = watching()
        for _ in 0..<2 { #expect(machine.handle(.failed(.idle), now: .zero) == [.report(.idle), .watch(version: "10", streaming: false)]) }
        _ = machine.handle(.failed(.idle), now: .zero)
        #expect(machine.handle(.waited, now: .seconds(1)) == [.list(firstPage)])
        // One that told something was none of them.
        var other = watching()
        for version in 11..<20 {
            _ = other.handle(.failed(.idle), now: .zero)
            #expect(other.handle(.event(version: "\(version)"), now: .zero) == [.apply(version: "\(version)")])
        }
    }

    /// A server that answers and then cannot go on is listed; an outage is waited for, with a list that fails now and then.
    @Test func aVersionFromWhichTheServerCannotGoOnIsGivenUp() {
        let failure = ReflectorFailure.unavailable(retryAfter: nil)
        var machine = watching()
        for _ in 0..<2 {
            _ = machine.handle(.failed(failure), now: .zero)
            #expect(machine.handle(.waited, now: .zero) == [.watch(version: "10", streaming: false)])
            _ = machine.handle(.opened, now: .zero)
        }
        _ = machine.handle(.failed(failure), now: .zero)
        #expect(machine.handle(.waited, now: .zero) == [.list(firstPage)])
        var other = watching()
        _ = other.handle(.ended, now: .seconds(20))
        for attempt in 1...60 {
            _ = other.handle(.failed(failure), now: .seconds(20))
            let isList = attempt % 6 == 5
            #expect(other.handle(.waited, now: .seconds(20)) == [isList ? .list(firstPage) : .watch(version: "10", streaming: false)])
        }
    }

    /// A server that answers lists, but refuses each watch from a version before it begins.
    @Test func watchesThatCannotBeOpenedEndInAList() {
        let failure = ReflectorFailure.unavailable(retryAfter: nil)
        var machine = machine(after: .started, .page(version: "10", continueToken: nil))
        var now = Duration.zero
        for _ in 1...4 {
            _ = machine.handle(.failed(failure), now: now)
            now += .seconds(60)
            #expect(machine.handle(.waited, now: now) == [.watch(version: "10", streaming: false)])
        }
        _ = machine.handle(.failed(failure), now: now)
        #expect(machine.handle(.waited, now: now) == [.list(firstPage)])
        // The server is down: it is not listed until it is up, and the watch goes on where it was.
        _ = machine.handle(.failed(failure), now: now)
        #expect(machine.handle(.waited, now: now) == [.watch(version: "10", streaming: false)])
        #expect(machine.handle(.opened, now: now).isEmpty)
        // One that was opened makes the count begin anew.
        _ = machine.handle(.event(version: "11"), now: now)
        _ = machine.handle(.failed(failure), now: now)
        for _ in 1...4 {
            #expect(machine.handle(.waited, now: now) == [.watch(version: "11", streaming: false)])
            _ = machine.handle(.failed(failure), now: now)
        }
        #expect(machine.handle(.waited, now: now) == [.watch(version: "11", streaming: false)])
        _ = machine.handle(.failed(failure), now: now)
        #expect(machine.handle(.waited, now: now) == [.list(firstPage)])
        // The list succeeds: another failed page later has nothing to do with the watch of before.
        _ = machine.handle(.page(version: "20", continueToken: nil), now: now)
        #expect(machine.state == .watching(version: "20", since: nil, isFruitful: false))
    }

    @Test func aStreamOlderThanWhatWasSeenIsNotBelieved() {
        var machine = machine(
            .init(usesStreamingList: true, staleListsRefused: 1),
            after: .started,
            .opened,
            .bookmark(version: "50", endsInitialEvents: true),
            .failed(.gone),
            .opened
        )
        let actions = machine.handle(.bookmark(version: "40", endsInitialEvents: true), now: .zero)
        #expect(actions.first == .report(.stale))
        #expect(machine.handle(.waited, now: .seconds(1)) == [.watch(version: nil, streaming: true)])
        #expect(machine.handle(.bookmark(version: "40", endsInitialEvents: true), now: .seconds(1)).first == .commitSnapshot(version: "40"))
    }

    @Test func aRefusedStreamIsTriedAgainAfterTheList() {
        var machine = machine(.init(usesStreamingList: true), after: .started, .failed(.refused))
        #expect(machine.handle(.waited, now: .seconds(1)) == [.list(firstPage)])
        _ = machine.handle(.page(version: "10", continueToken: nil), now: .seconds(1))
        #expect(machine.handle(.failed(.gone), now: .seconds(200)).contains(.watch(version: nil, streaming: true)))
    }

    @Test func theQuietTimeBeginsWhenTheWaitEnds() {
        var machine = machine(after: .started)
        _ = machine.handle(.failed(.tooManyRequests(retryAfter: .seconds(150))), now: .zero)
        _ = machine.handle(.waited, now: .seconds(150))
        #expect(machine.handle(.failed(.unavailable(retryAfter: nil)), now: .seconds(151)).last == .wait(.seconds(1.6)))
    }

    /// Every state with every input: what is under way ends in something else under way, and what is not meant for a state changes nothing.
    @Test func everyStateHasAnAnswerToEveryInput() {
        let failures: [ReflectorFailure] = [
            .gone, .versionTooLarge, .tooManyRequests(retryAfter: .seconds(3)), .unavailable(retryAfter: nil), .idle, .notSupported, .stale,
            .malformed, .tooLarge, .refused,
        ]
        let inputs: [ReflectorInput] =
            [
                .started, .opened, .ended, .waited, .event(version: "11"), .event(version: ""), .event(version: "text"),
                .bookmark(version: "12", endsInitialEvents: false), .bookmark(version: "12", endsInitialEvents: true),
                .bookmark(version: "", endsInitialEvents: true), .page(version: "12", continueToken: nil),
                .page(version: "12", continueToken: "t"), .page(version: nil, continueToken: nil), .page(version: "3", continueToken: nil),
            ] + failures.map { .failed($0) }
        let states: [(String, ReflectorMachine, Set<String>)] = [
            ("empty", machine(), ["started"]),
            ("list", machine(after: .started), ["page", "failed"]),
            ("later page", machine(after: .started, .page(version: "10", continueToken: "t")), ["page", "failed"]),
            (
                "list in one piece", machine(after: .started, .page(version: "10", continueToken: "t"), .failed(.gone)),
                ["page", "failed"]
            ),
            ("stream", machine(.init(usesStreamingList: true), after: .started), ["opened", "event", "bookmark", "ended", "failed"]),
            (
                "open stream", machine(.init(usesStreamingList: true), after: .started, .opened),
                ["opened", "event", "bookmark", "ended", "failed"]
            ),
            ("watch", watching(), ["opened", "event", "bookmark", "ended", "failed"]),
            (
                "watch not open", machine(after: .started, .page(version: "10", continueToken: nil)),
                ["opened", "event", "bookmark", "ended", "failed"]
            ),
            ("wait for list", machine(after: .started, .failed(.refused)), ["waited"]),
            ("wait for watch", machine(after: .started, .page(version: "10", continueToken: nil), .failed(.stale)), ["waited"]),
        ]
        for (name, machine, meant) in states {
            for input in inputs {
                var next = machine
                let actions = next.handle(input, now: .seconds(5))
                guard meant.contains(Self.kind(input)) else {
                    #expect(actions.isEmpty && next.state == machine.state, "\(name), \(input)")
                    continue
                }
                // There is always exactly one thing under way.
                let started = actions.filter(\.isUnderWay).count
                #expect(started <= 1, "\(name), \(input): \(actions)")
                switch next.state {
                case .empty: Issue.record("\(name), \(input) leads nowhere")
                case .waiting: #expect(actions.contains { if case .wait = $0 { true } else { false } }, "\(name), \(input)")
                case .listing: #expect(actions.contains { if case .list = $0 { true } else { false } }, "\(name), \(input)")
                case .streaming, .watching:
                    if started == 0 { #expect(Self.kind(input) != "failed" && input != .ended, "\(name), \(input)") }
                }
                // A failure is never passed over in silence.
                if case .failed(let failure) = input { #expect(actions.first == .report(failure), "\(name), \(input)") }
            }
        }
    }

    private static func kind(_ input: ReflectorInput) -> String {
        switch input {
        case .started: "started"
        case .page: "page"
        case .opened: "opened"
        case .event: "event"
        case .bookmark: "bookmark"
        case .ended: "ended"
        case .failed: "failed"
        case .waited: "waited"
        }
    }
}

extension ReflectorAction {
    fileprivate var isUnderWay: Bool {
        switch self {
        case .list, .watch, .wait: true
        default: false
        }
    }
}
