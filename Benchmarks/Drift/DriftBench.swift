import ArgumentParser

/// Measures how the rows of very many tenants are compared with their objects, mended and made anew. The first process makes the load and prints the
/// figures; the API server and the control plane are processes of their own.
@main
struct DriftBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "driftbench",
        abstract: "Measure drift and the rebuild of the projection at scale; see Benchmarks/README.md.",
        subcommands: [RunCommand.self, ClusterRole.self, PlaneRole.self, RebuildRole.self],
        defaultSubcommand: RunCommand.self
    )
}
