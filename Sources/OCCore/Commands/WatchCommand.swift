import ArgumentParser

/// `oc watch TYPE [NAME…]`: `oc get --watch`.
struct WatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Shows objects of a type, and goes on to show what changes.",
        discussion: "The same as `oc get TYPE --watch`. Ctrl-C ends it."
    )

    @Argument(help: ArgumentHelp("The type, and names.", valueName: "type-and-names"), completion: .typeAndNames)
    var words: [String] = []

    @OptionGroup var pace: WatchOptions
    @OptionGroup var filters: FilterOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var server: ServerOptions

    func run() async throws {
        let context = CLIContext.current
        let targets = try Target.read(words)
        guard targets.count == 1 else { throw OCError(.usage, code: "BAD_USAGE", "One type is watched at a time") }
        let query = try filters.query(for: targets[0].type)
        let reader = ResourceReader(client: try server.client(context))
        try await ObjectWatch(target: targets[0], query: query, reader: reader, pace: pace, output: output, context: context).run()
    }
}

/// How often is looked.
struct WatchOptions: ParsableArguments {
    @Option(help: "Seconds between two looks.")
    var interval = 2

    func validate() throws {
        guard (1...3600).contains(interval) else { throw ValidationError("--interval must be from 1 to 3600 seconds") }
    }
}
