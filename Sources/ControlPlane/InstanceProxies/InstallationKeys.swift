import Foundation
import Observability
import Postgres
import SealedSecrets

/// Keys that this installation makes for itself, once, and keeps in its database: sealed when there are keys to seal with.
struct InstallationKeys: Sendable {
    let pool: PostgresPool
    /// Seals them; nil keeps them as they are.
    let sealer: SecretSealer?
    /// Makes 32 random bytes.
    var makeKey: @Sendable () -> [UInt8] = {
        var random = SystemRandomNumberGenerator()
        return (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) }  // edge: a key
    }

    /// The key of a name. All replicas get the same one.
    ///
    /// - Throws: ``SealingError`` when it is sealed and cannot be opened; `PostgresError`.
    func key(_ name: String) async throws -> Secret<[UInt8]> {
        let place = RowIdentity(table: "installation_keys", column: "material", key: [name])
        if let known = try await find(name, place) { return known }
        let fresh = Secret(makeKey())
        let material = try sealer.map { try $0.seal(fresh, at: place).bytes } ?? fresh.reveal()
        try await pool.execute(
            """
            insert into installation_keys (name, material, is_sealed) values (\(name), \(PostgresBytes(material)), \(sealer != nil))
            on conflict (name) do nothing
            """
        )
        // Another replica may have been faster.
        return try await find(name, place) ?? fresh
    }

    private func find(_ name: String, _ place: RowIdentity) async throws -> Secret<[UInt8]>? {
        guard let row = try await pool.first("select material, is_sealed from installation_keys where name = \(name)") else { return nil }
        let material = try row.decode("material", as: PostgresBytes.self)
        guard try row.decode("is_sealed", as: Bool.self) else {
            if let sealer {
                let sealed = try sealer.seal(Secret(material.bytes), at: place)
                try await replace(material, by: sealed, of: name)
            }
            return Secret(material.bytes)
        }
        let value = try SealedValue(bytes: material.bytes)
        guard let sealer else { throw SealingError(.unknownKey, "There is no sealing key to open \(place) with.") }
        let key = try sealer.open(value, at: place)
        if let again = try sealer.reseal(value, at: place) { try await replace(material, by: again, of: name) }
        return key
    }

    private func replace(_ material: PostgresBytes, by sealed: SealedValue, of name: String) async throws {
        try await pool.execute(
            """
            update installation_keys set material = \(PostgresBytes(sealed.bytes)), is_sealed = true
            where name = \(name) and material = \(material)
            """
        )
    }
}
