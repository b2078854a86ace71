import Testing

@testable import OperatorRuntime

@Suite struct ShardAssignmentTests {
    /// A key must keep its shard for ever, also in other versions of this code: instances of two versions run side by side.
    @Test func theShardOfAKeyIsStable() {
        #expect(ShardAssignment.hash("") == 0xcbf2_9ce4_8422_2325)
        #expect(ShardAssignment.hash("foobar") == 0x8594_4171_f739_67e8)
        #expect(["default/a", "default/b", "team/x", "y"].map { ShardAssignment.shard(of: $0, count: 8) } == [5, 0, 5, 5])
        #expect(ShardAssignment.shard(of: "default/a", count: 1) == 0)
    }

    @Test(arguments: [2, 3, 4, 7, 16])
    func keysSpreadEvenly(count: Int) {
        var load = [Int](repeating: 0, count: count)
        for index in 0..<8000 { load[ShardAssignment.shard(of: "default/tenant-\(index)", count: count)] += 1 }
        let mean = 8000 / count
        #expect(load.allSatisfy { $0 > mean * 8 / 10 && $0 < mean * 12 / 10 }, "\(load)")
    }

    @Test func sharesAreEqualAndEveryShardHasAHolder() {
        for shards in 1...20 {
            for count in 1...8 {
                let instances = (0..<count).map { "operator-\($0)" }
                let holders = ShardAssignment.holders(shards: shards, instances: instances)
                #expect(holders.count == shards)
                let loads = instances.map { one in holders.filter { $0 == one }.count }
                #expect((loads.max() ?? 0) - (loads.min() ?? 0) <= 1, "\(shards) shards, \(count) instances: \(loads)")
                #expect(ShardAssignment.holders(shards: shards, instances: instances.reversed() + instances) == holders)
            }
        }
        #expect(ShardAssignment.holders(shards: 3, instances: []).isEmpty)
    }
}

@Suite struct InstanceRegistryTests {
    private func presence(
        _ identity: String,
        _ version: Int,
        shards: Int = 4,
        isLeaving: Bool = false
    ) -> InstanceRegistry.Presence {
        .init(
            lease: "l-\(identity)",
            identity: identity,
            shards: shards,
            isLeaving: isLeaving,
            duration: .seconds(15),
            version: String(version)
        )
    }

    /// What is wanted after what is claimed was said.
    private static func wanted(_ registry: inout InstanceRegistry, shards: Int, holding: Bool, isLeaving: Bool) -> Set<Int> {
        _ = registry.wanted(shards: shards, holding: holding, isLeaving: isLeaving)
        return registry.wanted(shards: shards, holding: holding, isLeaving: isLeaving)
    }

    private func registry() -> InstanceRegistry { InstanceRegistry(identity: "me", period: .seconds(2)) }

    @Test func wantsNothingBeforeItHasLooked() {
        var registry = registry()
        #expect(Self.wanted(&registry, shards: 4, holding: false, isLeaving: false).isEmpty)
        registry.observe([presence("me", 1)], now: .zero)
        #expect(Self.wanted(&registry, shards: 4, holding: false, isLeaving: false) == [0, 1, 2, 3])
        #expect(Self.wanted(&registry, shards: 4, holding: true, isLeaving: true).isEmpty)
    }

    @Test func twoThatKnowEachOtherWantDifferentShards() {
        var one = InstanceRegistry(identity: "one", period: .seconds(2))
        var two = InstanceRegistry(identity: "two", period: .seconds(2))
        for shards in 1...9 {
            let all = [presence("one", 1, shards: shards), presence("two", 1, shards: shards)]
            one.observe(all, now: .zero)
            two.observe(all, now: .zero)
            let (first, second) = (
                Self.wanted(&one, shards: shards, holding: false, isLeaving: false),
                Self.wanted(&two, shards: shards, holding: true, isLeaving: false)
            )
            #expect(first.isDisjoint(with: second) && first.union(second) == Set(0..<shards))
        }
    }

    @Test func silentOnesAreGoneAfterTheirDuration() {
        var registry = registry()
        var now = Duration.zero
        for version in 1...5 {
            registry.observe([presence("me", version), presence("other", version)], now: now)
            now += .seconds(2)
        }
        #expect(registry.others.map(\.identity) == ["other"])
        var steps = 0
        while !registry.others.isEmpty, steps < 100 {
            registry.observe([presence("me", 10 + steps), presence("other", 5)], now: now)
            now += .seconds(2)
            steps += 1
        }
        #expect(steps == 8)
        #expect(Self.wanted(&registry, shards: 4, holding: true, isLeaving: false) == [0, 1, 2, 3])
        #expect(registry.abandoned.isEmpty)
        for _ in 0..<80 {
            registry.observe([presence("other", 5)], now: now)
            now += .seconds(2)
        }
        #expect(registry.abandoned.map(\.lease) == ["l-other"])
        // It comes back.
        registry.observe([presence("other", 6)], now: now)
        #expect(registry.others.map(\.identity) == ["other"])
    }

    /// While this instance could not look, it knows nothing of the others' renewals.
    @Test func anOutageMakesNobodyGone() {
        var registry = registry()
        registry.observe([presence("other", 1)], now: .zero)
        registry.observe([presence("other", 1)], now: .seconds(600))
        #expect(registry.others.count == 1)
    }

    @Test func aLeavingInstanceGetsNothing() {
        var registry = registry()
        registry.observe([presence("other", 1, isLeaving: true)], now: .zero)
        #expect(Self.wanted(&registry, shards: 4, holding: false, isLeaving: false) == [0, 1, 2, 3])
    }

    @Test func anotherNumberOfShardsIsWaitedFor() {
        var registry = registry()
        registry.observe([presence("old", 1, shards: 3, isLeaving: true)], now: .zero)
        #expect(Self.wanted(&registry, shards: 4, holding: false, isLeaving: false).isEmpty)
        // The one that has work goes on with it.
        #expect(Self.wanted(&registry, shards: 4, holding: true, isLeaving: false) == [0, 1, 2, 3])
        registry.observe([], now: .seconds(2))
        #expect(Self.wanted(&registry, shards: 4, holding: false, isLeaving: false) == [0, 1, 2, 3])
    }

    @Test func aPresenceThatIsMissingOnceIsStillWaitedFor() {
        var registry = registry()
        registry.observe([presence("old", 1, shards: 3)], now: .zero)
        var now = Duration.zero
        while now < .seconds(14) {
            now += .seconds(2)
            if now < .seconds(14) { registry.observe([], now: now) }
            #expect(Self.wanted(&registry, shards: 4, holding: false, isLeaving: false).isEmpty, "after \(now)")
        }
        // It is made again.
        registry.observe([presence("old", 2, shards: 3)], now: now)
        #expect(Self.wanted(&registry, shards: 4, holding: false, isLeaving: false).isEmpty)
        for step in 1...8 { registry.observe([], now: now + .seconds(2 * step)) }
        #expect(Self.wanted(&registry, shards: 4, holding: false, isLeaving: false) == [0, 1, 2, 3])
    }

    @Test func nothingIsTakenBeforeItIsClaimed() {
        var registry = registry()
        registry.observe([], now: .zero)
        #expect(registry.wanted(shards: 4, holding: false, isLeaving: false, isReady: false).isEmpty && !registry.isClaiming)
        #expect(registry.wanted(shards: 4, holding: false, isLeaving: false).isEmpty && registry.isClaiming)
        #expect(registry.wanted(shards: 4, holding: false, isLeaving: false) == [0, 1, 2, 3])
    }

    @Test func whoeverWaitsGetsNothingAndIsNotWaitedFor() {
        var registry = registry()
        var same = presence("same", 1)
        same.isWaiting = true
        var other = presence("other", 1, shards: 3)
        other.isWaiting = true
        registry.observe([same, other], now: .zero)
        #expect(Self.wanted(&registry, shards: 4, holding: false, isLeaving: false) == [0, 1, 2, 3])
    }

    /// Instances of three numbers of shards that see one another late, lose Leases, and come and go in any order: two of different numbers
    /// never hold at once, and somebody holds in the end.
    @Test(arguments: 0..<300)
    func instancesOfDifferentNumbersNeverHoldAtOnce(seed: Int) {
        var random = SplitMix(state: UInt64(seed))
        let counts = [1, 2, 3].map { _ in 2 + Int(random.next() % 3) }
        var registries = counts.indices.map { InstanceRegistry(identity: "i\($0)", period: .seconds(2)) }
        var stored: [Int: InstanceRegistry.Presence] = [:]
        var holding = Set<Int>()
        var version = 0
        var held = 0
        for step in 0..<400 {
            let now = Duration.seconds(step)
            let one = Int(random.next() % UInt64(counts.count))
            let isQuiet = step > 200
            // Its Leases run out, or somebody deletes its presence.
            if !isQuiet, random.next() % 15 == 0 { holding.remove(one) }
            if step > 40, !isQuiet, random.next() % 30 == 0 { stored[Int(random.next() % 3)] = nil }
            for _ in 0..<2 {
                version += 1
                var presence = presence("i\(one)", version, shards: counts[one])
                presence.isWaiting = !registries[one].isClaiming && !holding.contains(one)
                presence.madeAt = stored[one]?.madeAt ?? now
                presence.duration = .seconds(60)
                stored[one] = presence
                registries[one].observe(Array(stored.values), now: now)
                let isHolding = holding.contains(one)
                let wanted = registries[one].wanted(shards: counts[one], holding: isHolding, isLeaving: false)
                if wanted.isEmpty { holding.remove(one) } else { holding.insert(one) }
            }
            #expect(Set(holding.map { counts[$0] }).count <= 1, "seed \(seed), step \(step)")
            if isQuiet { held += holding.isEmpty ? 0 : 1 }
        }
        #expect(held > 100, "seed \(seed)")
    }
}
