import ArgumentParser
import CraneAPI

/// `oc`: the command line of the control plane.
public struct OpenCraneCommand: AsyncParsableCommand {
    /// The commands.
    public static let configuration = CommandConfiguration(
        commandName: "oc",
        abstract: "Manages what runs on OpenCrane, through the control plane.",
        discussion: """
            A command is a verb, a type and names, as in kubectl; the type may come first.
              oc login --server https://crane.example.com
              oc create tenant mia --display-name Mia --email mia@example.com --wait
              oc get tenants -o wide
              oc describe tenant mia
              oc apply -f customers.yaml
              oc doctor
            `oc api-resources` lists the types, `oc explain TYPE` what can be done with one.

            Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not found, 4 not authorised, 5 conflict, 6 server unreachable,
            8 not everything could be looked at (diff, doctor).
            """,
        version: version,
        groupedSubcommands: [
            CommandGroup(
                name: "Look",
                subcommands: [
                    GetCommand.self, DescribeCommand.self, WatchCommand.self, WaitCommand.self, StatusCommand.self, EventsCommand.self,
                    LogsCommand.self, DoctorCommand.self,
                ]
            ),
            CommandGroup(
                name: "Change",
                subcommands: [CreateCommands.self, UpdateCommands.self, ApplyCommand.self, DiffCommand.self, DeleteCommand.self] + actions
            ),
            CommandGroup(name: "Database", subcommands: [DriftCommand.self, RepairCommand.self]),
            CommandGroup(
                name: "Other",
                subcommands: [
                    LoginCommand.self, LogoutCommand.self, WhoamiCommand.self, ResourcesCommand.self, ExplainCommand.self, APICommand.self,
                    ChatCommand.self, CompletionCommand.self, VersionCommand.self, ReferenceCommand.self,
                ]
            ),
        ]
    )

    /// Verbs that some types have.
    private static let actions: [any ParsableCommand.Type] = [
        ActionCommand<SuspendVerb>.self, ActionCommand<ResumeVerb>.self, ActionCommand<ScanVerb>.self, ActionCommand<BackfillVerb>.self,
        ActionCommand<ApproveVerb>.self, ActionCommand<RejectVerb>.self, ActionCommand<PromoteVerb>.self, ActionCommand<RollbackVerb>.self,
        ActionCommand<RevokeVerb>.self, ActionCommand<SyncVerb>.self, ActionCommand<RotateVerb>.self, ActionCommand<UpgradeVerb>.self,
        ActionCommand<HeartbeatVerb>.self, ActionCommand<CleanupVerb>.self,
    ]

    /// The names of the commands.
    static let verbs: Set<String> = Set(
        configuration.subcommands.map { $0._commandName } + ["help"]
    )

    /// The release.
    public static let version = ProductVersion.current

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
                let words = Grammar.verbFirst(arguments, verbs: verbs)
                if let first = words.first, !first.hasPrefix("-"), !verbs.contains(first) {
                    let type = Catalogue.lookUp(first)
                    let second = type == nil ? first : words.dropFirst().first ?? ""
                    let hint = Grammar.hint(for: second, verbs: verbs)
                    throw OCError(
                        .usage,
                        code: "UNKNOWN_VERB",
                        "There is no command \"\(second)\"" + (hint.map { "; \($0)" } ?? ""),
                        details: [
                            type.map { "`oc explain \($0.plural)` lists what can be done with \($0.plural)." }
                                ?? "`oc --help` lists the commands."
                        ]
                    )
                }
                var command = try await asyncParseAsRoot(words)
                if var asynchronous = command as? any AsyncParsableCommand {
                    try await asynchronous.run()
                } else {
                    try command.run()
                }
                return 0
            } catch let error as OCError {
                context.errors("\(error)\n")
                return error.exit.rawValue
            } catch let code as ExitCode {
                return code.rawValue
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

/// `oc create`
struct CreateCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Creates objects.",
        discussion: "With -f alone, each document of the file says its kind.",
        subcommands: [
            CreateCommand<TenantResource>.self, CreateCommand<PolicyResource>.self, CreateCommand<ClusterTenantResource>.self,
            CreateCommand<AccessTokenResource>.self, CreateCommand<APIKeyResource>.self, CreateCommand<GroupResource>.self,
            CreateCommand<MCPServerResource>.self, CreateCommand<CredentialResource>.self, CreateCommand<SkillResource>.self,
            CreateCommand<SourceResource>.self, CreateCommand<FleetTenantResource>.self, CreateCommand<AgentResource>.self,
            CreateCommand<InstanceResource>.self, CreateFromFileCommand.self,
        ],
        defaultSubcommand: CreateFromFileCommand.self
    )
}

/// `oc update`
struct UpdateCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update",
        abstract: "Changes objects.",
        subcommands: [
            UpdateCommand<TenantResource>.self, UpdateCommand<PolicyResource>.self, UpdateCommand<ClusterTenantResource>.self,
            UpdateCommand<DatasetsResource>.self, UpdateCommand<AwarenessVersionResource>.self, UpdateCommand<SessionScopeResource>.self,
            UpdateCommand<GroupResource>.self, UpdateCommand<MCPServerResource>.self, UpdateCommand<SkillResource>.self,
            UpdateCommand<SkillContentResource>.self, UpdateCommand<SourceResource>.self, UpdateCommand<BudgetResource>.self,
            UpdateCommand<AccountBudgetResource>.self, UpdateCommand<ProviderKeyResource>.self, UpdateCommand<DNSResource>.self,
            UpdateCommand<RolloutResource>.self, UpdateCommand<AgentResource>.self, UpdateCommand<InstanceConfigResource>.self,
            UpdateCommand<PlatformConfigResource>.self, UpdateCommand<ConsentResource>.self, UpdateCommand<ModelPolicyResource>.self,
        ]
    )
}
