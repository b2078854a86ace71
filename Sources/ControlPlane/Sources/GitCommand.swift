import Foundation
import NIOConcurrencyHelpers

/// Runs git in a folder of its own, with an environment that holds nothing of ours, for a bounded time.
struct GitCommand: Sendable {
    let executable: String
    let directory: URL
    /// Settings before each command.
    let arguments: [String]
    let limits: GitFetcher.Limits
    /// When everything has to be over.
    let end: ContinuousClock.Instant

    /// Runs a command.
    ///
    /// - Parameters:
    ///   - step: what it is for, for errors.
    ///   - command: command and arguments.
    /// - Returns: what it writes.
    /// - Throws: ``SourceFailure``.
    func run(_ step: String, _ command: [String]) async throws -> Data {
        let left = ContinuousClock.now.duration(to: end)  // edge: the time of a process outside
        guard left > .zero else { throw SourceFailure("SOURCE_TIMED_OUT", "The repository could not be fetched in time.") }
        let output = directory.appending(path: "crane-output")
        guard FileManager.default.createFile(atPath: output.path, contents: nil) else {
            throw SourceFailure("GIT_UNAVAILABLE", "There is no room for what git writes.")
        }
        let errors = directory.appending(path: "crane-errors")
        guard FileManager.default.createFile(atPath: errors.path, contents: nil) else {
            throw SourceFailure("GIT_UNAVAILABLE", "There is no room for what git writes.")
        }
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        // The largest file in blocks of 512 bytes; git is killed when it writes more. A pack of a few kilobytes may hold files of many
        // gigabytes: what each process of git may have of memory is limited as well.
        let script = "ulimit -f \(max(1, limits.pack / 512)); ulimit -v \(max(1, limits.memory / 1024)); ulimit -c 0; exec \"$@\""
        process.arguments = ["-c", script, "sh", executable] + arguments + command
        process.currentDirectoryURL = directory
        process.environment = [
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": directory.path, "LC_ALL": "C",
            "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "/bin/false",
            "GIT_LFS_SKIP_SMUDGE": "1", "GIT_CEILING_DIRECTORIES": directory.deletingLastPathComponent().path,
        ]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        let exit = try await Self.wait(for: process, within: left)
        guard !exit.isLate else { throw SourceFailure("SOURCE_TIMED_OUT", "The repository could not be fetched in time.") }
        guard exit.isOrdinary else {
            throw SourceFailure("SOURCE_TOO_LARGE", "git ended early: the repository is larger than \(limits.pack) bytes.")
        }
        switch exit.status {
        case 0: return try Data(contentsOf: output)
        case 126, 127: throw SourceFailure("GIT_UNAVAILABLE", "There is no git on this host.")
        case _ where Self.lacksMemory(errors):
            throw SourceFailure("SOURCE_TOO_LARGE", "git needs more than \(limits.memory) bytes of memory for the repository.")
        default:
            let what = step == "fetch" ? "The repository, or its branch, cannot be fetched." : "The repository cannot be read."
            throw SourceFailure("SOURCE_REFUSED", what)
        }
    }

    /// Whether git has said that there is not enough memory. Its other words are not for people here: they name addresses.
    private static func lacksMemory(_ errors: URL) -> Bool {
        guard let file = try? FileHandle(forReadingFrom: errors), let text = try? file.read(upToCount: 65_536) else { return false }
        return String(decoding: text, as: UTF8.self).contains("Out of memory")
    }

    /// How a process has ended.
    private struct Exit: Sendable {
        var status: Int32 = -1
        /// Whether no signal has ended it.
        var isOrdinary = false
        /// Whether its time was over.
        var isLate = false
    }

    /// Waits for a process, and ends it with all that it has started when the time is over or nobody waits any more.
    private static func wait(for process: Process, within limit: Duration) async throws -> Exit {
        let (exits, exit) = AsyncStream<Void>.makeStream()
        let result = NIOLockedValueBox(Exit())
        process.terminationHandler = { ended in
            result.withLockedValue {
                $0.status = ended.terminationStatus; $0.isOrdinary = ended.terminationReason == .exit
            }
            exit.finish()
        }
        try process.run()
        // Foundation gives each process a group of its own.
        let group = process.processIdentifier
        await withTaskCancellationHandler {
            await withTaskGroup(of: Void.self) { tasks in
                tasks.addTask { for await _ in exits {} }
                tasks.addTask {
                    do { try await Task.sleep(for: limit) } catch { return }
                    result.withLockedValue { $0.isLate = true }
                    Self.end(group)
                }
                await tasks.next()
                tasks.cancelAll()
            }
        } onCancel: {
            Self.end(group)
        }
        try Task.checkCancellation()
        return result.withLockedValue { $0 }
    }

    private static func end(_ group: Int32) {
        kill(-group, SIGKILL)
        kill(group, SIGKILL)
    }
}
