import ArgumentParser
import JSONValue

/// Options of commands that may wait for what they began.
struct WaitOptions: ParsableArguments {
    @Flag(help: "Wait until it has come about, and show how far it is.")
    var wait = false

    @Option(help: "Seconds to wait at most.")
    var timeout = 300

    func validate() throws {
        guard (0...86400).contains(timeout) else { throw ValidationError("--timeout must be from 0 to 86400 seconds") }
    }

    /// Waits, if that was asked for.
    func run(
        _ type: ResourceDeclaration,
        _ objects: [[String]],
        _ goal: ReadinessGoal,
        _ client: APIClient,
        _ output: OutputOptions,
        _ context: CLIContext
    ) async throws {
        guard wait else { return }
        let waiter = ObjectWait(reader: ResourceReader(client: client), timeout: timeout, context: context)
        for words in objects { try await waiter.run(type, words, goal, says: output.output == .table || output.output == .wide) }
    }
}
