import ServiceLifecycle

/// Holds back the graceful shutdown of a group of services, which go on serving meanwhile: as the last of the group it is the first to be
/// shut down.
///
/// Those who send requests to a pod learn of its end later than the pod itself. A server that stops to listen at once refuses them.
public struct ShutdownDelay: Service {
    private let duration: Duration

    /// Makes a delay.
    public init(_ duration: Duration) { self.duration = duration }

    /// Waits for the shutdown, and then as long as it is to be held back; ends at once when cancelled.
    public func run() async throws {
        do {
            try await gracefulShutdown()
            try await ContinuousClock().sleep(for: duration)
        } catch is CancellationError {}
    }
}
