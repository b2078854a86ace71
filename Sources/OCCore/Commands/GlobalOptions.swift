import ArgumentParser
import JSONValue

/// Options of every command that speaks to the control plane.
struct ServerOptions: ParsableArguments {
    @Option(help: "The control plane's address. Default: OPENCRANE_URL, then the one of `oc login`, then http://localhost:8080.")
    var server: String?

    @Option(help: "A file of certificates (PEM) to trust besides the system's. Default: OPENCRANE_CA_FILE.", completion: .file())
    var certificateAuthority: String?

    @Option(help: "Seconds each request may take.")
    var requestTimeout = 30

    @Option(help: "The organization to act in, for credentials that are of none. Default: OPENCRANE_ORGANIZATION.")
    var asOrganization: String?

    @Flag(help: "Ask and wait for nobody: fail instead.")
    var noInput = false

    func validate() throws {
        guard (1...3600).contains(requestTimeout) else { throw ValidationError("--request-timeout must be from 1 to 3600 seconds") }
    }

    /// The address to use, and what is saved with it.
    func address(_ context: CLIContext) throws -> (ServerAddress, CredentialsFile.Credentials?) {
        let saved = try context.credentials.read()
        let text = server ?? Self.nonEmpty(context.environment["OPENCRANE_URL"]) ?? saved?.baseURL ?? "http://localhost:8080"
        return (try ServerAddress(text), saved)
    }

    /// A client with the token of `OPENCRANE_TOKEN`, or the saved one when it is for this server.
    func client(_ context: CLIContext) throws -> APIClient {
        let (address, saved) = try address(context)
        var token = Self.nonEmpty(context.environment["OPENCRANE_TOKEN"])
        if token == nil, let saved {
            // A saved token goes to no other server than the one it was saved for.
            let isForServer = try saved.baseURL.map { try ServerAddress($0) == address } ?? true
            if isForServer { token = saved.token }
        }
        guard let token else {
            throw OCError(
                .unauthorised,
                code: "NO_TOKEN",
                "There is no token for \(address.base)",
                details: ["Log in with `oc login --server …`, or set OPENCRANE_TOKEN."]
            )
        }
        if address.isExposed { context.errors("Warning: \(address.base) is not encrypted: the token can be read on the way\n") }
        return makeClient(address, token: token, context)
    }

    /// A client for an address and a token.
    func makeClient(_ address: ServerAddress, token: String?, _ context: CLIContext) -> APIClient {
        APIClient(
            server: address,
            token: token,
            organization: asOrganization ?? Self.nonEmpty(context.environment["OPENCRANE_ORGANIZATION"]),
            platformToken: Self.nonEmpty(context.environment["OPENCRANE_PLATFORM_TOKEN"]),
            timeout: requestTimeout,
            certificateAuthority: certificateAuthority ?? Self.nonEmpty(context.environment["OPENCRANE_CA_FILE"]),
            transport: context.transport
        )
    }

    private static func nonEmpty(_ text: String?) -> String? { text.flatMap { $0.isEmpty ? nil : $0 } }
}

/// Options of commands that show something.
struct OutputOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: "table, wide, json, yaml or name.")
    var output = OutputFormat.table

    @Flag(help: "Leave the titles of the columns out.")
    var noHeaders = false

    /// A secret that an answer shows this once, to stand alone on standard output; `nil` where the whole answer is shown.
    func secret(_ answer: JSON, _ path: String) -> String? {
        guard output != .json, output != .yaml else { return nil }
        return answer[at: path.split(separator: ".").map(String.init)]?.stringValue
    }

    /// The renderer that does as told.
    func renderer(_ context: CLIContext) -> Renderer {
        Renderer(format: output, showsTitles: !noHeaders, isColoured: context.mayColour, now: context.now())
    }
}
