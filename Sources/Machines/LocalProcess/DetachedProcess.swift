import Foundation
import Glibc

/// Starts processes that outlive this one.
enum DetachedProcess {
    /// `POSIX_SPAWN_SETSID`, which glibc's header shows to GNU sources only.
    private static let newSession: Int32 = 0x80

    /// Starts a process in a session of its own, with nothing of ours but a log to write to.
    ///
    /// - Parameters:
    ///   - command: the program (a path, or a name on the `PATH` of `environment`) and its arguments.
    ///   - environment: all of its variables.
    ///   - directory: where it starts.
    ///   - log: the file its output is appended to.
    /// - Returns: its process id.
    /// - Throws: ``MachineError`` with `hostFailure`.
    static func start(
        _ command: [String],
        environment: [String: String],
        directory: String,
        log: String
    ) throws(MachineError) -> pid_t {
        guard let name = command.first, let program = find(name, path: environment["PATH"] ?? "") else {
            throw MachineError(.hostFailure, "There is no program \(command.first ?? "") to run on this host")
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        keepDescriptors()

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Threads here block signals; a program that inherits that never learns of them.
        var none = sigset_t()
        sigemptyset(&none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | Self.newSession))

        // The shell changes the directory and becomes the program: the process stays the same.
        let words = ["/bin/sh", "-c", "cd -- \"$0\" && exec \"$@\"", directory, program] + command.dropFirst()
        let arguments = words.map { strdup($0) } + [nil]
        let variables = environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for string in arguments + variables { free(string) } }
        var child: pid_t = 0
        let result = posix_spawn(&child, words[0], &actions, &attributes, arguments, variables)
        guard result == 0 else {
            let reason = strerror(result).map { String(cString: $0) } ?? "error \(result)"
            throw MachineError(.hostFailure, "\(program) cannot be started: \(reason)")
        }
        return child
    }

    /// Marks what is open as not to be inherited, but for the standard streams: a socket of this process must not stay open in one that
    /// outlives it.
    private static func keepDescriptors() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? [] {
            if let descriptor = Int32(name), descriptor > 2 { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        }
    }

    /// The path of a program.
    static func find(_ name: String, path: String) -> String? {
        if name.contains("/") { return access(name, X_OK) == 0 ? name : nil }
        return path.split(separator: ":").map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }
}
