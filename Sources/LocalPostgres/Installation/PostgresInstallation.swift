import Foundation

/// Where PostgreSQL's programs are.
public struct PostgresInstallation: Sendable, Hashable {
    /// The directory that holds `initdb` and `postgres`.
    public var binaries: String

    /// Looks in `/usr/lib/postgresql/*/bin` (newest first) and then in the directories of `PATH`.
    ///
    /// - Parameters:
    ///   - roots: the directories that hold one directory a version.
    ///   - path: the value of `PATH`.
    /// - Throws: `LocalPostgresError` with `not_installed`, which says what to install.
    public static func find(
        roots: [String] = ["/usr/lib/postgresql", "/usr/local/pgsql"],
        path: String = ProcessInfo.processInfo.environment["PATH"] ?? ""
    ) throws -> PostgresInstallation {
        let manager = FileManager.default
        let versioned = roots.flatMap { root in
            versionsNewestFirst((try? manager.contentsOfDirectory(atPath: root)) ?? []).map { "\(root)/\($0)/bin" } + ["\(root)/bin"]
        }
        let candidates = versioned + path.split(separator: ":").map(String.init)
        for directory in candidates where ["initdb", "postgres"].allSatisfy({ manager.isExecutableFile(atPath: "\(directory)/\($0)") }) {
            return PostgresInstallation(binaries: directory)
        }
        throw LocalPostgresError(
            .notInstalled,
            "PostgreSQL's programs initdb and postgres are neither in /usr/lib/postgresql/*/bin nor in PATH. "
                + "Install them: apt-get install -y postgresql"
        )
    }

    /// The names that are version numbers, the highest first.
    static func versionsNewestFirst(_ names: [String]) -> [String] {
        names.compactMap { name in Double(name).map { (name, $0) } }.sorted { $0.1 > $1.1 }.map(\.0)
    }
}
