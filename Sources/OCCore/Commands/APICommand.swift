import ArgumentParser
import JSONValue

/// `oc api METHOD PATH`
struct APICommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "api",
        abstract: "Sends any request, with the token, and shows the answer.",
        discussion: """
            For what no other command does: operations that machines and browsers use, and new ones. A path is below /api/v1, unless it begins
            with /api/ or /v1/.
            Examples:
              oc api get /openapi.json
              oc api post /tenants -f tenant.json
              oc api get /audit --query tenant=mia --query limit=5
            """
    )

    @Argument(
        help: ArgumentHelp(
            "get (when there is none), post, put, patch or delete; and the path, as in the API's document.",
            valueName: "method-and-path"
        )
    )
    var request: [String]

    @Option(name: .shortAndLong, help: "A YAML or JSON file with the body; - is standard input.", completion: .documents)
    var file: String?

    @Option(help: ArgumentHelp("A parameter of the query; repeat for more.", valueName: "name=value"))
    var query: [String] = []

    @OptionGroup var server: ServerOptions

    private var method: String { request.count == 2 ? request[0] : "get" }
    private var path: String { request.last ?? "" }

    func validate() throws {
        guard request.count <= 2 else { throw ValidationError("One method and one path are given") }
        guard ["get", "post", "put", "patch", "delete"].contains(method.lowercased()) else {
            throw ValidationError("The method is get, post, put, patch or delete")
        }
        guard path.hasPrefix("/") else { throw ValidationError("The path begins with /") }
        guard query.allSatisfy({ $0.contains("=") && !$0.hasPrefix("=") }) else { throw ValidationError("--query takes name=value") }
    }

    func run() async throws {
        let context = CLIContext.current
        var body: JSON?
        if let file {
            body = try RequestBody.raw(String(decoding: try InputFile.read(file, context), as: UTF8.self), source: file).first
        }
        let parameters = query.map { parameter in
            let parts = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            return (parts[0], parts[1])
        }
        let bytes = try await server.client(context).raw(method.uppercased(), path, query: parameters, body: body)
        guard !bytes.isEmpty else { return }
        let text = (try? JSON(parsing: bytes)).map { $0.text(pretty: true) } ?? String(decoding: bytes, as: UTF8.self)
        context.output(text.hasSuffix("\n") ? text : text + "\n")
    }
}
