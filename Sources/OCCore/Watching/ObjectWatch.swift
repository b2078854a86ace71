import JSONValue

/// Looks at objects again and again, and shows what changes.
struct ObjectWatch {
    var target: Target
    var query: [(String, String)]
    var reader: ResourceReader
    var pace: WatchOptions
    var output: OutputOptions
    var context: CLIContext

    /// How many looks in a row may get no answer.
    static let patience = 30

    /// Goes on until the server refuses, or does not answer ``patience`` times in a row.
    func run() async throws {
        var finder = ChangeFinder(nameMember: target.type.nameMember)
        var table = RunningTable(
            columns: target.type.columns.filter { output.output == .wide || !$0.isWide },
            showsTitles: !output.noHeaders,
            isColoured: context.mayColour
        )
        var silences = 0
        while true {
            do {
                let changes = finder.look(try await objects())
                if silences > 0 { context.errors("The server answers again\n") }
                silences = 0
                show(changes, &table)
            } catch let error as OCError where error.exit == .unreachable && silences < Self.patience {
                if silences == 0 { context.errors("Warning: \(error.message); still trying\n") }
                silences += 1
            }
            try await context.sleep(.seconds(pace.interval))
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
        switch output.output {
        case .table,
            .wide where !target.type.columns.isEmpty:
            context.output(table.lines(changes.map { ($0.object, $0.isGone) }, now: context.now()))
        case .yaml: for change in changes { context.output("---\n" + renderer.object(change.object, of: target.type)) }
        default: for change in changes { context.output(renderer.object(change.object, of: target.type)) }
        }
    }
}
