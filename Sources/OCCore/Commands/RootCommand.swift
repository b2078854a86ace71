import ArgumentParser

/// `oc`: the command line of the control plane.
public struct OpenCraneCommand: AsyncParsableCommand {
    /// The commands.
    public static let configuration = CommandConfiguration(
        commandName: "oc",
        abstract: "Manages tenants, access policies and cluster tenants through the control plane.",
        discussion: """
            Examples:
              oc login --server https://crane.example.com
              oc tenants create mia --display-name Mia --email mia@example.com
              oc tenants list -o wide
              oc policies create -f policy.yaml
              oc cluster-tenant status corp

            Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not found, 4 not authorised, 5 conflict, 6 server unreachable.
            """,
        subcommands: [TenantCommands.self, PolicyCommands.self, ClusterTenantCommands.self, LoginCommand.self, LogoutCommand.self]
    )

    /// The root does nothing by itself.
    public init() {}

    /// Parses arguments, runs the command they name and reports what went wrong.
    ///
    /// - Parameters:
    ///   - arguments: without the program's name.
    ///   - context: the world around; by default the process.
    /// - Returns: the exit code.
    public static func execute(_ arguments: [String], in context: CLIContext? = nil) async -> Int32 {
        let context = context ?? CLIContext.current
        return await CLIContext.$current.withValue(context) {
            do {
                var command = try parseAsRoot(arguments)
                if var asynchronous = command as? any AsyncParsableCommand {
                    try await asynchronous.run()
                } else {
                    try command.run()
                }
                return 0
            } catch let error as OCError {
                context.errors("\(error)\n")
                return error.exit.rawValue
            } catch {
                return report(error, context)
            }
        }
    }

    /// What the parser says: help goes to standard output, a mistake to standard error.
    private static func report(_ error: any Error, _ context: CLIContext) -> Int32 {
        let text = fullMessage(for: error)
        let line = text.isEmpty || text.hasSuffix("\n") ? text : text + "\n"
        if exitCode(for: error).isSuccess {
            context.output(line)
            return 0
        }
        context.errors(line)
        return exitCode(for: error) == .validationFailure ? OCError.Exit.usage.rawValue : OCError.Exit.failure.rawValue
    }
}

struct TenantCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: ResourceDeclaration.tenant.plural,
        abstract: "Tenants: assistants and fleets of agents.",
        subcommands: [
            ListCommand<TenantResource>.self, GetCommand<TenantResource>.self, CreateCommand<TenantResource>.self,
            UpdateCommand<TenantResource>.self, DeleteCommand<TenantResource>.self, SuspendCommand.self, ResumeCommand.self,
            StatusCommand<TenantResource>.self, DriftCommand<TenantResource>.self, RepairCommand<TenantResource>.self,
        ],
        aliases: ResourceDeclaration.tenant.aliases
    )
}

struct PolicyCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: ResourceDeclaration.policy.plural,
        abstract: "Access policies: what tenants may reach.",
        subcommands: [
            ListCommand<PolicyResource>.self, GetCommand<PolicyResource>.self, CreateCommand<PolicyResource>.self,
            UpdateCommand<PolicyResource>.self, DeleteCommand<PolicyResource>.self, DriftCommand<PolicyResource>.self,
            RepairCommand<PolicyResource>.self,
        ],
        aliases: ResourceDeclaration.policy.aliases
    )
}

struct ClusterTenantCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: ResourceDeclaration.clusterTenant.plural,
        abstract: "Cluster tenants: customers and their isolation.",
        subcommands: [
            ListCommand<ClusterTenantResource>.self, GetCommand<ClusterTenantResource>.self, CreateCommand<ClusterTenantResource>.self,
            UpdateCommand<ClusterTenantResource>.self, DeleteCommand<ClusterTenantResource>.self, StatusCommand<ClusterTenantResource>.self,
        ],
        aliases: ResourceDeclaration.clusterTenant.aliases
    )
}
