import Foundation
import NIOConcurrencyHelpers

/// A program of the product in a process of its own, started and killed at will; it never outlives this process.
package final class Program: Sendable {
    package let name: String
    private let executable: String
    private let arguments: [String]
    private let environment: [String: String]
    private let log: String
    private let running = NIOLockedValueBox<Process?>(nil)

    /// Becomes the program, after leaving behind a watchdog that kills it when the parent is gone, however that ended.
    private static let supervision = """
        (
            for file in /proc/$BASHPID/fd/*; do
                number=${file##*/}
                if [ "$number" -gt 2 ]; then eval "exec $number>&-"; fi
            done
            while kill -0 "$BENCH_PARENT" && kill -0 $$; do sleep 1; done
            kill -9 $$
        ) </dev/null >/dev/null 2>&1 &
        exec "$0" "$@"
        """

    /// Describes a program; ``start()`` starts it.
    ///
    /// - Parameters:
    ///   - name: how messages call it.
    ///   - executable: absolute path.
    ///   - arguments: what follows it.
    ///   - environment: all of its variables.
    ///   - log: file that takes both output streams of all its runs.
    package init(name: String, executable: String, arguments: [String], environment: [String: String], log: String) {
        self.name = name
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.log = log
        if !FileManager.default.fileExists(atPath: log) { _ = FileManager.default.createFile(atPath: log, contents: nil) }
    }

    /// Whether it runs now.
    package var isRunning: Bool { running.withLockedValue { $0?.isRunning ?? false } }

    /// Starts it; it must not run yet.
    package func start() throws {
        let handle = try FileHandle(forUpdating: URL(fileURLWithPath: log))
        try handle.seekToEnd()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", Self.supervision, executable] + arguments
        process.environment = environment.merging(["BENCH_PARENT": "\(ProcessInfo.processInfo.processIdentifier)"]) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = handle
        process.standardError = handle
        Self.stopInheritance()
        try process.run()
        running.withLockedValue { $0 = process }
    }

    /// Sends it a signal and waits until it is gone; after 20 s it is killed.
    ///
    /// - Parameter number: the signal; default asks it to end, SIGKILL is a crash.
    package func end(_ number: Int32 = SIGTERM) async {
        guard let process = running.withLockedValue({ $0 }) else { return }
        if process.isRunning { kill(process.processIdentifier, number) }
        try? await poll("The end of \(name)", within: .seconds(20)) { !process.isRunning }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        running.withLockedValue { $0 = nil }
    }

    /// What it has used so far; nil when it does not run.
    package var usage: ProcessUsage? {
        running.withLockedValue { process in process.flatMap { $0.isRunning ? ProcessUsage(of: $0.processIdentifier) : nil } }
    }

    /// The last lines it wrote.
    package func tail(_ count: Int = 30) -> String {
        let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").suffix(count).joined(separator: "\n")
    }

    /// Marks everything open but the standard streams as not to be inherited: a connection would stay open in the program otherwise.
    private static func stopInheritance() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? [] {
            guard let descriptor = Int32(name), descriptor > 2 else { continue }
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        }
    }
}

/// What a process has used so far.
package struct ProcessUsage: Sendable {
    /// Pages in memory, in bytes.
    package var resident: Int
    /// The most there were, in bytes.
    package var peak: Int
    /// Processor time, in seconds.
    package var processorTime: Double

    /// Reads what the kernel says of a process.
    package init?(of process: Int32) {
        guard let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8),
            let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
        else { return nil }
        func bytes(_ member: String) -> Int {
            let line = status.split(separator: "\n").first { $0.hasPrefix(member + ":") }
            return (line?.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
        }
        // The program's name, which may hold anything, ends with the last parenthesis.
        let fields = stat.split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return nil }
        resident = bytes("VmRSS")
        peak = bytes("VmHWM")
        processorTime = (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}
