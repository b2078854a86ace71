/// How long what nobody needs any more is kept.
struct RetentionSettings: Sendable, Hashable {
    /// Days that the logs of tenants are kept that are gone.
    var logDays = 90
    /// Days that digests of the people are kept that wrote to an instance.
    var peopleDays = 400
    /// Days that the figures of instances are kept.
    var usageDays = 800
    /// Days that instances are kept that were deleted; what they used goes with them.
    var instanceDays = 400
    /// Days that the audit trail is kept after it was sealed; nil for ever.
    var auditDays: Int?
    /// Between two sweeps.
    var interval: Duration = .seconds(3600)
    /// The most rows that go in a transaction.
    var batch = 1000
    /// The most transactions of a sweep for each kind of row; the rest is for the next one.
    var rounds = 100

    /// The defaults.
    init() {}

    /// Reads `RETENTION_LOG_DAYS`, `RETENTION_USAGE_PEOPLE_DAYS`, `RETENTION_USAGE_DAYS`, `RETENTION_INSTANCE_DAYS` and
    /// `RETENTION_AUDIT_DAYS`.
    init(_ read: EnvironmentReader) throws(ConfigurationError) {
        logDays = try read.integer("RETENTION_LOG_DAYS", in: 1...36_500) ?? logDays
        // Answers tell of up to 365 days.
        peopleDays = try read.integer("RETENTION_USAGE_PEOPLE_DAYS", in: 1...36_500) ?? peopleDays
        usageDays = try read.integer("RETENTION_USAGE_DAYS", in: 366...36_500) ?? usageDays
        instanceDays = try read.integer("RETENTION_INSTANCE_DAYS", in: 1...36_500) ?? instanceDays
        auditDays = try read.integer("RETENTION_AUDIT_DAYS", in: 30...36_500)
    }
}
