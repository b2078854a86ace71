import ServiceLifecycle

/// A controller of any key, as the ``Manager`` sees it.
protocol AnyController: ServiceLifecycle.Service {
    var name: String { get }
    func split(into shards: Int)
    func setFence(_ token: @escaping @Sendable () -> Int64?, takeover: (@Sendable () -> String?)?, of shard: Int?)
    func run(shard: Int) async throws
    func updateWorkMetrics()
    func checkProgress() throws
}

extension Controller: AnyController {
    func setFence(_ token: @escaping @Sendable () -> Int64?, takeover: (@Sendable () -> String?)? = nil, of shard: Int?) {
        lanes.setFence(token, takeover: takeover, of: shard)
    }

    func run(shard: Int) async throws {
        guard let lane = lanes.lane(shard) else { return }
        try await run(lane)
    }

    func updateWorkMetrics() { for lane in lanes.all { lane.queue.updateWorkMetrics() } }

    /// Fails when a reconcile goes on for much longer than it may: it heeds no cancellation, or waits for a thread.
    func checkProgress() throws {
        let longest = lanes.all.map(\.queue.longestWork).max() ?? .zero
        let limit = (configuration.reconcileTimeout ?? .seconds(600)) + .seconds(30)
        if longest > limit { throw Stuck(controller: name, age: longest) }
    }
}

private struct Stuck: Error, CustomStringConvertible {
    var controller: String
    var age: Duration
    var description: String { "A reconcile of \(controller) has gone on for \(age)" }
}
