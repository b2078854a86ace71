import ArgumentParser

/// Measures fleets of machines of this host. The first process makes the load and prints the figures; API server, operator and control plane are
/// processes of their own, and so is every gateway.
@main
struct FleetBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fleetbench",
        abstract: "Measure the provisioning of machines and their gateways; see Benchmarks/README.md.",
        subcommands: [RunCommand.self, ClusterRole.self, OperatorRole.self, PlaneRole.self, GatewayRole.self],
        defaultSubcommand: RunCommand.self
    )
}
