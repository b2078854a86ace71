import ArgumentParser

/// `oc login`
struct LoginCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "login",
        abstract: "Saves a token for a control plane.",
        discussion: """
            The token is read from standard input, never from the command line: other users of a machine can see those.
              oc login --server https://crane.example.com < token.txt
            """
    )

    @Flag(help: "Save the token without asking the server whether it is right.")
    var noVerify = false

    @OptionGroup var server: ServerOptions

    func run() async throws {
        let context = CLIContext.current
        let (address, _) = try server.address(context)
        let token = try context.readSecret("Token for \(address.base): ").trimmed
        guard !token.isEmpty else { throw OCError(.usage, code: "NO_TOKEN", "No token was given on standard input") }
        guard token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw OCError(.usage, code: "BAD_TOKEN", "A token consists of visible ASCII characters without blanks")
        }
        if !noVerify {
            _ = try await server.makeClient(address, token: token, context).send("GET", "/tenants", query: [("limit", "1")])
        }
        try context.credentials.write(CredentialsFile.Credentials(token: token, baseURL: address.base))
        context.output("Logged in to \(address.base)\n")
    }
}

/// `oc logout`
struct LogoutCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "logout", abstract: "Forgets the saved token.")

    func run() async throws {
        let context = CLIContext.current
        context.output(try context.credentials.remove() ? "Logged out\n" : "Nobody was logged in\n")
    }
}

extension String {
    /// Without blanks and line breaks at both ends.
    fileprivate var trimmed: String {
        var text = self[...]
        while let first = text.first, first.isWhitespace { text = text.dropFirst() }
        while let last = text.last, last.isWhitespace { text = text.dropLast() }
        return String(text)
    }
}
