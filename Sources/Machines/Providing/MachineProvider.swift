/// Makes machines, looks at them, and takes them away, whoever they come from.
///
/// Nothing here waits for a machine: every call returns what it saw, and whoever calls looks again later. All calls can be repeated at any
/// point. A caller works in two phases, so that a crash between them leads to one machine and never to two:
///
/// ```swift
/// let seen = try await provider.observe(target, operation: stored)
/// let planned = provider.plannedOperation(for: .power(.on), last: seen) { UUID().uuidString.lowercased() }
/// // store `planned`, then:
/// let now = try await provider.ensure(request, operation: planned)
/// // store `now.operation`; while it has a name, it is in progress: look again after `now.retryAfter`
/// ```
public protocol MachineProvider: Sendable {
    /// The provider's name, as in `spec.runtime.machine.provider`.
    var name: String { get }

    /// What is to be stored before the next call, so that repeating the call after a crash is the same call.
    ///
    /// - Parameters:
    ///   - goal: what is wanted.
    ///   - last: what was seen last; without it nothing is planned.
    ///   - ids: makes a new UUID, in lower case.
    /// - Returns: the operation to store and to hand to ``ensure(_:operation:)``, ``power(_:of:operation:)`` or
    ///   ``destroy(_:operation:)``; the one in progress while there is one; `nil` when nothing needs to be stored.
    func plannedOperation(for goal: MachineGoal, last: MachineObservation?, ids: () -> String) -> MachineOperation?

    /// Has the machine exist as asked: makes it, labels it, and brings it to the wanted power.
    ///
    /// - Parameters:
    ///   - request: what is wanted.
    ///   - operation: what ``plannedOperation(for:last:ids:)`` gave. Providers that need stored operations make and change nothing without.
    /// - Returns: what was seen, at once.
    /// - Throws: ``MachineError``; permanent with `foreignMachine` when the name belongs to somebody else's machine.
    func ensure(_ request: MachineRequest, operation: MachineOperation?) async throws(MachineError) -> MachineObservation

    /// Looks at the machine.
    ///
    /// - Parameters:
    ///   - target: which machine.
    ///   - operation: the stored operation, if there is one; it is looked at as well.
    func observe(_ target: MachineTarget, operation: MachineOperation?) async throws(MachineError) -> MachineObservation

    /// Switches the machine on or off.
    func power(
        _ power: MachinePower,
        of target: MachineTarget,
        operation: MachineOperation?
    ) async throws(MachineError) -> MachineObservation

    /// Takes the machine and its disk away.
    ///
    /// - Returns: ``MachineState/absent`` once it is gone; call again until then.
    func destroy(_ target: MachineTarget, operation: MachineOperation?) async throws(MachineError) -> MachineObservation

    /// All machines that carry our label, those of other installations included, for whoever looks for orphans.
    func machines() async throws(MachineError) -> [MachineListing]
}

extension MachineProvider {
    /// Nothing needs to be stored: every call of this provider says what is wanted, not what is to be done.
    public func plannedOperation(for goal: MachineGoal, last: MachineObservation?, ids: () -> String) -> MachineOperation? { nil }
}
