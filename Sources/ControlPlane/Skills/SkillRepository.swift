import Entitlements
import Foundation
import HTTPOperations
import JSONValue
import Postgres

/// Reads and writes skills and their promotions.
struct SkillRepository: Sendable {
    let pool: PostgresPool

    /// Skills that are delivered, by name: of some ids those that are published and whose content has passed a scan. Others are passed over.
    ///
    /// - Throws: `PostgresError`.
    func delivered(ids: [String]) async throws -> [SkillRecord] {
        let known = ids.compactMap { UUID(uuidString: $0) }
        guard !known.isEmpty else { return [] }
        return try await pool.reads.query(
            """
            \(unescaped: Self.selection) where s.id = any(\(known)::uuid[]) and \(unescaped: Self.isDelivered)
            order by s.name collate "C", s.version collate "C"
            """
        ).map(SkillRecord.init)
    }

    /// Skills that are delivered and have some content.
    ///
    /// - Throws: `PostgresError`.
    func delivered(digest: String) async throws -> [SkillRecord] {
        try await pool.reads.query(
            """
            \(unescaped: Self.selection) where s.digest = \(digest) and \(unescaped: Self.isDelivered)
            order by s.name collate "C", s.version collate "C" limit 100
            """
        ).map(SkillRecord.init)
    }

    /// Skills, the newest first.
    ///
    /// - Parameters:
    ///   - limit: how many at most.
    ///   - cursor: where the page before ended; nil for the first.
    ///   - onlyDelivered: whether only those are meant that are delivered.
    /// - Throws: ``OperationError`` 400 for a cursor that is none of ours; `PostgresError`.
    func list(limit: Int, cursor: String?, onlyDelivered: Bool) async throws -> Page<SkillRecord> {
        var condition: SQL = onlyDelivered ? SQL(unescaped: Self.isDelivered) : "true"
        if let cursor {
            guard let number = Int64(try Cursor(parsing: cursor, count: 1).keys[0]) else { throw OperationError.invalidCursor }
            condition += " and s.number < \(number)"
        }
        let rows = try await pool.reads.query(
            "\(unescaped: Self.selection) where \(condition) order by s.number desc limit \(limit + 1)"
        )
        return Page(rows: try rows.map(SkillRecord.init), limit: limit) { Cursor(String($0.number)) }
    }

    /// The published skills after a place in the list, in its order.
    ///
    /// - Throws: `PostgresError`.
    func published(after number: Int64, limit: Int) async throws -> [SkillRecord] {
        try await pool.reads.query(
            "\(unescaped: Self.selection) where s.status = 'published' and s.number > \(number) order by s.number limit \(limit)"
        ).map(SkillRecord.init)
    }

    /// A skill by its id.
    ///
    /// - Parameters:
    ///   - id: its id.
    ///   - lock: whether others that would change it have to wait.
    ///   - querying: what the statement runs in.
    /// - Throws: `PostgresError`.
    static func get(_ id: UUID, lock: Bool = false, in querying: some PostgresQuerying) async throws -> SkillRecord? {
        try await querying.first(
            "\(unescaped: selection) where s.id = \(id) \(unescaped: lock ? "for update of s" : "")"
        ).map(SkillRecord.init)
    }

    /// Adds a skill, or writes what has changed of one.
    ///
    /// - Throws: `PostgresError`; of the constraint `skill_bundles_name_version_key` when name and version are taken.
    static func save(_ skill: SkillRecord, in transaction: PostgresTransaction) async throws {
        let findings = try skill.scan.map { try JSON(encoding: $0.findings) }
        try await transaction.execute(
            """
            insert into skill_bundles (id, name, version, description, digest, scope, status, tags, source_id, published_at, scan_digest,
                scan_rules, scan_passed, scan_findings, scanned_at, created_at, updated_at)
            values (\(skill.id), \(skill.name), \(skill.version), \(skill.description), \(skill.digest), \(skill.scope), \(skill.status),
                \(skill.tags), \(skill.sourceID), \(skill.publishedAt), \(skill.scan?.digest), \(skill.scan?.rules),
                \(skill.scan?.hasPassed), \(findings), \(skill.scan?.scannedAt), \(skill.createdAt), \(skill.updatedAt))
            on conflict (id) do update set name = excluded.name, version = excluded.version, description = excluded.description,
                digest = excluded.digest, scope = excluded.scope, status = excluded.status, tags = excluded.tags,
                source_id = excluded.source_id, published_at = excluded.published_at, scan_digest = excluded.scan_digest,
                scan_rules = excluded.scan_rules, scan_passed = excluded.scan_passed, scan_findings = excluded.scan_findings,
                scanned_at = excluded.scanned_at, updated_at = excluded.updated_at
            """
        )
    }

    /// Deletes a skill, its promotions and its grants. Its content is kept for as long as others need it.
    ///
    /// - Throws: `PostgresError`.
    static func delete(_ id: UUID, in transaction: PostgresTransaction) async throws {
        try await transaction.execute("delete from skill_bundles where id = \(id)")
    }

    /// Skills with all that belongs to them.
    ///
    /// - Throws: `PostgresError`.
    static func states(_ skills: [SkillRecord], in querying: some PostgresQuerying) async throws -> [SkillState] {
        let grants = try await GrantRepository.list(.skillBundle, payloadIDs: skills.map(\.id.text), in: querying)
        let promotions = try await promotions(of: skills.map(\.id), in: querying)
        let pushes = try await SkillPushRepository.list(skills.compactMap(\.digest), in: querying)
        return skills.map { skill in
            SkillState(
                skill: skill,
                grants: grants[skill.id.text] ?? [],
                promotions: promotions[skill.id] ?? [],
                push: skill.digest.flatMap { pushes[$0] }
            )
        }
    }

    private static let isDelivered = "s.status = 'published' and s.scan_passed and s.scan_digest = s.digest"
    private static let selection = """
        select s.id, s.number, s.name, s.version, s.description, s.digest,
            exists (select from skill_contents c where c.digest = s.digest) as has_content, s.scope, s.status, s.tags, s.source_id,
            source.name as source_name, s.published_at, s.scan_digest, s.scan_rules, s.scan_passed, s.scan_findings, s.scanned_at,
            s.created_at, s.updated_at
        from skill_bundles s left join third_party_sources source on source.id = s.source_id
        """
}

// MARK: - Promotions

extension SkillRepository {
    /// The promotions of some skills, the oldest first.
    ///
    /// - Throws: `PostgresError`.
    static func promotions(of skills: [UUID], in querying: some PostgresQuerying) async throws -> [UUID: [SkillPromotion]] {
        guard !skills.isEmpty else { return [:] }
        var promotions: [UUID: [SkillPromotion]] = [:]
        let rows = try await querying.query(
            """
            select id, skill_bundle_id, from_scope, to_scope, promoted_by, status, notes, decided_by, decided_at, created_at
            from skill_promotions where skill_bundle_id = any(\(skills)::uuid[]) order by skill_bundle_id, number
            """
        )
        for row in rows { promotions[try row.decode("skill_bundle_id", as: UUID.self), default: []].append(try SkillPromotion(row)) }
        return promotions
    }

    /// Makes the promotions of a skill those that are given: others are deleted, known ones changed, new ones added.
    ///
    /// - Throws: `PostgresError`.
    static func replace(
        _ before: [SkillPromotion],
        with after: [SkillPromotion],
        of skill: UUID,
        in transaction: PostgresTransaction
    ) async throws {
        let kept = Set(after.map(\.id))
        let gone = before.map(\.id).filter { !kept.contains($0) }
        if !gone.isEmpty { try await transaction.execute("delete from skill_promotions where id = any(\(gone)::uuid[])") }
        let known = Dictionary(before.map { ($0.id, $0) }) { first, _ in first }
        for promotion in after where known[promotion.id] != promotion {
            try await transaction.execute(
                """
                insert into skill_promotions (id, skill_bundle_id, from_scope, to_scope, promoted_by, status, notes, decided_by,
                    decided_at, created_at)
                values (\(promotion.id), \(skill), \(promotion.fromScope), \(promotion.toScope), \(promotion.promotedBy),
                    \(promotion.status), \(promotion.notes), \(promotion.decidedBy), \(promotion.decidedAt), \(promotion.createdAt))
                on conflict (id) do update set to_scope = excluded.to_scope, status = excluded.status, notes = excluded.notes,
                    decided_by = excluded.decided_by, decided_at = excluded.decided_at
                """
            )
        }
    }
}

// MARK: - Content

extension SkillRepository {
    /// Keeps content. What is there already stays as it is, and is noted as used, so that nobody sweeps it away meanwhile.
    ///
    /// - Throws: `PostgresError`.
    static func keep(_ content: [UInt8], digest: String, now: Date, in transaction: PostgresTransaction) async throws {
        try await transaction.execute(
            """
            insert into skill_contents (digest, content, size, used_at, created_at)
            values (\(digest), \(PostgresBytes(content)), \(content.count), \(now), \(now))
            on conflict (digest) do update set used_at = excluded.used_at
            """
        )
    }

    /// Notes that content is used.
    ///
    /// - Returns: whether there is any.
    /// - Throws: `PostgresError`.
    static func touch(_ digest: String, now: Date, in transaction: PostgresTransaction) async throws -> Bool {
        try await transaction.execute("update skill_contents set used_at = \(now) where digest = \(digest)") > 0
    }

    /// The content of a digest.
    ///
    /// - Throws: `PostgresError`.
    func content(_ digest: String) async throws -> [UInt8]? {
        try await pool.reads.first("select content from skill_contents where digest = \(digest)")?
            .decode("content", as: PostgresBytes.self).bytes
    }

    /// Sweeps away content that no skill has had for a time, in parts.
    ///
    /// - Throws: `PostgresError`.
    func sweep(unusedSince date: Date) async throws {
        let statement: SQL = """
            delete from skill_contents c where c.digest = any(array(
                select o.digest from skill_contents o where o.used_at < \(date)
                    and not exists (select from skill_bundles s where s.digest = o.digest) limit 100)) and c.used_at < \(date)
            """
        while try await pool.execute(statement) == 100, !Task.isCancelled {}
    }
}

extension SkillRecord {
    fileprivate init(_ row: PostgresRow) throws {
        var scan: Scan?
        if let digest = try row.decode("scan_digest", as: String?.self) {
            scan = Scan(
                digest: digest,
                rules: try row.decode("scan_rules"),
                hasPassed: try row.decode("scan_passed"),
                findings: try row.decode("scan_findings", as: JSON.self).decode([SkillFinding].self),
                scannedAt: try row.decode("scanned_at")
            )
        }
        self.init(
            id: try row.decode("id"),
            number: try row.decode("number"),
            name: try row.decode("name"),
            version: try row.decode("version"),
            description: try row.decode("description"),
            digest: try row.decode("digest"),
            hasContent: try row.decode("has_content"),
            scope: try row.decode("scope"),
            status: try row.decode("status"),
            tags: try row.decode("tags"),
            sourceID: try row.decode("source_id"),
            sourceName: try row.decode("source_name"),
            publishedAt: try row.decode("published_at"),
            scan: scan,
            createdAt: try row.decode("created_at"),
            updatedAt: try row.decode("updated_at")
        )
    }
}

extension SkillPromotion {
    fileprivate init(_ row: PostgresRow) throws {
        self.init(
            id: try row.decode("id"),
            fromScope: try row.decode("from_scope"),
            toScope: try row.decode("to_scope"),
            promotedBy: try row.decode("promoted_by"),
            status: try row.decode("status"),
            notes: try row.decode("notes"),
            decidedBy: try row.decode("decided_by"),
            decidedAt: try row.decode("decided_at"),
            createdAt: try row.decode("created_at")
        )
    }
}
