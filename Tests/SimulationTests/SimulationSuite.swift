import Testing

/// All tests of this target, one after the other: each keeps the processor busy by itself.
@Suite("Simulation", .serialized)
struct SimulationSuite {}
