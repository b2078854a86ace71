import Foundation
import Glibc
import NIOConcurrencyHelpers

/// A process of a container, in a session of its own.
final class ChildProcess: Sendable {
    /// `POSIX_SPAWN_SETSID`, which glibc's header shows to GNU sources only.
    private static let newSession: Int32 = 0x80

    let pid: pid_t
    /// Once it is waited for, the number may be another process's.
    private let isOver = NIOLockedValueBox(false)

    /// Starts a process.
    ///
    /// - Parameters:
    ///   - command: program, arguments, variables and where it starts.
    ///   - log: the file its output is appended to.
    ///   - orphans: ends it if this process cannot. It is told of its beginning and its end.
    ///   - ended: called once with the process and how it ended, on a thread of its own.
    /// - Throws: ``ProcessRuntimeError`` with the code `start_failed`.
    init(
        _ command: ContainerCommand,
        log: String,
        orphans: OrphanGuard?,
        ended: @escaping @Sendable (Int32, ProcessEnd) -> Void
    ) throws(ProcessRuntimeError) {
        guard let name = command.words.first, let program = Self.find(name, path: command.variables["PATH"] ?? "") else {
            throw ProcessRuntimeError(.startFailed, "there is no program \(command.words.first ?? "") on this machine")
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        Self.keepDescriptors()

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
        let words = ["/bin/sh", "-c", "cd -- \"$0\" && exec \"$@\"", command.directory, program] + command.words.dropFirst()
        let arguments = words.map { strdup($0) } + [nil]
        let variables = command.variables.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for string in arguments + variables { free(string) } }
        var child: pid_t = 0
        let result = posix_spawn(&child, words[0], &actions, &attributes, arguments, variables)
        guard result == 0 else {
            throw ProcessRuntimeError(
                .startFailed,
                "\(program) cannot be started: \(strerror(result).map { String(cString: $0) } ?? "\(result)")"
            )
        }
        pid = child
        orphans?.began(child)
        let (pid, isOver) = (child, isOver)
        // A thread that waits: a machine runs a few dozen containers at most.
        Thread.detachNewThread { [weak orphans] in ended(pid, Self.wait(for: pid, isOver) { orphans?.ended(pid) }) }
    }

    /// Sends a signal, unless the process is over.
    ///
    /// - Parameter hard: SIGKILL to all of its processes instead of SIGTERM to the first.
    func signal(hard: Bool) {
        isOver.withLockedValue { isOver in
            guard !isOver else { return }
            _ = hard ? kill(-pid, SIGKILL) : kill(pid, SIGTERM)
        }
    }

    /// Blocks until a process ended, and ends what it leaves behind in its group, as a container does.
    ///
    /// - Parameter ending: called while the number is still the process's.
    private static func wait(for child: pid_t, _ isOver: NIOLockedValueBox<Bool>, ending: () -> Void) -> ProcessEnd {
        var info = siginfo_t()
        while waitid(P_PID, id_t(child), &info, WEXITED | WNOWAIT) < 0, errno == EINTR {}
        return isOver.withLockedValue { isOver in
            kill(-child, SIGKILL)
            ending()
            var status: Int32 = 0
            while waitpid(child, &status, 0) < 0, errno == EINTR {}
            isOver = true
            let signal = Int(status & 0x7f)
            return signal == 0 ? ProcessEnd(code: Int(status >> 8 & 0xff)) : ProcessEnd(code: 128 + signal, signal: signal)
        }
    }

    /// Marks what is open as not to be inherited, but for the standard streams.
    static func keepDescriptors() {
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
