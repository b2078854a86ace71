import Foundation
import HTTPOperations
import JSONValue
import Postgres

/// Remembers which settings an instance's gateway was last given, by their digest: secrets among them cannot be read back.
struct AppliedSettings: Sendable {
    let pool: PostgresPool

    /// The digest of settings.
    static func digest(_ settings: JSON) -> String { ContentDigest.hexadecimal(of: settings.serialized()) }

    /// Whether settings were given to an instance's gateway, and none since.
    ///
    /// - Parameters:
    ///   - settings: the settings.
    ///   - id: the instance.
    ///   - machine: the gateway's machine; another one has nothing.
    /// - Throws: `PostgresError`.
    func has(_ settings: JSON, _ id: UUID, machine: String) async throws -> Bool {
        try await pool.first(
            "select true from instance_applied_settings where instance_id = \(id) and machine = \(machine) and digest = \(Self.digest(settings))"
        ) != nil
    }

    /// Remembers that settings were given to an instance's gateway.
    ///
    /// - Throws: `PostgresError`.
    func remember(_ settings: JSON, _ id: UUID, machine: String, now: Date) async throws {
        try await pool.execute(
            """
            insert into instance_applied_settings (instance_id, machine, digest, applied_at)
            values (\(id), \(machine), \(Self.digest(settings)), \(now))
            on conflict (instance_id) do update set machine = excluded.machine, digest = excluded.digest, applied_at = excluded.applied_at
            """
        )
    }
}
