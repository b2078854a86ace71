import Foundation

/// What time it is, and how to wait: the only way a client knows either, so that tests decide.
public struct GatewayTime: Sendable {
    /// Now.
    public var now: @Sendable () -> ConnectionMachine.Moment
    /// Waits; throws when the task is cancelled.
    public var sleep: @Sendable (Duration) async throws -> Void
    /// A number from 0 to 1.
    public var random: @Sendable () -> Double

    /// Time of one's own.
    public init(
        now: @escaping @Sendable () -> ConnectionMachine.Moment,
        sleep: @escaping @Sendable (Duration) async throws -> Void,
        random: @escaping @Sendable () -> Double
    ) {
        self.now = now
        self.sleep = sleep
        self.random = random
    }

    /// The machine's.
    public static let system: GatewayTime = {
        let origin = ContinuousClock.now
        return GatewayTime(
            now: {
                ConnectionMachine.Moment(
                    elapsed: ContinuousClock.now - origin,
                    milliseconds: Int64(Date().timeIntervalSince1970 * 1000)  // edge: the machine's clock
                )
            },
            sleep: { try await ContinuousClock().sleep(for: $0) },
            random: { Double.random(in: 0...1) }  // edge: the machine's randomness
        )
    }()
}
