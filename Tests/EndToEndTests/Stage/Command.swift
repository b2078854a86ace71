import Foundation

/// What a command left behind.
struct CommandResult: Sendable {
    var status: Int32
    var output: String
    var errors: String

    var succeeded: Bool { status == 0 }

    /// Both streams, for messages.
    var everything: String { [output, errors].filter { !$0.isEmpty }.joined(separator: "\n") }
}

/// A command that did not end with 0, or not in time.
struct CommandFailure: Error, CustomStringConvertible {
    var command: String
    var result: CommandResult

    var description: String { "'\(command)' ended with status \(result.status):\n\(result.everything)" }
}

/// Commands that run to their end.
enum Command {
    /// Runs a command and gathers its output. Its streams go through files, so that no pipe can fill up.
    ///
    /// - Parameters:
    ///   - executable: absolute path.
    ///   - arguments: what follows it.
    ///   - environment: variables beside (and before) those of this process.
    ///   - input: standard input; default empty.
    ///   - timeout: after which it is killed (its status is then 137); default 120 s.
    static func run(
        _ executable: String,
        _ arguments: [String],
        environment: [String: String] = [:],
        input: String = "",
        timeout: Duration = .seconds(120)
    ) async throws -> CommandResult {
        let folder = try Scratch()
        defer { folder.remove() }
        try folder.write(input, to: "in")
        let process = Process()
        process.executableURL = URL(filePath: executable)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = try FileHandle(forReadingFrom: URL(filePath: folder.path("in")))
        process.standardOutput = try folder.newFile("out")
        process.standardError = try folder.newFile("err")
        let status = try await runToEnd(process, timeout: timeout)
        return CommandResult(status: status, output: try folder.read("out"), errors: try folder.read("err"))
    }

    private static func runToEnd(_ process: Process, timeout: Duration) async throws -> Int32 {
        let (ends, ended) = AsyncStream.makeStream(of: Int32.self)
        process.terminationHandler = { process in
            ended.yield(process.terminationReason == .uncaughtSignal ? 128 + process.terminationStatus : process.terminationStatus)
            ended.finish()
        }
        Inheritance.stop()
        try process.run()
        let pid = process.processIdentifier
        let guillotine = DispatchWorkItem { kill(pid, SIGKILL) }
        DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(Int(timeout.components.seconds)), execute: guillotine)
        defer { guillotine.cancel() }
        return await withTaskCancellationHandler {
            for await status in ends { return status }
            return -1
        } onCancel: {
            kill(pid, SIGKILL)
        }
    }
}

/// A folder that is removed when it is no longer needed.
struct Scratch: Sendable {
    let root: String

    init() throws {
        root = NSTemporaryDirectory() + "opencrane-e2e-" + UUID().uuidString.lowercased()
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    }

    func path(_ name: String) -> String { root + "/" + name }

    func write(_ text: String, to name: String) throws { try Data(text.utf8).write(to: URL(filePath: path(name))) }

    func read(_ name: String) throws -> String { String(decoding: try Data(contentsOf: URL(filePath: path(name))), as: UTF8.self) }

    func newFile(_ name: String) throws -> FileHandle {
        _ = FileManager.default.createFile(atPath: path(name), contents: nil)
        return try FileHandle(forWritingTo: URL(filePath: path(name)))
    }

    func remove() { try? FileManager.default.removeItem(atPath: root) }
}
