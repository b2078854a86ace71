import ArgumentParser

/// Measures two control planes side by side, and what their callers notice when one of them, or the database, goes away. The API server,
/// PostgreSQL, the operator and the control planes are processes of their own; this one is their callers.
@main
struct ControlPlaneBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "controlplanebench",
        abstract: "Measure the control plane under load and faults; see Benchmarks/README.md.",
        subcommands: [RunCommand.self],
        defaultSubcommand: RunCommand.self
    )
}
