import Foundation
import NIOConcurrencyHelpers

/// A program that a test starts.
final class Program: Sendable {
    /// What a program left behind.
    struct Result: Sendable {
        var status: Int32
        var output: String
        var succeeded: Bool { status == 0 }
    }

    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// Becomes the program, after leaving behind a watchdog that kills it when this process is gone, however that ended.
    private static let supervision = """
        (
            for file in /proc/$BASHPID/fd/*; do
                number=${file##*/}
                if [ "$number" -gt 2 ]; then eval "exec $number>&-"; fi
            done
            while kill -0 "$EXAMPLE_PARENT" && kill -0 $$; do sleep 1; done
            kill -9 $$
        ) </dev/null >/dev/null 2>&1 &
        exec "$0" "$@"
        """

    private let process: Process
    private let log: String
    private let ended: Task<Int32, Never>

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - environment: variables beside (and before) those of this process.
    ///   - log: a new file that takes both output streams.
    init(_ executable: String, _ arguments: [String], environment: [String: String] = [:], log: String) throws {
        self.log = log
        guard FileManager.default.createFile(atPath: log, contents: nil) else { throw Failure(description: "\(log) cannot be written") }
        let handle = try FileHandle(forWritingTo: URL(filePath: log))
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = ["-c", Self.supervision, executable] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
            .merging(["EXAMPLE_PARENT": "\(ProcessInfo.processInfo.processIdentifier)"]) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = handle
        process.standardError = handle
        let (ends, end) = AsyncStream.makeStream(of: Int32.self)
        process.terminationHandler = { process in
            end.yield(process.terminationReason == .uncaughtSignal ? 128 + process.terminationStatus : process.terminationStatus)
            end.finish()
        }
        // The sockets of the API server in this process are not for others.
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? [] {
            if let descriptor = Int32(name), descriptor > 2 { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        }
        try process.run()
        self.process = process
        ended = Task {
            for await status in ends { return status }
            return -1
        }
    }

    /// Everything it wrote so far.
    var output: String { (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" }

    /// Waits for its end; after the limit it is killed.
    func wait(limit: Duration = .seconds(90)) async -> Int32 {
        let guillotine = DispatchWorkItem { [process] in if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
        DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(Int(limit.components.seconds)), execute: guillotine)
        defer { guillotine.cancel() }
        return await ended.value
    }

    /// Sends a signal and waits for the end.
    @discardableResult
    func end(_ signal: Int32) async -> Int32 {
        if process.isRunning { kill(process.processIdentifier, signal) }
        return await wait(limit: .seconds(30))
    }
}

/// A folder that is removed when it is no longer needed.
struct Scratch: Sendable {
    let root = NSTemporaryDirectory() + "opencrane-example-" + UUID().uuidString.lowercased()

    init() throws { try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true) }

    func path(_ name: String) -> String { root + "/" + name }
    func newPath() -> String { path(UUID().uuidString.lowercased()) }
    func remove() { try? FileManager.default.removeItem(atPath: root) }
}

/// Looks five times a second whether a condition holds, until it does or the time is up. Errors of the look count as "not yet".
func eventually(_ what: String, within limit: Duration = .seconds(60), _ condition: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + limit
    var last = ""
    while ContinuousClock.now < deadline {
        do {
            if try await condition() { return }
        } catch {
            last = ". Last error: \(error)"
        }
        try await Task.sleep(for: .milliseconds(200))
    }
    throw Program.Failure(description: "Did not happen within \(limit): \(what)\(last)")
}
