import ArgumentParser
import JSONValue
import KubernetesModel

/// `oc logs instance ID`
struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "Shows what an instance's provisioning reported.",
        discussion: "The logs of a pod are Kubernetes': kubectl logs."
    )

    @Argument(help: ArgumentHelp("The type and the name; or TYPE/NAME.", valueName: "type-and-names"), completion: .typeAndNames)
    var words: [String] = []

    @Flag(name: .shortAndLong, help: "Go on, and show what comes.")
    var follow = false

    @Option(help: "Only the last so many lines.")
    var tail: Int?

    @OptionGroup var pace: WatchOptions
    @OptionGroup var server: ServerOptions

    func run() async throws {
        let context = CLIContext.current
        let requests = try ActionTable.requests("logs", words, [])
        guard requests.count == 1, let request = requests.first else {
            throw OCError(.usage, code: "BAD_USAGE", "The logs of one \(requests.first?.type.singular ?? "object") are shown at a time")
        }
        let client = try server.client(context)
        let path = request.action.route.filled(request.words)
        var last: Int64 = 0
        var isFirst = true
        var patience = Patience(context)
        repeat {
            var pause = pace.interval
            do {
                var lines = try await client.list(path, elements: "logs").filter { ($0["seq"]?.integerValue ?? .max) > last }
                patience.answered()
                last = lines.compactMap { $0["seq"]?.integerValue }.max() ?? last
                if isFirst, let tail { lines = lines.suffix(max(0, tail)) }
                isFirst = false
                for line in lines { context.output(Self.text(line) + "\n") }
            } catch let error as OCError where follow && patience.bears(error) && !patience.isExhausted {
                pause = patience.wait(after: error, interval: pace.interval)
            }
            if follow { try await context.sleep(.seconds(pause)) }
        } while follow
    }

    private static func text(_ line: JSON) -> String {
        let columns = [
            Column("TIME", "created_at"), Column("LEVEL", "level"), Column("STAGE", "stage"), Column("MESSAGE", "message", absent: ""),
        ]
        return columns.map { $0.cell(line, now: .init(microseconds: 0)) }.joined(separator: " ")
    }
}
