import HTTPOperations
import ServiceLifecycle

/// The surfaces by which agents are made, seen and changed, and what works for them in the background.
struct AgentSurfaces: Sendable {
    /// What is served.
    let surfaces: [Surface]
    /// What has to run.
    let services: [any Service]

    init(_ parts: ControlPlaneParts) throws {
        surfaces = []
        services = []
    }
}
