import ArgumentParser
import JSONValue

/// `oc describe TYPE NAME…`
struct DescribeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe",
        abstract: "Shows objects in full: members, conditions, steps, events."
    )

    @Argument(help: ArgumentHelp("The type and the names; or TYPE/NAME for each.", valueName: "type-and-names"), completion: .typeAndNames)
    var words: [String] = []

    @OptionGroup var server: ServerOptions

    func run() async throws {
        let context = CLIContext.current
        let reader = ResourceReader(client: try server.client(context))
        var isFirst = true
        let targets = try Target.read(words)
        let objects = try targets.flatMap { target in try target.objects(for: "describe").map { (target, $0) } }
        var batch = Batch(objects.count, context)
        for (target, words) in objects {
            try await batch.run {
                let object = try await reader.named(target.type, words)
                let hasState = target.type.readiness?.status != nil
                let state = hasState ? try await StateReader(reader: reader).state(target.type, words) : nil
                let events = try await EventReader(client: reader.client).events(target.type, words, limit: 20)
                let description = ObjectDescription(
                    type: target.type,
                    object: object,
                    state: state,
                    events: events,
                    now: context.now(),
                    isColoured: context.mayColour
                )
                context.output((isFirst ? "" : "\n") + description.text)
                isFirst = false
            }
        }
        try batch.finish()
    }
}

/// Reads what Kubernetes recorded about objects.
struct EventReader {
    var client: APIClient

    /// The newest events of an object, newest last; none for a type without any.
    func events(_ type: ResourceDeclaration, _ words: [String], limit: Int) async throws -> [JSON] {
        guard let route = type.events else { return [] }
        return try await client.send(route.method, route.filled(words), query: [("limit", String(limit))]).arrayValue ?? []
    }
}
