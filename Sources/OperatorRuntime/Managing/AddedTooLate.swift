import ServiceLifecycle

/// Something that runs only while its process leads was added to a manager that runs already. It would never begin, so the manager ends.
public struct AddedTooLate: Error, Sendable, Hashable, CustomStringConvertible {
    /// Stable, for programs.
    public let code = "added-too-late"
    /// What was added.
    public var service: String

    /// Names it.
    public var description: String { "Controllers and what else needs leadership must be added before Manager.run(): \(service) was not" }
}

/// Fails at once.
struct Failing: ServiceLifecycle.Service {
    let error: any Error

    func run() async throws { throw error }
}
