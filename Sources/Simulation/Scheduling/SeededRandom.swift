import NIOConcurrencyHelpers

/// Numbers that look random and follow from a seed (SplitMix64).
struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 &+ 0x1234_5678_9abc_def1 }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }

    /// A number from 0 up to 1.
    mutating func fraction() -> Double { Double(next() >> 11) * 0x1p-53 }
}

/// A ``SeededRandom`` for everybody who takes part in one simulation.
final class SharedRandom: Sendable {
    private let generator: NIOLockedValueBox<SeededRandom>

    init(seed: UInt64) { generator = NIOLockedValueBox(SeededRandom(seed: seed)) }

    /// 64 random bits.
    func bits() -> UInt64 { generator.withLockedValue { $0.next() } }

    /// A number from 0 up to 1.
    func fraction() -> Double { generator.withLockedValue { $0.fraction() } }

    /// A number from 0 up to `limit`.
    func below(_ limit: Int) -> Int { limit <= 1 ? 0 : Int(bits() % UInt64(limit)) }

    /// True with a probability.
    func chance(_ probability: Double) -> Bool { probability > 0 && fraction() < probability }

    /// A time from zero up to `limit`.
    func duration(below limit: Duration) -> Duration { limit > .zero ? limit * fraction() : .zero }
}
