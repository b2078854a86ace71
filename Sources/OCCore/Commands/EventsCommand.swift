import ArgumentParser
import JSONValue

/// `oc events TYPE NAME`
struct EventsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "Shows what happened to an object, or what happens to a fleet.",
        discussion: """
            What people and programs changed is in the audit trail: oc get audit.
            Examples:
              oc events tenant mia
              oc events tenant mia --follow
              oc events agents               (as they come)
              oc events fleet                (as they come)
            """
    )

    @Argument(help: ArgumentHelp("The type and the names; or TYPE/NAME for each.", valueName: "type-and-names"), completion: .typeAndNames)
    var words: [String] = []

    @Flag(name: .shortAndLong, help: "Go on, and show what comes.")
    var follow = false

    @Option(help: "The newest so many.")
    var limit = 100

    @OptionGroup var pace: WatchOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var server: ServerOptions

    func validate() throws {
        guard (1...500).contains(limit) else { throw ValidationError("--limit must be from 1 to 500") }
    }

    func run() async throws {
        let context = CLIContext.current
        let targets = try Target.read(words)
        let client = try server.client(context)
        for target in targets {
            if let stream = target.type.stream {
                try await show(stream, client, context)
            } else if target.type.events != nil {
                for words in try target.objects(for: "events") { try await show(target.type, words, client, context) }
            } else {
                throw OCError(
                    .usage,
                    code: "BAD_USAGE",
                    "\(target.type.plural.capitalizedFirst) have no events",
                    details: [
                        "Types that have: \(Catalogue.all.filter { $0.events != nil || $0.stream != nil }.map(\.plural).joined(separator: ", "))."
                    ]
                )
            }
        }
    }

    /// Events that Kubernetes keeps.
    private func show(_ type: ResourceDeclaration, _ words: [String], _ client: APIClient, _ context: CLIContext) async throws {
        var table = RunningTable(columns: ObjectDescription.eventColumns, showsTitles: !output.noHeaders, isColoured: context.mayColour)
        var seen: Set<JSON> = []
        var patience = Patience(context)
        repeat {
            var pause = pace.interval
            do {
                let newest = try await EventReader(client: client).events(type, words, limit: limit)
                patience.answered()
                let isFirst = seen.isEmpty
                let events = newest.filter { !seen.contains($0) }
                // What is not among the newest any more does not come again.
                seen = Set(newest)
                show(events, of: type, isFirst: isFirst, &table, context)
            } catch let error as OCError where follow && patience.bears(error) && !patience.isExhausted {
                pause = patience.wait(after: error, interval: pace.interval)
            }
            if follow { try await context.sleep(.seconds(pause)) }
        } while follow
    }

    private func show(_ events: [JSON], of type: ResourceDeclaration, isFirst: Bool, _ table: inout RunningTable, _ context: CLIContext) {
        switch output.output {
        case .json where !follow: context.output(JSON.array(events).text(pretty: true) + "\n")
        case .json: for event in events { context.output(event.text() + "\n") }
        case .yaml: context.output(output.renderer(context).list(events, of: type))
        default:
            if events.isEmpty, isFirst, !follow { context.errors("No events found\n") }
            if !events.isEmpty {
                context.output(table.lines(events.map { (ObjectDescription.eventRow($0), false) }, now: context.now()))
            }
        }
    }

    /// Events that the server sends as they come, one a line. One that was heard and breaks off is called again, as is one that has
    /// ended with `--follow`.
    private func show(_ stream: Route, _ client: APIClient, _ context: CLIContext) async throws {
        var patience = Patience(context)
        var isHeard = false
        while true {
            var pause = pace.interval
            do {
                try await client.events(stream.method, stream.path, timeout: 120) { event in
                    patience.answered()
                    isHeard = true
                    show(event, context)
                    return true
                }
                patience.answered()
                guard follow else { return }
            } catch let error as OCError where (follow || isHeard) && patience.bears(error) && !patience.isExhausted {
                pause = patience.wait(after: error, interval: pace.interval)
            }
            try await context.sleep(.seconds(pause))
        }
    }

    private func show(_ event: EventStreamParser.Event, _ context: CLIContext) {
        let data = (try? JSON(parsing: event.data)) ?? .string(event.data)
        switch output.output {
        case .json: context.output((["event": .string(event.name), "data": data] as JSON).text() + "\n")
        default: context.output(DisplayText.line(event.name) + "\t" + DisplayText.line(data.text()) + "\n")
        }
    }
}
