import ArgumentParser

/// Measures the operator engine. The first process makes the load and prints the figures; an API server and the measured client are
/// processes of their own.
@main
struct EngineBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enginebench",
        abstract: "Measure the operator engine against a local API server; see Benchmarks/README.md.",
        subcommands: [RunCommand.self, ServeRole.self, CacheRole.self, ReconcileRole.self, LatencyRole.self, LeaderRole.self],
        defaultSubcommand: RunCommand.self
    )
}
