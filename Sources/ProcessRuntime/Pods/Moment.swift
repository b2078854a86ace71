import KubernetesModel

/// The present, on both clocks.
struct Moment: Sendable, Hashable {
    /// A clock that never goes back, for waiting.
    var clock: Duration
    /// What is written into objects.
    var wall: Timestamp
}
