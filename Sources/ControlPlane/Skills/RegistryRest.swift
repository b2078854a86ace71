import NIOConcurrencyHelpers

/// Leaves a registry that has failed alone for a while: what it has is in the database as well, and nobody has to wait for it each time.
struct RegistryRest: Sendable {
    /// How long it is left alone.
    let length: Duration
    private let instant: @Sendable () -> ContinuousClock.Instant
    private let end = NIOLockedValueBox<ContinuousClock.Instant?>(nil)

    /// A registry that has not failed.
    ///
    /// - Parameters:
    ///   - length: how long it is left alone. Default: 30 s.
    ///   - instant: the time.
    init(
        length: Duration = .seconds(30),
        instant: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }  // edge: the time of rests
    ) {
        (self.length, self.instant) = (length, instant)
    }

    /// Whether it is left alone.
    var isOn: Bool { end.withLockedValue { $0.map { instant() < $0 } ?? false } }

    /// Notes that it has failed.
    func begin() { end.withLockedValue { $0 = instant() + length } }
}
