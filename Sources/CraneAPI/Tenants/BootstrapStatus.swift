import KubernetesModel
import Schema

/// How a machine's first start goes, as the machine itself reports it. The control plane writes it, the operator reads it.
public struct BootstrapStatus: Codable, Sendable, Hashable, SchemaDescribing {
    /// The number of the last report that was accepted; reports are numbered from 1.
    public var seq: Int64?
    /// The stage it was about, for instance `files`; it only ever goes forward.
    public var stage: String?
    /// `info`, or `error` when the stage failed.
    public var level: String?
    /// What it said, for people.
    public var message: String?
    /// The SHA-256 of the credential it came with.
    public var credentialHash: String?
    /// When it came.
    public var reportedAt: Timestamp?
    /// The fingerprint of the files that were written.
    public var filesDigest: String?

    /// Reports so far.
    public init(
        seq: Int64? = nil,
        stage: String? = nil,
        level: String? = nil,
        message: String? = nil,
        credentialHash: String? = nil,
        reportedAt: Timestamp? = nil,
        filesDigest: String? = nil
    ) {
        self.seq = seq
        self.stage = stage
        self.level = level
        self.message = message
        self.credentialHash = credentialHash
        self.reportedAt = reportedAt
        self.filesDigest = filesDigest
    }

    /// Meanings of the properties.
    public static let schemaNotes: [String: SchemaNote] = [
        "seq": SchemaNote("The number of the last report that was accepted.", minimum: 0),
        "stage": "The stage it was about.",
        "level": "info, or error when the stage failed.",
        "message": "What it said, for people.",
        "credentialHash": "The SHA-256 of the credential it came with.",
        "reportedAt": "When it came.",
        "filesDigest": "The fingerprint of the files that were written.",
    ]
}
