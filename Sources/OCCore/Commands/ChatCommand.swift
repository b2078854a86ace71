import ArgumentParser
import JSONValue

/// `oc chat INSTANCE [MESSAGE]`
struct ChatCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat",
        abstract: "Tells an instance something, and shows what it answers.",
        discussion: "Without a message it is read from standard input."
    )

    @Argument(help: "The instance.")
    var instance: String

    @Argument(help: "What to tell it.")
    var message: [String] = []

    @OptionGroup var server: ServerOptions

    func run() async throws {
        let context = CLIContext.current
        guard let action = ResourceDeclaration.instance.action("chat") else { return }
        var text = message.joined(separator: " ")
        if text.isEmpty { text = String(decoding: try InputFile.read("-", context), as: UTF8.self).trimmed }
        guard !text.isEmpty else { throw OCError(.usage, code: "BAD_USAGE", "Say what to tell the instance") }
        var shown = false
        var failure: OCError?
        try await server.client(context).events(
            action.route.method,
            action.route.filled([instance]),
            body: ["message": .string(text)],
            timeout: max(server.requestTimeout, 300)
        ) { event in
            let data = (try? JSON(parsing: event.data)) ?? .null
            switch event.name {
            case "delta":
                context.output(DisplayText.lines(data["text"]?.stringValue ?? ""))
                shown = true
            case "final":
                // Deltas have told the text already.
                context.output(shown ? "\n" : DisplayText.lines(data["text"]?.stringValue ?? "") + "\n")
                return false
            case "error":
                failure = OCError(
                    .failure,
                    code: data["code"]?.stringValue ?? "CHAT_FAILED",
                    data["message"]?.stringValue ?? "The instance did not answer"
                )
                return false
            default: break
            }
            return true
        }
        if let failure {
            if shown { context.output("\n") }
            throw failure
        }
    }
}
