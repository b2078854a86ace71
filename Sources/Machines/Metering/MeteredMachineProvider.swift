import CoreMetrics
import KubernetesClient
import Metrics

/// A provider whose calls are counted and timed, by verb and outcome.
public struct MeteredMachineProvider: MachineProvider {
    private let provider: any MachineProvider
    private let metrics: (any MetricsFactory)?
    private let time: TimeSource

    /// Meters a provider.
    ///
    /// - Parameters:
    ///   - provider: does the work.
    ///   - metrics: where to. Default: what the process reports to.
    ///   - time: the clock. Default: the system's.
    public init(_ provider: any MachineProvider, metrics: (any MetricsFactory)? = nil, time: TimeSource = .system) {
        self.provider = provider
        self.metrics = metrics
        self.time = time
    }

    /// The provider's own.
    public var name: String { provider.name }

    /// The provider's own; nothing is asked of anybody.
    public func plannedOperation(for goal: MachineGoal, last: MachineObservation?, ids: () -> String) -> MachineOperation? {
        provider.plannedOperation(for: goal, last: last, ids: ids)
    }

    /// Makes the machine.
    public func ensure(_ request: MachineRequest, operation: MachineOperation?) async throws(MachineError) -> MachineObservation {
        try await metered("ensure") { () async throws(MachineError) in try await provider.ensure(request, operation: operation) }
    }

    /// Looks at the machine.
    public func observe(_ target: MachineTarget, operation: MachineOperation?) async throws(MachineError) -> MachineObservation {
        try await metered("observe") { () async throws(MachineError) in try await provider.observe(target, operation: operation) }
    }

    /// Switches the machine.
    public func power(
        _ power: MachinePower,
        of target: MachineTarget,
        operation: MachineOperation?
    ) async throws(MachineError) -> MachineObservation {
        try await metered("power") { () async throws(MachineError) in try await provider.power(power, of: target, operation: operation) }
    }

    /// Takes the machine away.
    public func destroy(_ target: MachineTarget, operation: MachineOperation?) async throws(MachineError) -> MachineObservation {
        try await metered("destroy") { () async throws(MachineError) in try await provider.destroy(target, operation: operation) }
    }

    /// Lists the machines.
    public func machines() async throws(MachineError) -> [MachineListing] {
        try await metered("list") { () async throws(MachineError) in try await provider.machines() }
    }

    private func metered<Value>(_ verb: String, _ body: () async throws(MachineError) -> Value) async throws(MachineError) -> Value {
        let began = time.now
        do throws(MachineError) {
            let value = try await body()
            note(verb, "ok", time.now - began)
            return value
        } catch {
            note(verb, error.code.rawValue, time.now - began)
            throw error
        }
    }

    private func note(_ verb: String, _ outcome: String, _ took: Duration) {
        let factory = metrics ?? MetricsSystem.factory
        let labels = [("provider", name), ("verb", verb)]
        Counter(label: "opencrane_machine_provider_calls_total", dimensions: labels + [("outcome", outcome)], factory: factory).increment()
        let nanoseconds = took.components.seconds * 1_000_000_000 + took.components.attoseconds / 1_000_000_000
        Timer(label: "opencrane_machine_provider_call_seconds", dimensions: labels, factory: factory).recordNanoseconds(nanoseconds)
    }
}
