import ServiceLifecycle

/// What runs only while this process leads, or for the shards that it holds.
struct LedServices: ServiceLifecycle.Service {
    private typealias Part = @Sendable () async throws -> Void

    let services: [any ServiceLifecycle.Service]
    let elector: LeaderElector?
    let sharded: ShardedLeadership?

    func run() async throws {
        if let sharded {
            try await sharded.run { shard in try await Self.work(services.compactMap { Self.part($0, shard: shard) }) }
        } else if let elector {
            try await elector.run { try await Self.work(services.map(Self.part)) }
        } else {
            try await Self.work(services.map(Self.part))
        }
    }

    private static func part(_ service: any ServiceLifecycle.Service) -> Part {
        { try await service.run() }
    }

    private static func part(_ service: any ServiceLifecycle.Service, shard: Int) -> Part? {
        if let controller = service as? any AnyController { return { try await controller.run(shard: shard) } }
        // What has no keys runs where the first shard is.
        return shard == 0 ? part(service) : nil
    }

    private static func work(_ parts: [Part]) async throws {
        guard !parts.isEmpty else {
            // Nothing to do but to be there.
            try? await gracefulShutdown()
            return
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for part in parts { group.addTask { try await part() } }
            do {
                for _ in parts { try await group.next() }
            } catch {
                group.cancelAll()
                throw error
            }
        }
    }
}
