import JSONValue

/// Looks at objects again and again, and shows what changes.
struct ObjectWatch {
    var target: Target
    var query: [(String, String)]
    var reader: ResourceReader
    var pace: WatchOptions
    var output: OutputOptions
    var context: CLIContext

    /// Goes on until the server refuses, or does not answer ``Patience/looks`` times in a row.
    func run() async throws {
        var finder = ChangeFinder(nameMember: target.type.nameMember)
        var table = RunningTable(
            columns: target.type.columns.filter { output.output == .wide || !$0.isWide },
            showsTitles: !output.noHeaders,
            isColoured: context.mayColour
        )
        var patience = Patience(context)
        while true {
            var pause = pace.interval
            do {
                let changes = finder.look(try await objects())
                patience.answered()
                show(changes, &table)
            } catch let error as OCError where patience.bears(error) && !patience.isExhausted {
                pause = patience.wait(after: error, interval: pace.interval)
            }
            try await context.sleep(.seconds(pause))
        }
    }

    /// The objects as they are; one that is gone is absent.
    private func objects() async throws -> [JSON] {
        guard !target.names.isEmpty else { return try await reader.read(target, query: query) }
        var objects: [JSON] = []
        for name in target.names {
            do {
                objects.append(try await reader.object(target.type, target.parents + [name], query: query))
            } catch let error as OCError where error.exit == .notFound {
                continue
            }
        }
        return objects
    }

    private func show(_ changes: [ChangeFinder.Change], _ table: inout RunningTable) {
        guard !changes.isEmpty else { return }
        let renderer = output.renderer(context)
        let hasColumns = !target.type.columns.isEmpty
        switch output.output {
        case .table where hasColumns, .wide where hasColumns:
            context.output(table.lines(changes.map { ($0.object, $0.isGone) }, now: context.now()))
        case .yaml: for change in changes { context.output("---\n" + renderer.object(change.object, of: target.type)) }
        default: for change in changes { context.output(renderer.object(change.object, of: target.type)) }
        }
    }
}
