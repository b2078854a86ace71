import Foundation
import Glibc
import NIOConcurrencyHelpers

/// Sees to it that no process of a container outlives this process, in whatever way that ends.
///
/// A small shell reads from a pipe whose other end only this process holds: `+ PID` and `- PID` as containers come and go. When the pipe
/// closes, it ends those that are left, with all that is in their process groups.
final class OrphanGuard: Sendable {
    private let writing: Int32

    /// - Throws: ``ProcessRuntimeError`` with the code `start_failed`.
    init() throws(ProcessRuntimeError) {
        let script = """
            pids=
            while read -r op pid; do
                rest=
                for known in $pids; do [ "$known" = "$pid" ] || rest="$rest $known"; done
                pids=$rest
                [ "$op" = + ] && pids="$pids $pid"
            done
            [ -n "$pids" ] || exit 0
            for pid in $pids; do kill -TERM "$pid" 2>/dev/null; done
            for try in 1 2 3 4 5 6 7 8 9 10; do
                left=
                for pid in $pids; do
                    if kill -0 "$pid" 2>/dev/null; then left="$left $pid"; else kill -KILL "-$pid" 2>/dev/null; fi
                done
                pids=$left
                [ -n "$pids" ] || exit 0
                sleep 0.5
            done
            for pid in $pids; do kill -KILL "-$pid" 2>/dev/null; done
            """
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw ProcessRuntimeError(.startFailed, "there is no pipe to be had") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        // Writing to a shell that somebody ended must give an error, not end this process.
        signal(SIGPIPE, SIG_IGN)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        ChildProcess.keepDescriptors()
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        // Ctrl-C in the terminal is not meant for it.
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))
        let arguments = ["/bin/sh", "-c", script].map { (word: String) in strdup(word) } + [nil]
        let variables = [strdup("PATH=/usr/local/bin:/usr/bin:/bin"), nil]
        defer { for string in arguments + variables { free(string) } }
        var child: pid_t = 0
        guard posix_spawn(&child, "/bin/sh", &actions, &attributes, arguments, variables) == 0 else {
            close(ends[1])
            throw ProcessRuntimeError(.startFailed, "/bin/sh cannot be started")
        }
        writing = ends[1]
        let guardian = child
        Thread.detachNewThread {
            var status: Int32 = 0
            while waitpid(guardian, &status, 0) < 0, errno == EINTR {}
        }
    }

    deinit { close(writing) }

    /// A process of a container began.
    func began(_ pid: pid_t) { tell("+ \(pid)\n") }

    /// A process of a container ended.
    func ended(_ pid: pid_t) { tell("- \(pid)\n") }

    /// Lines are short, so that a write is whole and does not block while the shell reads.
    private func tell(_ line: String) { _ = Array(line.utf8).withUnsafeBytes { write(writing, $0.baseAddress, $0.count) } }
}
