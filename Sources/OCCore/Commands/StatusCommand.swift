import ArgumentParser
import JSONValue

/// `oc status TYPE NAME`
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "status", abstract: "Shows how an object is doing, in short.")

    @Argument(help: ArgumentHelp("The type and the name; or TYPE/NAME.", valueName: "type-and-names"), completion: .typeAndNames)
    var words: [String] = []

    @OptionGroup var output: OutputOptions
    @OptionGroup var server: ServerOptions

    func run() async throws {
        let context = CLIContext.current
        let client = try server.client(context)
        for target in try Target.read(words) {
            for words in try target.objects(for: "status") {
                let status = try await Self.status(of: target.type, words, client)
                context.output(ObjectDescription.status(status, name: words.last, of: target.type, output.renderer(context)))
            }
        }
    }

    /// What the status operation says; for a type without one, what the object says.
    private static func status(of type: ResourceDeclaration, _ words: [String], _ client: APIClient) async throws -> JSON {
        if let route = type.readiness?.status { return try await client.send(route.method, route.filled(words)) }
        let object = try await ResourceReader(client: client).object(type, words)
        var members: JSON = [:]
        for key in ["phase", "status", "state", "suspended", "ingressHost", "hostname", "message", "error_message"] {
            if object[key]?.objectValue == nil { members[key] = object[key] }
        }
        return members == [:] ? object : members
    }
}
