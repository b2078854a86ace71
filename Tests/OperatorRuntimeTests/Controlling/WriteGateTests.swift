import KubernetesModel
import Testing

@testable import OperatorRuntime

@Suite struct WriteGateTests {
    private typealias Requirement = WriteGate<String>.Requirement
    private let object = ObjectKey(namespace: "n", name: "x")

    @Test func aKeyIsFreeWhenAllCachesHaveSeenItsWrites() {
        var gate = WriteGate<String>()
        gate.hold("a", for: [Requirement(cache: 0, what: .version(10)), Requirement(cache: 1, what: .version(7))], until: .seconds(5))
        gate.hold("b", for: [Requirement(cache: 0, what: .version(12))], until: .seconds(6))
        #expect(gate.nextDeadline == .seconds(5))
        #expect(gate.observed(cache: 0, version: 9) { _, _ in false }.isEmpty)
        #expect(gate.observed(cache: 0, version: 10) { _, _ in false }.isEmpty)
        #expect(gate.observed(cache: 1, version: 8) { _, _ in false } == ["a"])
        #expect(gate.observed(cache: 0, version: 20) { _, _ in false } == ["b"])
        #expect(gate.count == 0)
    }

    @Test func aDeletionIsSeenWhenTheObjectIsGone() {
        var gate = WriteGate<String>()
        gate.hold("a", for: [Requirement(cache: 0, what: .gone(object, uid: "u"))], until: .seconds(5))
        #expect(gate.observed(cache: 0, version: 1) { _, _ in false }.isEmpty)
        #expect(gate.observed(cache: 1, version: 99) { _, _ in true }.isEmpty)
        #expect(gate.observed(cache: 0, version: 2) { key, uid in key == object && uid == "u" } == ["a"])
    }

    @Test func waitsAreBoundedAndTheKeyIsKnownToBeBehind() {
        var gate = WriteGate<String>()
        gate.hold("a", for: [Requirement(cache: 0, what: .version(10))], until: .seconds(5))
        #expect(gate.expire(now: .seconds(4.9)).isEmpty)
        #expect(gate.expire(now: .seconds(5)) == ["a"])
        #expect(gate.isBehind("a"))
        #expect(gate.observed(cache: 0, version: 9) { _, _ in false }.isEmpty)
        #expect(gate.isBehind("a"))
        #expect(gate.observed(cache: 0, version: 10) { _, _ in false } == ["a"])
        #expect(!gate.isBehind("a"))
        #expect(gate.nextDeadline == nil)
    }

    @Test func whatAKeyIsOverdueForItWaitsForWithItsNextWrites() {
        var gate = WriteGate<String>()
        gate.hold("a", for: [Requirement(cache: 0, what: .version(10)), Requirement(cache: 1, what: .version(11))], until: .seconds(5))
        #expect(gate.expire(now: .seconds(5)) == ["a"])
        gate.hold("a", for: [Requirement(cache: 0, what: .version(30))], until: .seconds(9))
        #expect(gate.nextDeadline == .seconds(9))
        #expect(gate.observed(cache: 0, version: 30) { _, _ in false }.isEmpty)
        #expect(gate.expire(now: .seconds(9)) == ["a"])
        #expect(gate.isBehind("a"))
        #expect(gate.observed(cache: 1, version: 11) { _, _ in false } == ["a"])
        #expect(!gate.isBehind("a"))
    }

    /// A cache that is blind, as when its permission was taken away, is not believed because time has passed.
    @Test func aBlindCacheIsNotBelievedBeforeItIsListed() {
        var gate = WriteGate<String>(patience: .seconds(100))
        gate.hold("a", for: [Requirement(cache: 0, what: .version(10)), Requirement(cache: 1, what: .version(11))], until: .seconds(5))
        _ = gate.expire(now: .seconds(5))
        #expect(gate.expire(now: .seconds(105)).isEmpty)
        #expect(gate.nextDeadline == nil)
        #expect(gate.isBehind("a"))
        // Events below the version prove nothing, a list does, for its own cache.
        #expect(gate.observed(cache: 0, version: 8) { _, _ in false }.isEmpty)
        #expect(gate.observed(cache: 0, version: 8, isList: true) { _, _ in false }.isEmpty)
        #expect(gate.isBehind("a"))
        #expect(gate.observed(cache: 1, version: 11) { _, _ in false } == ["a"])
        #expect(!gate.isBehind("a"))
    }

    @Test func noKeyIsBehindForEver() {
        var gate = WriteGate<String>(patience: .seconds(100))
        gate.hold("a", for: [Requirement(cache: 0, what: .version(10))], until: .seconds(5))
        _ = gate.expire(now: .seconds(5))
        #expect(gate.nextDeadline == .seconds(105))
        // As after a backup was restored: the cluster's versions are lower than those of the writes.
        #expect(gate.observed(cache: 0, version: 3, isList: true) { _, _ in false }.isEmpty)
        #expect(gate.expire(now: .seconds(104)).isEmpty)
        #expect(gate.isBehind("a"))
        #expect(gate.expire(now: .seconds(105)).isEmpty)
        #expect(!gate.isBehind("a"))
        #expect(gate.count == 0)
        // A later wait has nothing to do with the old one.
        gate.hold("a", for: [Requirement(cache: 0, what: .version(20))], until: .seconds(110))
        #expect(gate.observed(cache: 0, version: 10) { _, _ in false }.isEmpty)
        #expect(gate.observed(cache: 0, version: 20) { _, _ in false } == ["a"])
    }
}
