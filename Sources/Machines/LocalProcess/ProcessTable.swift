import Foundation
import Glibc

/// The processes of this host, through `/proc`.
enum ProcessTable {
    /// The variable that tells our processes from others: its value is the machine's directory.
    static let marker = "OPENCRANE_MACHINE_DIRECTORY"

    /// One line of `/proc/pid/stat`.
    struct Line: Sendable, Hashable {
        var state: Character
        var session: Int32
        var startTime: UInt64

        /// Whether it only waits for its end to be noticed.
        var isEnded: Bool { state == "Z" || state == "X" }

        /// Reads a line. The name, in parentheses, may hold anything, also parentheses.
        init?(_ text: String) {
            guard let end = text.lastIndex(of: ")") else { return nil }
            let fields = text[text.index(after: end)...].split(separator: " ")
            guard fields.count > 19, let state = fields[0].first, let session = Int32(fields[3]), let start = UInt64(fields[19]) else {
                return nil
            }
            (self.state, self.session, startTime) = (state, session, start)
        }
    }

    /// The start of this host that now lasts.
    static let bootID = (SmallFile.text("/proc/sys/kernel/random/boot_id") ?? "").trimmingCharacters(in: .whitespacesAndNewlines)

    /// - Parameter root: Default: `/proc`.
    static func line(of pid: Int32) -> Line? { SmallFile.text("/proc/\(pid)/stat").flatMap(Line.init) }

    /// Who a process is.
    static func identity(of pid: Int32) -> ProcessIdentity? {
        line(of: pid).map { ProcessIdentity(pid: pid, startTime: $0.startTime, bootID: bootID) }
    }

    /// Whether a process lives. Unlike ``condition(of:)`` this leaves an ended child's exit status where it is.
    static func isAlive(_ identity: ProcessIdentity) -> Bool {
        guard identity.bootID == bootID, let line = line(of: identity.pid), line.startTime == identity.startTime else { return false }
        return !line.isEnded
    }

    /// What a process is doing. A child of ours that ended is reaped, so that no zombie stays, and what it
    /// left behind is ended; another process of the same id is left alone.
    static func condition(of identity: ProcessIdentity) -> ProcessCondition {
        guard identity.bootID == bootID, let line = line(of: identity.pid), line.startTime == identity.startTime else {
            return .ended(.unknown)
        }
        guard line.isEnded else { return .alive }
        // What it has started and left ends with it. As long as it is not reaped nobody else can have its number, nor its group that.
        if line.session == identity.pid { _ = kill(-identity.pid, SIGKILL) }
        var status: Int32 = 0
        guard waitpid(identity.pid, &status, WNOHANG) == identity.pid else { return .ended(.unknown) }
        let signal = status & 0x7f
        return .ended(signal == 0 ? .exit(status >> 8 & 0xff) : .signal(signal))
    }

    /// Sends a signal to a process and what it started, if it is still that process.
    static func signal(_ identity: ProcessIdentity, _ number: Int32) {
        guard identity.bootID == bootID, identity.pid > 1, let line = line(of: identity.pid), line.startTime == identity.startTime else {
            return
        }
        // It leads a session and so a group of its own.
        _ = kill(line.session == identity.pid ? -identity.pid : identity.pid, number)
    }

    /// The process that was started for a machine and not written down, because whoever started it ended in between.
    static func unrecorded(directory: String) -> ProcessIdentity? {
        let wanted = Array("\(marker)=\(directory)".utf8)
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? [] {
            guard let pid = Int32(name), let line = line(of: pid), line.session == pid, !line.isEnded,
                let environment = SmallFile.bytes("/proc/\(pid)/environ"),
                environment.split(separator: 0).contains(where: { $0.elementsEqual(wanted) })
            else { continue }
            return ProcessIdentity(pid: pid, startTime: line.startTime, bootID: bootID)
        }
        return nil
    }
}

/// Reads files whose size is not known beforehand, as those of `/proc`.
enum SmallFile {
    private static let largest = 1 << 20

    static func text(_ path: String) -> String? { bytes(path).map { String(decoding: $0, as: UTF8.self) } }

    static func bytes(_ path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while result.count < largest {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            guard count > 0 else { break }
            result += buffer[..<count]
        }
        return result
    }
}
