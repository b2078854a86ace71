import Foundation
import Glibc

/// Starts a process with a pipe as its standard input.
///
/// Foundation's `Process` lets a child inherit the signal mask of a dispatch thread, in which all signals are blocked: a shell then
/// never learns that its own child ended. So this uses `posix_spawn` with an empty mask.
enum Spawn {
    /// - Parameters:
    ///   - command: the program's path and its arguments.
    ///   - environment: its variables.
    /// - Returns: the process and the end of the pipe to write to, which no other child inherits.
    /// - Throws: `LocalPostgresError` with `start_failed`.
    static func start(_ command: [String], environment: [String: String]) throws -> (child: pid_t, writing: Int32) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw failure(command, errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        keepDescriptors()
        defer { close(ends[0]) }
        // Writing to a shell that is gone must give an error, not end this process.
        signal(SIGPIPE, SIG_IGN)

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        // A group of its own: Ctrl-C in the terminal reaches this process, which then ends the server in order.
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))

        let arguments = command.map { strdup($0) } + [nil]
        let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for string in arguments + variables { free(string) } }
        var child: pid_t = 0
        let result = posix_spawn(&child, command[0], &actions, &attributes, arguments, variables)
        guard result == 0 else {
            close(ends[1])
            throw failure(command, result)
        }
        return (child, ends[1])
    }

    /// Marks what is open as not to be inherited, but for the standard streams: a socket that this process listens on would stay open in
    /// the child, and its port could not be bound again.
    private static func keepDescriptors() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? [] {
            if let descriptor = Int32(name), descriptor > 2 { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        }
    }

    /// Blocks until a child ended.
    ///
    /// - Returns: its exit status; 128 and the signal when a signal ended it, as a shell says it.
    static func waitForEnd(of child: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7f
        return signal == 0 ? status >> 8 & 0xff : 128 + signal
    }

    private static func failure(_ command: [String], _ number: Int32) -> LocalPostgresError {
        LocalPostgresError(.startFailed, "\(command[0]) cannot be started.", cause: strerror(number).map { String(cString: $0) })
    }
}
