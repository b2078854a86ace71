import Foundation
import NIOConcurrencyHelpers

/// A long-running program of the product, started and killed at will.
final class ServerProcess: Sendable {
    let name: String
    private let executable: String
    private let arguments: [String]
    private let environment: [String: String]
    private let log: String
    private let running = NIOLockedValueBox<Running?>(nil)

    /// Becomes the program, after leaving behind a watchdog that kills it when this process is gone, however that ended.
    private static let supervision = """
        (
            for file in /proc/$BASHPID/fd/*; do
                number=${file##*/}
                if [ "$number" -gt 2 ]; then eval "exec $number>&-"; fi
            done
            while kill -0 "$E2E_PARENT" && kill -0 $$; do sleep 1; done
            kill -9 $$
        ) </dev/null >/dev/null 2>&1 &
        exec "$0" "$@"
        """

    private struct Running: Sendable {
        var process: Process
        var ended: Task<Int32, Never>
    }

    /// Describes a program; ``start()`` starts it.
    ///
    /// - Parameters:
    ///   - name: how messages call it.
    ///   - executable: absolute path.
    ///   - arguments: what follows it.
    ///   - environment: all of its variables.
    ///   - log: file that takes both output streams of all its runs.
    init(name: String, executable: String, arguments: [String], environment: [String: String], log: String) {
        self.name = name
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.log = log
        if !FileManager.default.fileExists(atPath: log) { _ = FileManager.default.createFile(atPath: log, contents: nil) }
    }

    /// Whether it runs now.
    var isRunning: Bool { running.withLockedValue { $0?.process.isRunning ?? false } }

    /// Starts it; it must not run yet.
    func start() throws {
        let handle = try FileHandle(forUpdating: URL(filePath: log))
        try handle.seekToEnd()
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = ["-c", Self.supervision, executable] + arguments
        process.environment = environment.merging(["E2E_PARENT": "\(ProcessInfo.processInfo.processIdentifier)"]) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = handle
        process.standardError = handle
        let (ends, ended) = AsyncStream.makeStream(of: Int32.self)
        process.terminationHandler = { process in
            ended.yield(process.terminationStatus)
            ended.finish()
        }
        Inheritance.stop()
        try process.run()
        let waiting = Task {
            for await status in ends { return status }
            return -1
        }
        running.withLockedValue { $0 = Running(process: process, ended: waiting) }
    }

    /// Ends it at once, as a crash does, and waits until it is gone.
    func crash() async { await end(SIGKILL) }

    /// Sends it a signal; it is still there afterwards.
    func signal(_ number: Int32) {
        running.withLockedValue { if let process = $0?.process, process.isRunning { kill(process.processIdentifier, number) } }
    }

    /// Asks it to end and waits; after 30 s it is killed.
    ///
    /// - Returns: its exit status, `nil` when it did not run.
    @discardableResult
    func stop() async -> Int32? { await end(SIGTERM) }

    @discardableResult
    private func end(_ signal: Int32) async -> Int32? {
        guard
            let current = running.withLockedValue({ value in
                defer { value = nil }
                return value
            })
        else { return nil }
        let pid = current.process.processIdentifier
        kill(pid, signal)
        let guillotine = DispatchWorkItem { if current.process.isRunning { kill(pid, SIGKILL) } }
        DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(30), execute: guillotine)
        defer { guillotine.cancel() }
        return await current.ended.value
    }

    /// The last lines it wrote.
    func tail(_ count: Int = 40) -> String {
        let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        return text.split(separator: "\n", omittingEmptySubsequences: false).suffix(count).joined(separator: "\n")
    }

    /// Everything it wrote.
    var output: String { (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" }
}
