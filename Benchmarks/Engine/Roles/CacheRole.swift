import ArgumentParser
import BenchKit
import CraneAPI
import JSONValue
import KubernetesClient
import KubernetesModel
import NIOConcurrencyHelpers
import Observability
import OperatorRuntime

/// One informer of all tenants: how long it takes to sync, what it holds in memory, and what a new list costs.
struct CacheRole: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "cache", shouldDisplay: false)

    /// How the informer lists, and what it keeps.
    enum Mode: String, ExpressibleByArgument, CaseIterable {
        /// Typed objects, listed page by page.
        case paged
        /// Typed objects, by a streaming list.
        case streaming
        /// Metadata only, listed page by page.
        case metadata
    }

    @Option var kubeconfig: String
    @Option var mode: Mode

    func run() async throws {
        let client = try Setting.client(kubeconfig: kubeconfig, userAgent: "enginebench-cache")
        // Connections, TLS and the metadata of the types are there before memory is looked at.
        _ = try await client.resource(Tenant.self).list(ListOptions(limit: 1))
        switch mode {
        case .paged: try await measure(client.resource(Tenant.self), streaming: false)
        case .streaming: try await measure(client.resource(Tenant.self), streaming: true)
        case .metadata: try await measure(client.resource(PartialObjectMetadata<Tenant>.self), streaming: false)
        }
    }

    private func measure<Object: KubernetesObject>(_ api: ResourceAPI<Object>, streaming: Bool) async throws {
        let registry = PrometheusRegistry()
        let before = MemoryReading.atRest()
        try MemoryReading.resetPeak()
        let start = Moment.now
        let informer = Informer(
            api,
            options: InformerOptions(reflector: .init(usesStreamingList: streaming)),
            logger: Setting.logger,
            metrics: registry
        )
        let running = Task { try await informer.run() }
        defer { running.cancel() }
        try await informer.waitUntilSynced()
        let seconds = Double(Moment.now - start) / 1e9
        let peak = MemoryReading.now().peak
        // What the first list left behind, as buffers of connections, goes.
        try await Task.sleep(for: .milliseconds(500))
        let rest = MemoryReading.atRest()
        let count = informer.store.count
        ParentLink.report([
            "synced": .number(seconds), "count": .integer(Int64(count)), "before": .integer(Int64(before.resident)),
            "rest": .integer(Int64(rest.resident)), "peak": .integer(Int64(peak)),
            "inUse": .integer(Int64(rest.inUse - before.inUse)),
        ])
        try await relist(informer, registry)
    }

    private func relist<Object: KubernetesObject>(_ informer: Informer<Object>, _ registry: PrometheusRegistry) async throws {
        var commands = ParentLink.commands().makeAsyncIterator()
        guard await commands.next() == "relist" else { return }
        let rest = MemoryReading.atRest()
        let requested = Self.listings(registry)
        let done = NIOLockedValueBox(false)
        // Told once a change that follows the list has come: the list itself says nothing when nothing is different.
        informer.addHandler { event in
            if case .updated(_, _, isResync: false) = event { done.withLockedValue { $0 = true } }
        }
        try MemoryReading.resetPeak()
        ParentLink.report(["armed": true])
        try await poll("A new list") { done.withLockedValue { $0 } }
        let after = MemoryReading.now()
        ParentLink.report([
            "relisted": .number(Self.listings(registry) - requested), "rest": .integer(Int64(rest.resident)),
            "peak": .integer(Int64(after.peak)),
        ])
        _ = await commands.next()
    }

    /// Lists and watches begun so far: each page of a list and each watch counts.
    private static func listings(_ registry: PrometheusRegistry) -> Double {
        registry.exposition().split(separator: "\n")
            .filter { $0.hasPrefix("reflector_lists_total{") || $0.hasPrefix("reflector_watches_total{") }
            .compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }
            .reduce(0, +)
    }
}
