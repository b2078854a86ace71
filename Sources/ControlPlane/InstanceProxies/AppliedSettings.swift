import Foundation
import HTTPOperations
import JSONValue
import Postgres

/// Remembers which settings an instance's gateway was last given: by their digest, since secrets among them cannot be read back, and by their
/// shape, so that what is taken out of the settings is taken from the gateway too.
struct AppliedSettings: Sendable {
    let pool: PostgresPool

    /// What is known of a gateway.
    struct Known: Sendable, Hashable {
        /// The digest of what it was given last; empty for nothing.
        var digest = ""
        /// What it may have been given.
        var shape = AppliedShape.empty
    }

    /// The digest of settings.
    static func digest(_ settings: JSON) -> String { ContentDigest.hexadecimal(of: settings.serialized()) }

    /// What is known of an instance's gateway.
    ///
    /// - Parameters:
    ///   - id: the instance.
    ///   - machine: the gateway's machine; another one has nothing.
    /// - Throws: `PostgresError`.
    func known(_ id: UUID, machine: String) async throws -> Known {
        let row = try await pool.first(
            "select digest, shape from instance_applied_settings where instance_id = \(id) and machine = \(machine)"
        )
        guard let row else { return Known() }
        return Known(digest: try row.decode("digest"), shape: AppliedShape(json: try row.decode("shape")))
    }

    /// Remembers what an instance's gateway is about to be given, besides what it has.
    ///
    /// - Throws: `PostgresError`.
    func announce(_ shape: AppliedShape, _ id: UUID, machine: String, now: Date) async throws {
        try await pool.execute(
            """
            insert into instance_applied_settings as known (instance_id, machine, digest, shape, applied_at)
            values (\(id), \(machine), '', \(shape.json), \(now))
            on conflict (instance_id) do update set machine = excluded.machine, shape = excluded.shape, applied_at = excluded.applied_at,
                digest = case when known.machine = excluded.machine then known.digest else '' end
            """
        )
    }

    /// Remembers that settings were given to an instance's gateway.
    ///
    /// - Throws: `PostgresError`.
    func remember(_ settings: JSON, _ shape: AppliedShape, _ id: UUID, machine: String, now: Date) async throws {
        try await pool.execute(
            """
            insert into instance_applied_settings (instance_id, machine, digest, shape, applied_at)
            values (\(id), \(machine), \(Self.digest(settings)), \(shape.json), \(now))
            on conflict (instance_id) do update set machine = excluded.machine, digest = excluded.digest, shape = excluded.shape,
                applied_at = excluded.applied_at
            """
        )
    }
}
