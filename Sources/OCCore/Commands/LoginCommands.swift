import ArgumentParser
import JSONValue

/// `oc login`
struct LoginCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "login",
        abstract: "Logs in to a control plane by a browser, or saves a token.",
        discussion: """
            On a terminal it prints a page and a code. Open the page in a browser, here or on another machine, log in, compare the code, and approve.
              oc login --server https://crane.example.com
            When standard input is no terminal, a token is read from it. It is never an argument: other users of a machine can see those.
              oc login --server https://crane.example.com < token.txt
            """
    )

    @Flag(help: "Read a token from standard input, also on a terminal.")
    var withToken = false

    @Flag(help: "Log in by a browser, also when standard input is no terminal.")
    var device = false

    @Flag(help: "Open the page in the browser of this machine (BROWSER, then xdg-open).")
    var browser = false

    @Flag(help: "Save the token without asking the server whether it is right.")
    var noVerify = false

    @OptionGroup var server: ServerOptions

    func validate() throws {
        if withToken, device || browser { throw ValidationError("--with-token is not for a login by a browser") }
        if server.noInput, device || browser { throw ValidationError("--no-input waits for nobody, and so cannot log in by a browser") }
    }

    func run() async throws {
        let context = CLIContext.current
        let (address, _) = try server.address(context)
        let isByBrowser = device || browser || (context.isInputTerminal && !withToken)
        if isByBrowser, server.noInput {
            throw OCError(.usage, code: "NO_TOKEN", "There is no token on standard input, and --no-input forbids to wait for somebody")
        }
        if address.isExposed { context.errors("Warning: \(address.base) is not encrypted: the token can be read on the way\n") }
        if isByBrowser {
            let login = DeviceLogin(
                client: server.makeClient(address, token: nil, context),
                context: context,
                opensBrowser: browser
            )
            let token = try await login.run()
            // Saved first: a token is given once.
            try context.credentials.write(.init(token: token.text, baseURL: address.base, tokenID: token.id))
            let name = noVerify ? nil : try await who(address, token.text, context)
            report(address, name, context)
        } else {
            let token = try readToken(address, context)
            let name = noVerify ? nil : try await who(address, token, context)
            try context.credentials.write(.init(token: token, baseURL: address.base))
            report(address, name, context)
        }
    }

    private func readToken(_ address: ServerAddress, _ context: CLIContext) throws -> String {
        let token = try context.readSecret("Token for \(address.base): ").trimmed
        guard !token.isEmpty else {
            throw OCError(
                .usage,
                code: "NO_TOKEN",
                "No token was given on standard input",
                details: ["To log in by a browser: oc login --device"]
            )
        }
        guard token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw OCError(.usage, code: "BAD_TOKEN", "A token consists of visible ASCII characters without blanks")
        }
        return token
    }

    /// Whose a token is, as the server says. Every token may ask that, whatever else it is for.
    private func who(_ address: ServerAddress, _ token: String, _ context: CLIContext) async throws -> String? {
        let status = try await server.makeClient(address, token: token, context).send("GET", "/auth/me")
        guard status["authenticated"] == true else {
            throw OCError(.unauthorised, code: "UNAUTHORIZED", "The server does not know this token")
        }
        let name = status[at: ["user", "email"]]?.stringValue ?? status[at: ["user", "sub"]]?.stringValue
        return name.map { String(String.UnicodeScalarView($0.unicodeScalars.filter { !$0.properties.isControl })) }
    }

    private func report(_ address: ServerAddress, _ name: String?, _ context: CLIContext) {
        context.output("Logged in to \(address.base)" + (name.map { " as \($0)" } ?? "") + "\n")
    }
}

/// `oc logout`
struct LogoutCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logout",
        abstract: "Forgets the saved token.",
        discussion: "A token that a login by a browser gave is revoked at the server as well. One that was given to oc is forgotten only."
    )

    @OptionGroup var server: ServerOptions

    func run() async throws {
        let context = CLIContext.current
        // A file that cannot be read is removed as well.
        if let saved = try? context.credentials.read(), let id = saved.tokenID, let base = saved.baseURL {
            await revoke(id, saved.token, try ServerAddress(base), context)
        }
        context.output(try context.credentials.remove() ? "Logged out\n" : "Nobody was logged in\n")
    }

    private func revoke(_ id: String, _ token: String, _ address: ServerAddress, _ context: CLIContext) async {
        do {
            _ = try await server.makeClient(address, token: token, context).send("DELETE", "/access-tokens/\(APIClient.escape(id))")
        } catch let error as OCError where error.exit == .notFound || error.code == "UNAUTHORIZED" {
            // It is over already.
        } catch {
            context.errors("Warning: the token is forgotten here, but could not be revoked at \(address.base)\n\(error)\n")
        }
    }
}

extension Unicode.Scalar.Properties {
    /// Whether a terminal would act on it instead of showing it.
    fileprivate var isControl: Bool { generalCategory == .control || generalCategory == .format }
}

extension String {
    /// Without blanks and line breaks at both ends.
    var trimmed: String {
        var text = self[...]
        while let first = text.first, first.isWhitespace { text = text.dropFirst() }
        while let last = text.last, last.isWhitespace { text = text.dropLast() }
        return String(text)
    }
}
