import Foundation
import Glibc
import NIOConcurrencyHelpers

/// A process, as a rule a server, that never outlives this process.
///
/// A small shell starts the server and reads from a pipe whose other end only this process holds. When `stop()` writes to the pipe, or
/// it closes because this process ended in whatever way, the shell ends the server with SIGINT, which is PostgreSQL's fast shutdown.
final class SupervisedProcess: Sendable {
    private struct State {
        /// The exit status, once the process ended.
        var status: Int32?
        var waiting: [CheckedContinuation<Int32, Never>] = []
    }

    /// The end of the pipe to write to, until it is closed.
    private let writing: NIOLockedValueBox<Int32?>
    private let state = NIOLockedValueBox(State())
    /// The process of the shell.
    let processIdentifier: Int32

    /// Starts a server.
    ///
    /// - Parameters:
    ///   - command: the program and its arguments.
    ///   - log: the file its output is appended to.
    ///   - removing: a directory that is removed when the server is ended because this process is gone.
    init(_ command: [String], owner: ClusterOwner, log: String, removing: String?) throws {
        // $0 is the log, $1 the directory to remove or nothing; the rest is the server's command.
        let script = """
            log=$0; removed=$1; shift
            exec 3<&0
            "$@" </dev/null >>"$log" 2>&1 3<&- &
            server=$!
            ( read -r word <&3; kill -INT $server; [ "$word" = stop ] || exit 9 ) 2>/dev/null &
            reader=$!
            exec 3<&-
            wait $server
            status=$?
            kill $reader 2>/dev/null
            wait $reader
            if [ $? = 9 ] && [ -n "$removed" ]; then rm -rf -- "$removed"; fi
            exit $status
            """
        let (child, writing) = try Spawn.start(
            owner.command(["/bin/sh", "-c", script, log, removing ?? ""] + command),
            environment: ProcessEnvironment.clean
        )
        processIdentifier = child
        self.writing = NIOLockedValueBox(writing)
        let state = state
        // One thread waits for the end of the shell; a process runs one or two such servers.
        Thread.detachNewThread {
            let status = Spawn.waitForEnd(of: child)
            let waiting = state.withLockedValue { state in
                defer { state.waiting = [] }
                state.status = status
                return state.waiting
            }
            for continuation in waiting { continuation.resume(returning: status) }
        }
    }

    deinit { closePipe(saying: nil) }

    /// Whether the server runs.
    var isRunning: Bool { state.withLockedValue { $0.status == nil } }

    /// Ends the server and waits for its end.
    func stop() async {
        closePipe(saying: "stop\n")
        await waitForEnd()
    }

    private func closePipe(saying word: String?) {
        let descriptor = writing.withLockedValue { writing in
            defer { writing = nil }
            return writing
        }
        guard let descriptor else { return }
        // The word is tiny, so the write cannot block.
        if let word, isRunning { _ = Array(word.utf8).withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) } }
        close(descriptor)
    }

    /// Waits until the server ended.
    ///
    /// - Returns: its exit status.
    @discardableResult
    func waitForEnd() async -> Int32 {
        await withCheckedContinuation { continuation in
            let status = state.withLockedValue { state in
                if state.status == nil { state.waiting.append(continuation) }
                return state.status
            }
            if let status { continuation.resume(returning: status) }
        }
    }
}

/// The environment of the programs started here: nothing of ours, so that no PG* variable leads them astray.
enum ProcessEnvironment {
    static let clean = ["PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C"]
}
