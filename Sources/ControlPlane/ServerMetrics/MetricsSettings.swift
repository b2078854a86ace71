import Foundation
import OutboundGuard

/// How the control plane looks after figures of its own.
struct MetricsSettings: Sendable {
    /// Time from the start to the first look of each kind.
    var delay: Duration = .seconds(15)
    /// Time between two looks for drift.
    var driftInterval: Duration = .seconds(300)
    /// From how many names on that differ somebody is told; 0 for never.
    var driftThreshold = 0
    /// How many looks one after the other must see so many before somebody is told.
    var driftLooks = 2
    /// Who is told; nil for nobody.
    var driftWebhook: DriftWebhook?
    /// Time between two snapshots of what the installation uses.
    var snapshotInterval: Duration = .seconds(60)
    /// Days that snapshots are kept.
    var snapshotDays = 7
    /// How alerts are delivered.
    var relay = OutboxRelay.Limits()

    /// The defaults.
    init() {}

    /// Reads `OPENCRANE_PROJECTION_DRIFT_ALERT_THRESHOLD`, `OPENCRANE_PROJECTION_DRIFT_ALERT_LOOKS`,
    /// `OPENCRANE_PROJECTION_DRIFT_INTERVAL_SECONDS`, `OPENCRANE_DRIFT_WEBHOOK_URL`, `OPENCRANE_SERVER_METRICS_INTERVAL_SECONDS` and
    /// `OPENCRANE_SERVER_METRICS_RETENTION_DAYS`.
    ///
    /// - Throws: ``ConfigurationError`` for values that cannot be read, and for an address that nothing may be sent to.
    init(_ read: EnvironmentReader) throws(ConfigurationError) {
        driftThreshold = try read.integer("OPENCRANE_PROJECTION_DRIFT_ALERT_THRESHOLD", in: 0...1_000_000_000) ?? driftThreshold
        driftLooks = try read.integer("OPENCRANE_PROJECTION_DRIFT_ALERT_LOOKS", in: 1...100) ?? driftLooks
        if let seconds = try read.integer("OPENCRANE_PROJECTION_DRIFT_INTERVAL_SECONDS", in: 10...86_400) {
            driftInterval = .seconds(seconds)
        }
        if let seconds = try read.integer("OPENCRANE_SERVER_METRICS_INTERVAL_SECONDS", in: 10...86_400) {
            snapshotInterval = .seconds(seconds)
        }
        snapshotDays = try read.integer("OPENCRANE_SERVER_METRICS_RETENTION_DAYS", in: 1...3650) ?? snapshotDays
        guard let url = read.text("OPENCRANE_DRIFT_WEBHOOK_URL") else { return }
        do {
            driftWebhook = try DriftWebhook(url)
        } catch {
            throw ConfigurationError(variable: "OPENCRANE_DRIFT_WEBHOOK_URL", message: error.message)
        }
    }
}

/// Where alerts of drift go: one address that an administrator has named, and none else. It may be inside of the cluster, but never one that
/// serves the credentials of machines.
struct DriftWebhook: Sendable {
    /// The address.
    let url: String
    private let fetcher: OutboundFetcher

    /// Makes a webhook.
    ///
    /// - Parameters:
    ///   - url: http or https, without credentials.
    ///   - limit: the longest time of a delivery; default 10 s.
    /// - Throws: `OutboundError` for an address that nothing may be sent to.
    init(_ url: String, limit: Duration = .seconds(10)) throws(OutboundError) {
        let parsed = try OutboundURL(parsing: url)
        let inside = ["127.0.0.0/8", "::1", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"]
        let gate = OutboundGuard(
            policy: OutboundPolicy(
                schemes: ["http", "https"],
                ports: [parsed.port],
                hosts: [parsed.host.description],
                refusedNames: ["metadata.google.internal", "metadata.goog", "metadata.azure.com", "instance-data.ec2.internal"],
                allowsSingleLabels: true,
                permittedRanges: inside.compactMap { AddressRange($0) },
                redirects: 0,
                largestAnswer: 64 << 10,
                timeLimit: limit
            )
        )
        _ = try gate.check(url)
        self.url = url
        fetcher = OutboundFetcher(gate: gate)
    }

    /// Sends JSON.
    ///
    /// - Parameters:
    ///   - body: what is sent.
    ///   - id: the same for every try, so that the receiver knows one that it has.
    /// - Throws: `OutboundError`; ``AlertRefused``.
    func send(_ body: [UInt8], id: String) async throws {
        let answer = try await fetcher.fetch(
            OutboundRequest(
                .post,
                url,
                headers: [.init("Content-Type", "application/json"), .init("Idempotency-Key", id)],
                body: body
            )
        )
        guard (200..<300).contains(answer.status) else { throw AlertRefused(status: answer.status) }
    }
}
