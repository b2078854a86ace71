import Foundation
import Glibc

/// The user PostgreSQL runs as. PostgreSQL refuses to run as root.
struct ClusterOwner: Sendable, Hashable {
    var user: UInt32
    var group: UInt32
    /// Whether this process is root and has to drop to the user.
    var mustDrop: Bool

    /// The user of this process; for root `postgres`, or `nobody` where that does not exist.
    ///
    /// - Throws: `LocalPostgresError` with `no_user`.
    static func current() throws -> ClusterOwner {
        guard geteuid() == 0 else { return ClusterOwner(user: geteuid(), group: getegid(), mustDrop: false) }
        for name in ["postgres", "nobody"] {
            if let (user, group) = lookUp(name) { return ClusterOwner(user: user, group: group, mustDrop: true) }
        }
        throw LocalPostgresError(
            .noUser,
            "PostgreSQL refuses to run as root, and there is neither a user 'postgres' nor 'nobody'. Add one: useradd --system postgres"
        )
    }

    /// The command that runs another one as this user.
    func command(_ arguments: [String]) -> [String] {
        guard mustDrop else { return arguments }
        return ["/usr/bin/setpriv", "--reuid=\(user)", "--regid=\(group)", "--clear-groups", "--"] + arguments
    }

    /// Whether this user may pass through a directory and all above it.
    func canReach(_ directory: String) -> Bool {
        var path = URL(fileURLWithPath: directory).standardizedFileURL.path
        while true {
            var status = stat()
            if stat(path, &status) == 0 {
                let bit: UInt32 = status.st_uid == user ? 0o100 : status.st_gid == group ? 0o010 : 0o001
                guard status.st_mode & bit != 0 else { return false }
            }
            if path == "/" { return true }
            path = URL(fileURLWithPath: path).deletingLastPathComponent().path
        }
    }

    private static func lookUp(_ name: String) -> (UInt32, UInt32)? {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16_384)
        guard getpwnam_r(name, &entry, &buffer, buffer.count, &found) == 0, found != nil else { return nil }
        return (entry.pw_uid, entry.pw_gid)
    }
}
