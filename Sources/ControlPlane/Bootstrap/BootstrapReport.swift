import CraneAPI
import FleetTemplates
import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue
import KubernetesModel
import Schema

/// How a reported stage went.
enum BootstrapLevel: String, SchemaEnum {
    /// It is reached.
    case info
    /// It failed; the message says why.
    case error
}

/// What a machine reports at its first start.
struct BootstrapReport: Codable, Sendable, Hashable, SchemaDescribing {
    var seq: Int64
    var stage: BootstrapStage
    var level: BootstrapLevel
    var message: String
    var ts: String

    static let schemaNotes: [String: SchemaNote] = [
        "seq": SchemaNote("Number of the report, from 1; a gap is accepted.", minimum: 1, maximum: 1_000_000_000),
        "stage": "What it is about; stages only go forward.",
        "level": "How it went.",
        "message": SchemaNote("For people; of the stage files, the fingerprint of what was written.", maxLength: 4096),
        "ts": SchemaNote("When, by the machine's clock (RFC 3339).", format: "date-time", maxLength: 64),
    ]
}

/// What became of a report.
struct BootstrapReportAnswer: Codable, Sendable, Hashable, SchemaDescribing {
    var seq: Int64
    var stage: String
    var duplicate: Bool

    static let schemaNotes: [String: SchemaNote] = [
        "seq": "Number of the last report that was accepted.", "stage": "The stage it was about.",
        "duplicate": "Whether the report had been accepted before; then nothing has changed.",
    ]
}

/// What a report means for what is known of a first start.
enum BootstrapVerdict: Sendable, Hashable {
    /// This is known now.
    case accepted(BootstrapStatus)
    /// It was accepted before.
    case duplicate(BootstrapStatus)

    /// Judges a report.
    ///
    /// - Parameters:
    ///   - report: the report.
    ///   - credentialHash: the SHA-256 of the credential it came with; of another machine than the stored reports when it differs.
    ///   - stored: what is known.
    ///   - now: the time.
    /// - Throws: ``OperationError`` 409 for a stage that lies behind; 422 for a fingerprint that is none.
    init(_ report: BootstrapReport, credentialHash: String, stored: BootstrapStatus?, now: Timestamp) throws(OperationError) {
        let known = stored?.credentialHash == credentialHash ? stored : nil
        if let known, report.seq <= known.seq ?? 0 {
            self = .duplicate(known)
            return
        }
        if let reached = known?.stage.flatMap(BootstrapStage.init(rawValue:)), report.stage < reached {
            throw OperationError(
                .conflict,
                code: "BOOTSTRAP_STAGE_PASSED",
                message: "The stage \(report.stage.rawValue) lies behind: \(reached.rawValue) was reported before."
            )
        }
        var digest = known?.filesDigest
        if report.stage == .files, report.level == .info {
            guard report.message.utf8.count == 64, report.message.utf8.allSatisfy(Self.isHexadecimal) else {
                throw .invalid("message", "must be the fingerprint of the files: 64 hexadecimal digits in lower case")
            }
            digest = report.message
        }
        self = .accepted(
            BootstrapStatus(
                seq: report.seq,
                stage: report.stage.rawValue,
                level: report.level.rawValue,
                message: String(report.message.unicodeScalars.prefix(1000)),
                credentialHash: credentialHash,
                reportedAt: now,
                filesDigest: digest
            )
        )
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}
