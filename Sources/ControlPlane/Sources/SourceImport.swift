import Entitlements
import Foundation
import HTTPOperations
import JSONValue
import OCIRegistry
import Postgres

/// Turns what a source has into drafts of skills and MCP servers. Nothing becomes more than a draft here: people scan, publish and activate.
struct SourceImport: Sendable {
    let makeID: @Sendable () -> UUID

    /// Notes what a source has, without making drafts.
    ///
    /// - Throws: `PostgresError`.
    func note(_ found: [SourceItem], of source: SourceRecord, now: Date, in transaction: PostgresTransaction) async throws {
        let known = try await self.known(source, found, in: transaction)
        for item in found {
            var record = record(item, known[Key(item)])
            record.metadata = item.metadata ?? record.metadata
            try await SourceRepository.save(record, of: source.id, now: now, in: transaction)
        }
    }

    /// Brings the items of a source and their drafts up to date. What the source does not have any more is forgotten; its draft stays.
    ///
    /// - Returns: how many items have become new drafts, or have changed one.
    /// - Throws: `PostgresError`.
    func apply(_ found: [SourceItem], of source: SourceRecord, now: Date, in transaction: PostgresTransaction) async throws -> Int {
        let known = try await self.known(source, found, in: transaction)
        var changed = 0
        for item in found {
            let before = known[Key(item)]
            var record = record(item, before)
            switch item.kind {
            case .skillBundle: try await draft(skill: item, of: source, before: before, &record, now: now, in: transaction)
            case .mcpServer: try await draft(server: item, of: source, before: before, &record, now: now, in: transaction)
            }
            guard record != before else { continue }
            changed += 1
            try await SourceRepository.save(record, of: source.id, now: now, in: transaction)
        }
        return changed
    }

    /// Items as they were noted, for sources that are not fetched.
    static func noted(_ records: [SourceItemRecord]) -> [SourceItem] {
        records.map { record in
            SourceItem(
                kind: record.kind,
                name: record.name,
                upstreamID: record.upstreamID,
                version: record.version,
                digest: record.digest,
                endpoint: record.metadata?["endpoint"]?.stringValue,
                metadata: record.metadata
            )
        }
    }

    private struct Key: Hashable {
        var kind: SourceItemKind
        var upstreamID: String

        init(_ item: SourceItem) { (kind, upstreamID) = (item.kind, item.upstreamID) }
        init(_ record: SourceItemRecord) { (kind, upstreamID) = (record.kind, record.upstreamID) }
    }

    /// The items there are, after those have been forgotten that the source does not have any more.
    private func known(
        _ source: SourceRecord,
        _ found: [SourceItem],
        in transaction: PostgresTransaction
    ) async throws -> [Key: SourceItemRecord] {
        let records = try await SourceRepository.items(of: [source.id], limit: SourceNotes.mostItems * 2, in: transaction)[source.id] ?? []
        let kept = Set(found.map(Key.init))
        try await SourceRepository.delete(items: records.filter { !kept.contains(Key($0)) }.map(\.id), in: transaction)
        return Dictionary(records.map { (Key($0), $0) }) { first, _ in first }
    }

    private func record(_ item: SourceItem, _ before: SourceItemRecord?) -> SourceItemRecord {
        SourceItemRecord(
            id: before?.id ?? makeID(),
            kind: item.kind,
            name: item.name,
            upstreamID: item.upstreamID,
            version: item.version,
            digest: item.content.map { BlobDigest(of: $0).description } ?? item.digest,
            metadata: item.metadata,
            bundleID: before?.bundleID,
            serverID: before?.serverID
        )
    }

    // MARK: Skills

    /// Makes a draft of content that was not there before. A skill with other content is another one, so that one that people have looked at
    /// never changes under their hands.
    private func draft(
        skill item: SourceItem,
        of source: SourceRecord,
        before: SourceItemRecord?,
        _ record: inout SourceItemRecord,
        now: Date,
        in transaction: PostgresTransaction
    ) async throws {
        if let before, before.bundleID != nil, before.digest == record.digest, before.name == record.name, before.version == record.version
        {
            record.problem = before.problem
            return
        }
        for version in Self.versions(of: item, digest: record.digest) {
            let row = try await transaction.first(
                "select id, digest, source_id from skill_bundles where name = \(item.name) and version = \(version) for update"
            )
            if let row {
                let digest: String? = try row.decode("digest")
                let owner: UUID? = try row.decode("source_id")
                guard digest == record.digest, owner == source.id else { continue }
                record.bundleID = try row.decode("id")
                record.problem = nil
                return
            }
            if let content = item.content, let digest = record.digest {
                try await SkillRepository.keep(content, digest: digest, now: now, in: transaction)
            }
            let skill = SkillRecord(
                id: makeID(),
                name: item.name,
                version: version,
                description: item.description,
                digest: record.digest,
                scope: .org,
                status: .draft,
                tags: [],
                sourceID: source.id,
                createdAt: now,
                updatedAt: now
            )
            try await SkillRepository.save(skill, in: transaction)
            record.bundleID = skill.id
            record.problem = nil
            return
        }
        record.problem = "Name and version belong to a skill that did not come from here."
    }

    /// The versions that a draft may have, the best first.
    static func versions(of item: SourceItem, digest: String?) -> [String] {
        let mark = digest.map { String($0.dropFirst("sha256:".count).prefix(12)) }
        guard let version = item.version else { return [mark.map { "0.0.0+\($0)" } ?? "1.0.0"] }
        return [version] + (mark.map { ["\(version.prefix(50))+\($0)"] } ?? [])
    }

    // MARK: MCP servers

    private func draft(
        server item: SourceItem,
        of source: SourceRecord,
        before: SourceItemRecord?,
        _ record: inout SourceItemRecord,
        now: Date,
        in transaction: PostgresTransaction
    ) async throws {
        guard let endpoint = item.endpoint else {
            record.problem = "It names no address that may be used."
            return
        }
        if let id = before?.serverID, var server = try await MCPServerRepository.get(id, lock: true, in: transaction) {
            guard (server.endpoint, server.description) != (endpoint, item.description) else { return }
            guard server.status == .draft, server.sourceID == source.id else {
                record.problem = server.endpoint == endpoint ? nil : "The source names another address than the server that is in use has."
                return
            }
            server.endpoint = endpoint
            server.description = item.description
            server.transport = item.transport ?? server.transport
            server.lastSyncedAt = now
            server.updatedAt = now
            return try await MCPServerRepository.save(server, in: transaction)
        }
        guard try await transaction.first("select true from mcp_servers where name = \(item.name)") == nil else {
            record.problem = "The name belongs to an MCP server that did not come from here."
            return
        }
        let server = MCPServerRecord(
            id: makeID(),
            name: item.name,
            description: item.description,
            endpoint: endpoint,
            scope: .org,
            transport: item.transport ?? .streamableHTTP,
            status: .draft,
            capabilities: [],
            sourceID: source.id,
            lastSyncedAt: now,
            createdAt: now,
            updatedAt: now
        )
        try await MCPServerRepository.save(server, in: transaction)
        record.serverID = server.id
    }
}
