import Foundation
import Glibc

/// The files of a private cluster: `data`, the password, the log and the Unix socket, in one directory that belongs to the owner.
struct ClusterDirectory: Sendable {
    /// The directory.
    let path: String
    /// Whether it is removed with the server.
    let isTemporary: Bool

    var data: String { "\(path)/data" }
    var unfinishedData: String { "\(path)/data.new" }
    var log: String { "\(path)/postgres.log" }
    var passwordFile: String { "\(path)/password" }
    var isInitialised: Bool { FileManager.default.fileExists(atPath: "\(data)/PG_VERSION") }

    /// Makes the directory and gives it to the owner.
    ///
    /// A directory the owner cannot reach (root works below `/root`, and PostgreSQL runs as another user) is replaced by one of the
    /// same meaning below `/var/lib/opencrane`.
    ///
    /// - Parameter requested: the directory; `nil` makes a temporary one.
    /// - Throws: `LocalPostgresError` with `directory`.
    static func prepare(_ requested: String?, owner: ClusterOwner) throws -> ClusterDirectory {
        let directory: ClusterDirectory
        if let requested {
            let path = URL(fileURLWithPath: requested).standardizedFileURL.path
            let parent = URL(fileURLWithPath: path).deletingLastPathComponent().path
            let reachable = owner.canReach(parent) ? path : "/var/lib/opencrane/\(substitute(for: path))"
            directory = ClusterDirectory(path: reachable, isTemporary: false)
        } else {
            directory = ClusterDirectory(path: "/tmp/opencrane-pg-\(UUID().uuidString.prefix(8).lowercased())", isTemporary: true)
        }
        do {
            try FileManager.default.createDirectory(atPath: directory.path, withIntermediateDirectories: true)
        } catch {
            throw LocalPostgresError(.directory, "The directory \(directory.path) cannot be made.", cause: "\(error)")
        }
        guard chmod(directory.path, 0o700) == 0, !owner.mustDrop || chown(directory.path, owner.user, owner.group) == 0 else {
            throw LocalPostgresError(.directory, "The directory \(directory.path) cannot be given to the user PostgreSQL runs as.")
        }
        return directory
    }

    /// The password of the cluster's role; made and stored, readable by the owner only, when there is none.
    func password(owner: ClusterOwner) throws -> String {
        if isInitialised, let stored = try? String(contentsOfFile: passwordFile, encoding: .utf8) {
            return stored.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        let password = (0..<4).map { _ in String(UInt64.random(in: .min ... .max), radix: 36) }.joined()
        let made = FileManager.default.createFile(
            atPath: passwordFile,
            contents: Data((password + "\n").utf8),
            attributes: [.posixPermissions: 0o600]
        )
        guard made, !owner.mustDrop || chown(passwordFile, owner.user, owner.group) == 0 else {
            throw LocalPostgresError(.directory, "The file \(passwordFile) cannot be written.")
        }
        return password
    }

    /// The last lines of the server's log.
    func logTail() -> String {
        let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").suffix(8).joined(separator: "\n")
    }

    /// A name for a path: its text with everything but letters and digits replaced.
    private static func substitute(for path: String) -> String {
        String(path.dropFirst().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
    }
}
