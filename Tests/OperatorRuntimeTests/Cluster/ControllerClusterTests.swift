import JSONValue
import KubernetesClient
import KubernetesModel
import LocalCluster
import NIOConcurrencyHelpers
import OperatorRuntime
import ServiceLifecycle
import Testing

@Suite(.serialized) struct ControllerClusterTests {
    /// For each ConfigMap labelled `copy=me`, keeps a ConfigMap `NAME-copy` with the same data, owned by it.
    private static func copier(
        _ client: KubernetesClient,
        sources: Informer<CoreV1.ConfigMap>,
        copies: Informer<CoreV1.ConfigMap>,
        applier: Applier,
        observe: @escaping @Sendable (ObjectKey, Bool) -> Void = { _, _ in }
    ) -> Controller<ObjectKey> {
        let controller = Controller<ObjectKey>(
            "copier",
            // A wait for a write that a restricted cache never sees would last longer than the tests do.
            configuration: .init(
                workers: 4,
                backoff: Backoff(initial: .milliseconds(5), maximum: .seconds(1)),
                ownWriteTimeout: .seconds(600)
            ),
            logger: quietLogger
        ) { key, _ in
            guard let source = sources.store[key], !source.metadata.isBeingDeleted else { return .done }
            let copyKey = ObjectKey(namespace: key.namespace, name: key.name + "-copy")
            let live = copies.store[copyKey]
            var desired = configMap(copyKey.name, source.data ?? [:], labels: ["copy": "is"])
            desired.metadata.ownerReferences = [source.ownerReference()]
            let applied = try await applier.apply(desired, live: live)
            observe(key, applied.isWrite)
            return .done
        }
        controller.reconciles(sources)
        controller.owns(copies, kind: CoreV1.ConfigMap.resourceType)
        return controller
    }

    private static func informers(_ client: KubernetesClient) -> (Informer<CoreV1.ConfigMap>, Informer<CoreV1.ConfigMap>) {
        let api = client.resource(CoreV1.ConfigMap.self, namespace: "default")
        return (
            Informer(api, options: .init(labelSelector: "copy=me"), logger: quietLogger),
            Informer(
                api,
                options: .init(labelSelector: "copy=is").applied(by: Applier(client: client, fieldManager: "copier")),
                logger: quietLogger
            )
        )
    }

    @Test func keepsThingsAsTheyShouldBeAndWritesNothingAtRest() async throws {
        try await withClusterServer { cluster in
            let client = try testClient(cluster, userAgent: "copier")
            let user = try testClient(cluster, userAgent: "user").resource(CoreV1.ConfigMap.self, namespace: "default")
            let (sources, copies) = Self.informers(client)
            let controller = Self.copier(client, sources: sources, copies: copies, applier: Applier(client: client, fieldManager: "copier"))
            try await running(sources, copies, controller) {
                for index in 0..<20 { _ = try await user.create(configMap("s\(index)", ["v": "1"], labels: ["copy": "me"])) }
                try await eventually("all are copied") { copies.store.count == 20 }
                // A change of the source, and one of the copy by somebody else, and a deletion.
                _ = try await user.mergePatch("s1", ["data": ["v": "2"]])
                try await eventually { copies.store[ObjectKey(namespace: "default", name: "s1-copy")]?.data == ["v": "2"] }
                _ = try await user.mergePatch("s2-copy", ["data": ["v": "wrong"]])
                try await eventually { try await user.get("s2-copy").data == ["v": "1"] }
                _ = try await user.delete("s3-copy")
                try await eventually { try await user.getIfPresent("s3-copy")?.data == ["v": "1"] }
                // A field nobody wants is not ours to remove; a label that is not wanted any more would be.
                _ = try await user.mergePatch("s4-copy", ["metadata": ["labels": ["foreign": "yes"]]])
                try await eventually { copies.store[ObjectKey(namespace: "default", name: "s4-copy")]?.metadata.labels["foreign"] == "yes" }
                try await eventually("the queue is empty") { controller.waiting == 0 && controller.waitingForOwnWrites == 0 }
                let before = cluster.requests.writes(userAgent: "copier")
                for index in 0..<20 { controller.enqueue(ObjectKey(namespace: "default", name: "s\(index)")) }
                try await eventually("the queue is empty again") { controller.waiting == 0 }
                #expect(cluster.requests.writes(userAgent: "copier") == before)
                // Owner references clean up.
                _ = try await user.delete("s5")
                try await eventually { try await user.getIfPresent("s5-copy") == nil }
            }
        }
    }

    @Test func aRestartWritesNothing() async throws {
        try await withClusterServer { cluster in
            let user = try testClient(cluster, userAgent: "user").resource(CoreV1.ConfigMap.self, namespace: "default")
            for index in 0..<10 { _ = try await user.create(configMap("s\(index)", ["v": "1"], labels: ["copy": "me"])) }
            for run in 0..<2 {
                let name = "copier-\(run)"
                let client = try testClient(cluster, userAgent: name)
                let (sources, copies) = Self.informers(client)
                let seen = Recorded<ObjectKey>()
                let controller = Self.copier(
                    client,
                    sources: sources,
                    copies: copies,
                    applier: Applier(client: client, fieldManager: "copier")
                ) { key, _ in seen.add(key) }
                try await running(sources, copies, controller) {
                    try await eventually("all were looked at") { Set(seen.all).count == 10 && controller.waiting == 0 }
                }
                #expect(cluster.requests.writes(userAgent: name) == (run == 0 ? 10 : 0))
            }
        }
    }

    @Test func aKeySeesItsOwnWrites() async throws {
        try await withClusterServer { cluster in
            let client = try testClient(cluster)
            let api = client.resource(CoreV1.ConfigMap.self, namespace: "default")
            _ = try await api.create(configMap("counter", ["n": "0"]))
            let informer = Informer(api, logger: quietLogger)
            let seen = Recorded<Int>()
            let key = ObjectKey(namespace: "default", name: "counter")
            let controller = Controller<ObjectKey>("counter", configuration: .init(workers: 4), logger: quietLogger) { key, _ in
                guard key.name == "counter", let object = informer.store[key] else { return .done }
                let value = Int(object.data?["n"] ?? "") ?? -1
                seen.add(value)
                guard value < 50 else { return .done }
                _ = try await api.mergePatch(key, ["data": ["n": .string(String(value + 1))]])
                // At once, so that only the wait for the own write keeps it from reading the old value.
                return .requeue(after: .zero)
            }
            controller.reconciles(informer)
            try await running(informer, controller) {
                try await eventually("it counts to 50") { try await api.get(key).data?["n"] == "50" }
                try await eventually { controller.waiting == 0 && seen.all.contains(50) }
            }
            // Each value was seen, and none was worked on twice.
            #expect(seen.all.filter { $0 < 50 } == Array(0..<50))
        }
    }

    @Test func failuresAreRepeatedAndTerminalOnesAreNot() async throws {
        let attempts = NIOLockedValueBox<[String: Int]>([:])
        struct Broken: Error {}
        let controller = Controller<String>(
            "failing",
            configuration: .init(workers: 2, backoff: Backoff(initial: .milliseconds(1), maximum: .milliseconds(4))),
            logger: quietLogger
        ) { key, context in
            let count = attempts.withLockedValue { attempts -> Int in
                attempts[key, default: 0] += 1
                return attempts[key] ?? 0
            }
            #expect(context.failures == (key == "later" ? 0 : count - 1))
            switch key {
            case "terminal": throw TerminalError("never")
            case "flaky" where count < 5: throw Broken()
            case "later" where count < 3: return .requeue(after: .milliseconds(2))
            default: return .done
            }
        }
        for key in ["terminal", "flaky", "later"] { controller.enqueue(key) }
        try await running(controller) {
            try await eventually { attempts.withLockedValue { $0 == ["terminal": 1, "flaky": 5, "later": 3] } }
        }
        #expect(attempts.withLockedValue { $0["terminal"] } == 1)
    }

    @Test func aKeyIsNeverWorkedOnTwiceAtOnce() async throws {
        let active = NIOLockedValueBox<[Int: Int]>([:])
        let done = NIOLockedValueBox(0)
        let controller = Controller<Int>("serial", configuration: .init(workers: 8), logger: quietLogger) { key, _ in
            let now = active.withLockedValue { active -> Int in
                active[key, default: 0] += 1
                return active[key] ?? 0
            }
            #expect(now == 1)
            await Task.yield()
            active.withLockedValue { $0[key, default: 0] -= 1 }
            done.withLockedValue { $0 += 1 }
            return .done
        }
        try await running(controller) {
            for round in 0..<2000 { controller.enqueue(round % 7) }
            try await eventually { controller.waiting == 0 && active.withLockedValue { $0.values.allSatisfy { $0 == 0 } } }
        }
        #expect(done.withLockedValue { $0 } >= 7)
    }

    @Test func aReconcileThatHangsIsEnded() async throws {
        let clock = ManualClock()
        let ended = Recorded<Int>()
        let controller = Controller<String>(
            "hanging",
            configuration: .init(workers: 1, reconcileTimeout: .seconds(10), backoff: Backoff(initial: .seconds(1), maximum: .seconds(1))),
            logger: quietLogger,
            time: clock.timeSource
        ) { _, context in
            do {
                try await ContinuousClock().sleep(for: .seconds(3600))
            } catch {
                ended.add(context.failures)
                throw error
            }
            return .done
        }
        controller.enqueue("a")
        try await running(controller) {
            for failures in 0..<3 {
                try await eventually("attempt \(failures) ends") {
                    clock.advance(by: .milliseconds(200))
                    return ended.all.count > failures
                }
            }
        }
        #expect(ended.all.prefix(3) == [0, 1, 2])
    }

    @Test func finalizersKeepTheGuarantee() async throws {
        try await withClusterServer { cluster in
            let client = try testClient(cluster)
            let api = client.resource(CoreV1.ConfigMap.self, namespace: "default")
            let informer = Informer(api, options: .init(labelSelector: "ext=1"), logger: quietLogger)
            let outside = NIOLockedValueBox<Set<String>>([])
            let cleanups = NIOLockedValueBox(0)
            let controller = Controller<ObjectKey>("external", logger: quietLogger) { key, _ in
                guard let object = informer.store[key] else { return .done }
                return try await Finalization.run(object, finalizer: "test.example/cleanup", client: client) { object in
                    #expect(object.metadata.finalizers.contains("test.example/cleanup"))
                    outside.withLockedValue { _ = $0.insert(object.metadata.name) }
                    return .done
                } cleanup: { object in
                    let count = cleanups.withLockedValue {
                        $0 += 1; return $0
                    }
                    guard count > 1 else { return .pending(after: .milliseconds(10)) }
                    outside.withLockedValue { _ = $0.remove(object.metadata.name) }
                    return .finished
                }
            }
            controller.reconciles(informer)
            try await running(informer, controller) {
                _ = try await api.create(configMap("x", labels: ["ext": "1"]))
                try await eventually { outside.withLockedValue { $0 == ["x"] } }
                _ = try await api.delete("x")
                try await eventually { try await api.getIfPresent("x") == nil }
                #expect(outside.withLockedValue { $0.isEmpty })
                #expect(cleanups.withLockedValue { $0 } == 2)
            }
        }
    }
}
