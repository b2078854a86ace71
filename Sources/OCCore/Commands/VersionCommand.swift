import ArgumentParser
import JSONValue

/// `oc version`
struct VersionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version",
        abstract: "Shows the version of oc and of the server.",
        discussion: "Without a server that answers it shows its own and ends with 6."
    )

    @Flag(help: "Ask no server.")
    var client = false

    @OptionGroup var server: ServerOptions

    func run() async throws {
        let context = CLIContext.current
        context.output("oc      \(OpenCraneCommand.version)\n")
        guard !client else { return }
        // The document is open to everybody: no token is needed to compare.
        let (address, _) = try server.address(context)
        let document = try await server.makeClient(address, token: nil, context).send("GET", "/openapi.json")
        context.output("server  \(document[at: ["info", "version"]]?.stringValue ?? "<unknown>")\n")
    }
}
