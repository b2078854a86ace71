import Foundation
import HTTPOperations
import Logging
import Metrics
import Postgres
import Projection
import ServiceLifecycle

/// Makes the tenants of instances, watches them, and takes them away. Any number of replicas may run one; an instance is taken by one at a time.
struct InstanceReconciler: Service {
    let configuration: InstanceConfiguration
    let instances: InstanceRepository
    let worker: InstanceWorker
    /// Namespace of the tenants.
    let namespace: String
    let backoff: IntentBackoff
    let logger: Logger
    let now: @Sendable () -> Date
    let random: @Sendable () -> Double
    /// Makes the name of a sweep, which no other has.
    var makeHolder: @Sendable () -> String = { RequestID.random() }  // edge: names a sweep among those of all replicas
    private let pulse = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    /// Has it look at once.
    func wake() { pulse.continuation.yield() }

    /// Looks for instances that are due until shut down.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask {
                    while !Task.isCancelled {
                        pulse.continuation.yield()
                        do { try await Task.sleep(for: configuration.interval) } catch { return }
                    }
                }
                var looks = 0
                for await _ in pulse.stream {
                    await look(looks)
                    looks += 1
                    if Task.isCancelled { break }
                }
                group.cancelAll()
            }
        }
    }

    private func look(_ number: Int) async {
        do {
            while configuration.batch > 0, try await sweep() == configuration.batch, !Task.isCancelled {}
            if number % 60 == 30 { try await worker.removeStrays(namespace: namespace) }
        } catch is CancellationError {
            return
        } catch {
            logger.warning("instances could not be looked at", metadata: ["error": .string("\(error)")])
        }
    }

    /// Takes the instances that are due and does what there is to do. One that cannot be finished disturbs no other.
    ///
    /// - Returns: how many were taken.
    /// - Throws: `PostgresError`.
    @discardableResult
    func sweep() async throws -> Int {
        let rows = try await instances.claim(limit: configuration.batch, lease: configuration.lease, holder: makeHolder(), now: now())
        await withDiscardingTaskGroup { group in
            for row in rows { group.addTask { await work(row) } }
        }
        return rows.count
    }

    private func work(_ row: InstanceRow) async {
        var due: Date?
        var problem: (code: String, message: String)?
        do {
            if case .after(let wait) = try await worker.work(row) { due = now() + wait.seconds }
        } catch is CancellationError {
            // Its lease ends by itself.
            return
        } catch let error as InstanceLeaseLost {
            logger.notice("an instance is another replica's by now", metadata: ["instance": .string(error.id.uuidString.lowercased())])
            return
        } catch {
            problem = (Self.code(of: error), String("\(error)".prefix(1000)))
            due = now() + backoff.delay(afterAttempts: row.attempts, spread: random()).seconds
            Counter(label: "instance_work_failures_total", dimensions: []).increment()
            logger.notice(
                "an instance has to wait",
                metadata: ["instance": .string(row.idText), "attempts": .stringConvertible(row.attempts), "error": .string("\(error)")]
            )
        }
        do {
            try await instances.giveBack(row, due: due, error: problem, now: now())
        } catch {
            logger.warning(
                "an instance could not be given back; its lease ends by itself",
                metadata: ["instance": .string(row.idText), "error": .string("\(error)")]
            )
        }
    }

    /// Why an attempt failed, for programs.
    static func code(of error: any Error) -> String {
        if let error = error as? OperationError { return error.code }
        return (error as? PostgresError)?.isUnavailable == true ? "DATABASE_UNAVAILABLE" : "INTERNAL_ERROR"
    }
}
