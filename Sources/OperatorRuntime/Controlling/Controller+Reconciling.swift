import KubernetesClient
import Logging
import NIOConcurrencyHelpers

extension Controller {
    /// Reconciles one key of a shard after the other.
    ///
    /// - Parameter openedAt: when the shard became this process'; keys may wait for much longer on a standby.
    func work(_ lane: ReconcileLane<Key>, since openedAt: Duration) async {
        while let item = await lane.queue.next() {
            guard lane.shard != nil else {
                await process(item, lane, since: openedAt)
                continue
            }
            if await permits.acquire() {
                lane.queue.begin(item.key)
                await process(item, lane, since: openedAt)
                permits.release()
            } else {
                lane.queue.finish(item.key, .interrupted, took: .zero)
            }
        }
    }

    private func process(_ item: WorkQueueCore<Key>.Item, _ lane: ReconcileLane<Key>, since openedAt: Duration) async {
        let queue = lane.queue
        let fence = lane.fence
        let term = fence?()
        if fence != nil, term == nil {
            // The leadership ran out, which the elector will notice any moment; whoever leads reconciles the key.
            try? await time.sleep(for: .milliseconds(100))
            queue.finish(item.key, .interrupted, holding: false, took: .zero)
            return
        }
        let start = time.now
        metrics.started(waited: start - max(item.since, openedAt))
        metrics.active(
            activeWorkers.withLockedValue {
                $0 += 1; return $0
            }
        )
        defer {
            metrics.active(
                activeWorkers.withLockedValue {
                    $0 -= 1; return $0
                }
            )
        }
        let id = makeID()
        var logger = logger
        logger[metadataKey: "object"] = "\(item.key)"
        logger[metadataKey: "reconcileID"] = "\(id)"
        if let shard = lane.shard { logger[metadataKey: "shard"] = "\(shard)" }
        let context = ReconcileContext(
            controller: name,
            reconcileID: id,
            logger: logger,
            failures: item.failures,
            time: time,
            fencingToken: term,
            isCacheCurrent: !ownWrites.isBehind(item.key, shard: lane.shard)
        )
        let writes = NIOLockedValueBox<[ObservedWrite]>([])
        ReconcileObservation.observer?.handle(.init(controller: name, key: "\(item.key)", isEnd: false, term: term))
        let outcome = await WriteObservation.$observer.withValue({ write in writes.withLockedValue { $0.append(write) } }) {
            await WriteFence.$check.withValue(fence.map { Self.check($0, term: term) }) {
                await ReconcileContext.$current.withValue(context) {
                    await attempt(item.key, context, start: start)
                }
            }
        }
        ReconcileObservation.observer?.handle(.init(controller: name, key: "\(item.key)", isEnd: true, term: term))
        let isHeld = ownWrites.hold(item.key, for: writes.withLockedValue { $0 })
        if isHeld { metrics.heldForOwnWrites() }
        queue.finish(item.key, outcome, holding: isHeld, took: time.now - start)
        // The caches may have caught up between the two lines above.
        if isHeld, !ownWrites.isHolding(item.key) { queue.release(item.key) }
    }

    /// Refuses writes when the leadership under which the reconcile began is over.
    private static func check(_ current: @escaping @Sendable () -> Int64?, term: Int64?) -> @Sendable () throws -> Void {
        {
            let now = current()
            guard let term, term == now else { throw LeadershipLost(term: term, current: now) }
        }
    }

    private func attempt(_ key: Key, _ context: ReconcileContext, start: Duration) async -> WorkQueueCore<Key>.Outcome {
        do {
            let result: ReconcileResult
            if let deadlines {
                result = try await deadlines.run { [reconcile] in try await reconcile(key, context) }
            } else {
                result = try await reconcile(key, context)
            }
            switch result {
            case .done:
                metrics.finished(.success, took: time.now - start)
                return .done
            case .requeue(let delay):
                metrics.finished(.requeueAfter, took: time.now - start)
                return .again(after: delay)
            }
        } catch {
            return failed(error, context, took: time.now - start)
        }
    }

    private func failed(_ error: any Error, _ context: ReconcileContext, took: Duration) -> WorkQueueCore<Key>.Outcome {
        if Task.isCancelled, error is CancellationError || error is TimeLimitExceeded { return .interrupted }
        metrics.finished(.error, took: took)
        if error is TimeLimitExceeded { metrics.timedOut() }
        if let error = error as? TerminalError {
            metrics.failedForGood()
            context.logger.error("Reconcile failed for good", metadata: ["cause": "\(error)"])
            return .done
        }
        // A conflict only says that the cache was behind; it is no news for anybody.
        let isConflict = (error as? KubernetesError)?.isConflict == true
        // So does a lost leadership, for which the elector has a line.
        context.logger.log(
            level: isConflict || error is LeadershipLost ? .debug : .error,
            "Reconcile failed",
            metadata: ["cause": "\(error)", "failures": "\(context.failures + 1)"]
        )
        return .failed
    }
}
