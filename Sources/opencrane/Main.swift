import ArgumentParser

/// The server binary: one subcommand a role.
@main
struct OpenCrane: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "opencrane",
        abstract: "Runs fleets of AI agents for many customers on Kubernetes.",
        subcommands: [
            DevCommand.self, OperatorCommand.self, ControlPlaneCommand.self, MigrateCommand.self, ProviderKeysCommand.self,
            AuditCommand.self,
            DevClusterCommand.self,
            DevWorkloadsCommand.self, DevGatewayCommand.self, GenerateCommand.self,
        ]
    )
}
