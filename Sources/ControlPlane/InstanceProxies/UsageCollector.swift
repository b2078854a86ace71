import Foundation
import JSONValue
import KubernetesClient
import Logging
import Metrics
import OpenClawGateway
import Postgres
import Projection
import ServiceLifecycle

/// Asks the gateways of instances now and then what was used, and keeps it: answers then need no machine.
struct UsageCollector: Service {
    /// How often, and how many at a time.
    struct Limits: Sendable, Hashable {
        /// Between two looks at what is due.
        var interval: Duration = .seconds(30)
        /// Between two questions to an instance.
        var period: Duration = .seconds(300)
        /// The most instances that are asked at a time.
        var concurrency = 8
        /// How long one replica is at an instance before another may take it.
        var lease: Duration = .seconds(120)
        /// How many days back an instance is asked for at first.
        var days = 365
        /// The longest pause after failures.
        var pause: Duration = .seconds(3600)
    }

    let gateways: TenantGateways
    let tenants: TenantRepository
    let usage: UsageRepository
    /// Has the key of the digests of people.
    let keys: InstallationKeys
    /// Names this replica.
    let holder: String
    var limits = Limits()
    var time: TimeSource = .system
    let now: @Sendable () -> Date
    let random: @Sendable () -> Double
    let logger: Logger

    /// Collects until cancelled or shut down.
    func run() async throws {
        let (looks, again) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let pool = ClaimPool(
            capacity: limits.concurrency,
            claim: { try await claim($0) },
            work: { await collect($0) },
            failed: { error in logger.debug("usage cannot be collected", metadata: ["error": .string("\(error)")]) }
        )
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await pool.run(wakes: looks) }
                group.addTask {
                    while !Task.isCancelled {
                        again.yield()
                        do { try await time.sleep(for: limits.interval) } catch { return }
                    }
                }
                await group.next()
                group.cancelAll()
            }
        }
    }

    /// Asks the instances that are due, once.
    ///
    /// - Returns: how many there were, at most ``Limits/concurrency``.
    /// - Throws: `PostgresError`.
    func collect() async throws -> Int {
        let claims = try await claim(limits.concurrency)
        await withTaskGroup(of: Void.self) { group in
            for claim in claims { group.addTask { await collect(claim) } }
        }
        return claims.count
    }

    private func claim(_ count: Int) async throws -> [UsageRepository.Claim] {
        let now = now()
        return try await usage.claim(count, holder: holder, now: now, until: now + limits.lease.inSeconds)
    }

    private func collect(_ claim: UsageRepository.Claim) async {
        let start = time.now
        var outcome = "ok"
        do {
            // Whoever is slower than the lease keeps nothing.
            try await time.withTimeout(limits.lease * 3 / 4) { try await ask(claim) }
        } catch {
            if Task.isCancelled { return }
            outcome = ProxyFailure(error)?.rule.code.lowercased() ?? "failed"
            logger.debug(
                "usage of an instance was not collected",
                metadata: ["instance": .string(claim.instance.uuidString.lowercased()), "outcome": .string(outcome)]
            )
            let pause = Backoff(initial: limits.period, maximum: limits.pause, jitter: 0.2)
                .delay(failures: claim.failures, random: random())
            try? await usage.postpone(claim, holder: holder, due: now() + pause.inSeconds)
        }
        InstanceProxy.record("usage", outcome, time.now - start)
    }

    private func ask(_ claim: UsageRepository.Claim) async throws {
        guard let tenant = try await tenants.get(uid: claim.tenant) else { throw GatewayAccessError(.unknown, "There is no such tenant.") }
        let today = UsageDay(now())
        // The day before the last one is asked for again: it may not have been over for the gateway.
        let first = max(claim.through?.advanced(by: -1) ?? today.advanced(by: 1 - limits.days), today.advanced(by: 1 - limits.days))
        let range = min(first, today)...today
        let digest = try await PersonDigest(key: keys.key("usage-people"), instance: claim.instance)
        let reading = try await gateways.withGateway(of: claim.tenant, connectWithin: .seconds(5)) { client in
            let answer = try await client.usage(from: "\(range.lowerBound)", through: "\(range.upperBound)")
            var reading = UsageReading(answer, in: range, digest: digest)
            if reading.people.isEmpty, !reading.days.isEmpty {
                let sessions = try await client.sessions(limit: 1000)
                reading.add(
                    people: sessions.compactMap { session in
                        guard let milliseconds = session.updatedAt, session.messages != 0 else { return nil }
                        return (session.key, milliseconds)
                    },
                    in: range,
                    digest: digest
                )
            }
            return reading
        }
        let kept = try await usage.keep(
            claim,
            machine: tenant.machineName,
            reading: reading,
            through: today,
            holder: holder,
            now: now(),
            due: now() + limits.period.inSeconds * (1 + 0.2 * random())
        )
        if !kept { logger.notice("usage of an instance was collected by another replica meanwhile") }
    }
}

extension TenantRow {
    /// Names the machine the tenant has now: a machine that is made anew counts from nothing.
    var machineName: String {
        let machine = metadata.status?["machine"]
        return machine?["id"]?.stringValue ?? machine?["credentialHash"]?.stringValue ?? metadata.uid
    }
}
