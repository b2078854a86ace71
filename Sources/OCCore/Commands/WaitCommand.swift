import ArgumentParser

/// `oc wait TYPE NAME… --for=…`
struct WaitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait",
        abstract: "Waits until objects are as wanted, and shows how far they are.",
        discussion: """
            It ends with 1 when time is up, and says what is in the way.
            Examples:
              oc wait tenant mia
              oc wait tenant mia --for=condition=Ready --timeout=60
              oc wait tenant mia --for=phase=Suspended
              oc wait tenant mia --for=delete
            """
    )

    @Argument(help: ArgumentHelp("The type and the names; or TYPE/NAME for each.", valueName: "type-and-names"), completion: .typeAndNames)
    var words: [String] = []

    @Option(
        name: .customLong("for"),
        help: "ready, delete, condition=TYPE[=STATUS], MEMBER=VALUE or jsonpath=PATH=VALUE.",
        completion: .list(["ready", "delete", "condition=", "phase="])
    )
    var goal = "ready"

    @Option(help: "Seconds to wait at most; 0 looks once.")
    var timeout = 300

    @OptionGroup var server: ServerOptions

    func validate() throws {
        guard (0...86400).contains(timeout) else { throw ValidationError("--timeout must be from 0 to 86400 seconds") }
    }

    func run() async throws {
        let context = CLIContext.current
        let goal = try ReadinessGoal(goal)
        let targets = try Target.read(words)
        let waiter = ObjectWait(reader: ResourceReader(client: try server.client(context)), timeout: timeout, context: context)
        for target in targets {
            guard goal != .ready || target.type.readiness != nil else {
                throw OCError(.usage, code: "BAD_USAGE", "\(target.type.plural.capitalizedFirst) have no readiness; say what to wait for")
            }
            if case .condition = goal, target.type.readiness?.status == nil {
                let hint = target.type.readiness.map { ["What can be waited for: ready, delete, or \($0.phase)=VALUE."] } ?? []
                throw OCError(.usage, code: "BAD_USAGE", "\(target.type.plural.capitalizedFirst) have no conditions", details: hint)
            }
            for words in try target.objects(for: "wait") { try await waiter.run(target.type, words, goal, says: true) }
        }
    }
}
