import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue
import OCIRegistry
import Postgres

/// Takes the content of skills, and has it scanned.
struct SkillContentService: Sendable {
    /// `Content-Digest` (RFC 9530).
    static let digestHeader = HeaderDeclaration(
        name: "Content-Digest",
        description: "Digest that the content must have, as sha-256=:base64: (RFC 9530).",
        maximumLength: 512
    )

    let skills: SkillRepository
    let writer: MutationWriter
    let scanner: SkillScans

    /// Gives a skill its content. Content that it did not have takes away scan and publication.
    func put(_ id: String, _ content: [UInt8], _ context: OperationContext) async throws -> Reply<SkillView> {
        guard let text = String(validating: content, as: UTF8.self), !text.utf8.contains(0) else {
            throw OperationError.invalid("", "must be text in UTF-8 without the character U+0000")
        }
        let digest = BlobDigest(of: content)
        if let header = context.header(Self.digestHeader) { try ContentDigestHeader(parsing: header).require(digest) }
        return try await writer.write(context, headers: [Self.digestHeader]) { transaction, now in
            let before = try await SkillService.find(id, lock: true, in: transaction)
            let viewBefore = SkillView(before)
            try viewBefore.editTag().requireMatch(context)
            if let wanted = before.skill.digest, !before.skill.hasContent, wanted != digest.description {
                throw OperationError.digestMismatch("The skill is to have content with the digest \(wanted); this has \(digest).")
            }
            try await SkillRepository.keep(content, digest: digest.description, now: now, in: transaction)
            var skill = before.skill
            skill.replaceContent(digest.description, hasContent: true)
            guard skill != before.skill else { return Mutation(Reply(viewBefore, tag: try viewBefore.editTag().tag)) }
            skill.updatedAt = now
            try await SkillRepository.save(skill, in: transaction)
            let view = SkillView(try await SkillService.find(id, in: transaction))
            return Mutation(
                Reply(view, tag: try view.editTag().tag),
                audit: context.audit(
                    "ContentUploaded",
                    view,
                    "uploaded \(content.count) bytes of content of",
                    before: try JSON(encoding: viewBefore),
                    after: try JSON(encoding: view)
                )
            )
        }
    }

    /// Scans the content of a skill. The outcome counts for this content and these rules; until it is written nothing has changed, so that
    /// nothing is left half done when a process ends.
    func scan(_ id: String, _ context: OperationContext) async throws -> Reply<SkillScanView> {
        let (digest, content) = try await onDatabase {
            let state = try await SkillService.find(id, in: skills.pool.reads)
            guard let digest = state.skill.digest, let content = try await skills.content(digest) else {
                throw OperationError(
                    .conflict,
                    code: "CONTENT_MISSING",
                    message: "The skill has no content to scan; upload it with PUT /skills/catalog/{id}/content."
                )
            }
            return (digest, content)
        }
        let outcome = try await scanner.scan(content, digest: digest)
        return try await writer.write(context) { transaction, now in
            let before = try await SkillService.find(id, lock: true, in: transaction)
            guard before.skill.digest == digest else {
                throw OperationError(
                    .conflict,
                    code: "CONTENT_CHANGED",
                    message: "The skill got other content during the scan; scan it again."
                )
            }
            var skill = before.skill
            skill.scan = .init(
                digest: digest,
                rules: outcome.rules,
                hasPassed: outcome.hasPassed,
                findings: outcome.findings,
                scannedAt: now
            )
            if !outcome.hasPassed, skill.status == .published { skill.withdraw(to: .review) }
            skill.updatedAt = now
            try await SkillRepository.save(skill, in: transaction)
            let view = SkillView(try await SkillService.find(id, in: transaction))
            return Mutation(
                Reply(
                    SkillScanView(
                        id: view.id,
                        digest: digest,
                        scanStatus: view.scanStatus,
                        passed: outcome.hasPassed,
                        scanner: outcome.rules,
                        findings: outcome.findings,
                        isTruncated: outcome.isTruncated,
                        scannedAt: RESTTimestamp.text(now)
                    )
                ),
                audit: context.audit(
                    outcome.hasPassed ? "ScanPassed" : "ScanFailed",
                    view,
                    "scanned, with \(outcome.findings.count) findings,",
                    before: try JSON(encoding: SkillView(before)),
                    after: try JSON(encoding: view)
                )
            )
        }
    }
}

/// The header `Content-Digest` of a request, as far as it is looked at: its SHA-256.
struct ContentDigestHeader: Sendable, Hashable {
    /// The 64 hexadecimal digits.
    let hexadecimal: String

    /// Reads a header: a dictionary of byte sequences (RFC 8941), of which `sha-256` is looked at.
    ///
    /// - Throws: ``OperationError`` 422.
    init(parsing text: String) throws(OperationError) {
        for part in text.split(separator: ",") {
            let item = part.trimmingCharacters(in: .whitespaces)
            guard item.lowercased().hasPrefix("sha-256=:"), item.hasSuffix(":"), item.utf8.count > 10 else { continue }
            guard let data = Data(base64Encoded: String(item.dropFirst(9).dropLast())), data.count == 32 else { break }
            hexadecimal = data.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
            return
        }
        throw .invalid("Content-Digest", "must have a digest sha-256=:base64:", in: .header)
    }

    /// Throws 422 unless a digest is this one.
    func require(_ digest: BlobDigest) throws(OperationError) {
        guard digest.hex == hexadecimal else {
            throw .digestMismatch("The content has the digest \(digest), not the one of the header Content-Digest.")
        }
    }
}

extension OperationError {
    /// 422: the content is not the one that was announced.
    static func digestMismatch(_ message: String) -> OperationError {
        OperationError(.unprocessableContent, code: "DIGEST_MISMATCH", message: message)
    }
}
