import Foundation
import JSONValue
import LocalPostgres
import Logging
import Postgres
import Yams

/// What a release left behind, kept in the repository: a database, the definitions with objects under them, the REST document, and what its
/// parts agreed on.
public struct Release: Sendable, CustomStringConvertible {
    /// The version, such as `0.1.0`.
    public let version: String
    /// The number of its last migration.
    public let migration: Int

    /// The folder with one folder a release.
    public static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Releases")
    /// The repository.
    public static let repository = folder.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The release that `scripts/cut-release` has written; nil in other runs.
    public static let toCut = ProcessInfo.processInfo.environment["OPENCRANE_CUT_RELEASE"]

    /// All releases, the oldest first.
    public static func all() throws -> [Release] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false))
            .filter { !$0.hasPrefix(".") }
            .map { try Release($0) }
            .sorted { $0.version.compare($1.version, options: .numeric) == .orderedAscending }
    }

    /// Reads a release.
    ///
    /// - Parameter version: its version.
    public init(_ version: String) throws {
        let place = Self.folder.appending(path: "\(version)/release.json")
        let about = try JSON(parsing: String(contentsOf: place, encoding: .utf8))
        guard about["version"]?.stringValue == version, let migration = about["migration"]?.integerValue else {
            throw CocoaError(.fileReadCorruptFile, userInfo: [NSFilePathErrorKey: place.path(percentEncoded: false)])
        }
        self.version = version
        self.migration = Int(migration)
    }

    /// Its version.
    public var description: String { version }

    /// Where one of its files is.
    public func place(_ path: String) -> URL { Self.folder.appending(path: "\(version)/\(path)") }

    /// The text of one of its files.
    public func text(_ path: String) throws -> String { try String(contentsOf: place(path), encoding: .utf8) }

    /// The documents of one of its YAML files.
    public func documents(_ path: String) throws -> [JSON] { try Self.documents(of: try text(path)) }

    /// The documents of a text in YAML.
    public static func documents(of yaml: String) throws -> [JSON] { try Yams.load_all(yaml: yaml).compactMap { $0 }.map(json) }

    private static func json(_ value: Any) throws -> JSON {
        switch value {
        case is NSNull: return .null
        case let value as Bool: return .bool(value)
        case let value as Int: return .integer(Int64(value))
        case let value as Double: return .number(value)
        case let value as String: return .string(value)
        case let value as [Any]: return .array(try value.map(json))
        case let value as [AnyHashable: Any]:
            var members: [String: JSON] = [:]
            for (key, member) in value { members["\(key.base)"] = try json(member) }
            return .object(members)
        default: throw CocoaError(.fileReadCorruptFile)
        }
    }

    /// The paths of the files in one of its folders, sorted.
    public func files(in path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: place(path).path(percentEncoded: false))
            .filter { !$0.hasPrefix(".") }.sorted().map { "\(path)/\($0)" }
    }

    /// Fills an empty database with what its database held.
    public func restore(into database: PostgresConfiguration) async throws {
        let connection = try await PostgresConnection.connect(database)
        do {
            try await connection.executeScript(try text("database.sql"), timeout: .seconds(120))
        } catch {
            await connection.close()
            throw error
        }
        await connection.close()
    }

    /// Runs a closure with a pool on a database of its own that holds what the release's did.
    nonisolated(nonsending) public func withDatabase<R>(
        _ body: nonisolated(nonsending) (PostgresPool) async throws -> R
    ) async throws -> R {
        try await withTestDatabase { database in
            try await restore(into: database)
            let pool = PostgresPool(
                configuration: database,
                options: .init(maximumConnections: 8, acquireTimeout: .seconds(30), shutdownTimeout: .seconds(2)),
                logger: Logger(label: "release") { _ in SwiftLogNoOpLogHandler() }
            )
            do {
                let result = try await body(pool)
                await pool.shutdown()
                return result
            } catch {
                await pool.shutdown()
                throw error
            }
        }
    }
}
