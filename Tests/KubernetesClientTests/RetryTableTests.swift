import JSONValue
import KubernetesModel
import NIOCore
import Testing

@testable import KubernetesClient

/// Which verb is repeated after which failure, seen from the wire.
@Suite struct RetryTableTests {
    /// What a verb may stand.
    enum Nature: String, Sendable {
        /// Twice is the same as once.
        case repeatable
        /// Only what the server certainly did not begin may be sent again.
        case once
    }

    struct Verb: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var nature: Nature
        var call: @Sendable (KubernetesClient) async throws -> Void

        init(_ name: String, _ nature: Nature, _ call: @escaping @Sendable (ResourceAPI<DynamicObject>) async throws -> Void) {
            testDescription = name
            self.nature = nature
            self.call = { try await call($0.dynamic(CoreV1.Pod.resourceType, namespace: "n")) }
        }

        init(client name: String, _ nature: Nature, _ call: @escaping @Sendable (KubernetesClient) async throws -> Void) {
            testDescription = name
            self.nature = nature
            self.call = call
        }
    }

    struct Failure: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var step: ScriptedTransport.Step
        /// Who is sent again after it.
        var repeats: Set<Nature>

        init(_ name: String, _ step: ScriptedTransport.Step, _ repeats: Set<Nature>) {
            testDescription = name
            self.step = step
            self.repeats = repeats
        }
    }

    private static let object = DynamicObject(["metadata": ["name": "a"]])
    private static let versioned = DynamicObject(["metadata": ["name": "a", "resourceVersion": "3"]])
    private static let key = ObjectKey(name: "a")

    static let verbs: [Verb] = [
        Verb("get", .repeatable) { _ = try await $0.get("a") },
        Verb("list", .repeatable) { _ = try await $0.list() },
        Verb("table", .repeatable) { _ = try await $0.table() },
        Verb("watch", .repeatable) { _ = try await $0.watch() },
        Verb("get scale", .repeatable) { _ = try await $0.scale(key) },
        Verb("create", .once) { _ = try await $0.create(object) },
        Verb("create, dry", .repeatable) { _ = try await $0.create(object, WriteOptions(dryRun: true)) },
        Verb("update", .once) { _ = try await $0.update(object) },
        Verb("update of a version", .repeatable) { _ = try await $0.update(versioned) },
        Verb("update of a version's status", .repeatable) { _ = try await $0.updateStatus(versioned) },
        Verb("apply", .repeatable) { _ = try await $0.apply(object, fieldManager: "m") },
        Verb("apply of status", .repeatable) { _ = try await $0.applyStatus(object, fieldManager: "m") },
        Verb("merge patch", .once) { _ = try await $0.mergePatch("a", [:]) },
        Verb("JSON patch", .once) { _ = try await $0.jsonPatch("a", []) },
        Verb("patch, dry", .repeatable) { _ = try await $0.patch(key, .merge([:]), WriteOptions(dryRun: true)) },
        Verb("set scale", .once) { _ = try await $0.setScale(key, replicas: 1) },
        Verb("set scale of a version", .repeatable) { _ = try await $0.setScale(key, replicas: 1, resourceVersion: "3") },
        Verb("delete", .once) { _ = try await $0.delete("a") },
        Verb("delete of one identity", .repeatable) { _ = try await $0.delete("a", DeleteOptions(preconditions: .init(uid: "u"))) },
        Verb("delete of many", .once) { try await $0.deleteCollection() },
        Verb(client: "evict", .once) { try await $0.evict(pod: "a", namespace: "n") },
        Verb(client: "token", .once) { _ = try await $0.requestToken(serviceAccount: "a", namespace: "n") },
        Verb(client: "discovery", .repeatable) { _ = try await $0.discovery.resources(for: "v1") },
    ]

    static let failures: [Failure] = [
        Failure("429, later", .answer(429, headers: [("Retry-After", "0")]), [.repeatable, .once]),
        Failure("429", .answer(429), [.repeatable]),
        Failure("503, later", .answer(503, headers: [("Retry-After", "0")]), [.repeatable, .once]),
        Failure("503", .answer(503), [.repeatable]),
        Failure("504, later", .answer(504, headers: [("Retry-After", "0")]), [.repeatable]),
        Failure("504", .answer(504), [.repeatable]),
        Failure("500, later", .answer(500, headers: [("Retry-After", "0")]), [.repeatable]),
        Failure("no connection", .fail(.notSent), [.repeatable, .once]),
        Failure("connection lost", .fail(.connectionLost), [.repeatable]),
        Failure("500", .answer(500), []),
        Failure("502", .answer(502), []),
        Failure("409", .answer(409, headers: [("Retry-After", "0")]), []),
        Failure("410", .answer(410), []),
        Failure("401", .answer(401), []),
        Failure("302", .answer(302), []),
        Failure("no answer in time", .fail(.timedOut), []),
    ]

    @Test(arguments: verbs, failures)
    func attempts(verb: Verb, failure: Failure) async throws {
        let transport = ScriptedTransport(Array(repeating: failure.step, count: 5))
        let client = try KubernetesClient.scripted(transport) {
            $0.retry = RetryPolicy(maximumAttempts: 3, backoff: Backoff(initial: .zero, maximum: .zero))
        }
        await #expect(throws: KubernetesError.self) { try await verb.call(client) }
        #expect(transport.requests.count == (failure.repeats.contains(verb.nature) ? 3 : 1))
    }

    /// Who counts up and meets a conflict reads and counts up again: it must not be told of one that is its own first attempt.
    @Test(arguments: [
        (ScriptedTransport.Step.fail(.connectionLost), false), (.answer(504), false), (.answer(503), false),
        (.answer(503, headers: [("Retry-After", "0")]), true), (.answer(429), true), (.fail(.notSent), true),
    ])
    func aConflictWithOnesOwnLostWriteIsNone(first: ScriptedTransport.Step, isConflict: Bool) async throws {
        let conflict = ScriptedTransport.Step.answer(409, #"{"kind":"Status","reason":"Conflict","code":409}"#)
        let calls: [@Sendable (ResourceAPI<DynamicObject>) async throws -> Void] = [
            { _ = try await $0.update(Self.versioned) }, { _ = try await $0.setScale(Self.key, replicas: 2, resourceVersion: "3") },
            { _ = try await $0.delete("a", DeleteOptions(preconditions: .init(resourceVersion: "3"))) },
        ]
        for call in calls {
            let transport = ScriptedTransport([first, conflict])
            let client = try KubernetesClient.scripted(transport) { $0.retry.backoff = Backoff(initial: .zero, maximum: .zero) }
            let error = await #expect(throws: KubernetesError.self) {
                try await call(client.dynamic(CoreV1.Pod.resourceType, namespace: "n"))
            }
            #expect(transport.requests.count == 2)
            #expect(error?.isConflict == isConflict)
            #expect((error?.code == .transport) == !isConflict)
        }
        // The conflict of an apply is with somebody else's field, never with itself.
        let transport = ScriptedTransport([first, conflict])
        let client = try KubernetesClient.scripted(transport) { $0.retry.backoff = Backoff(initial: .zero, maximum: .zero) }
        let error = await #expect(throws: KubernetesError.self) {
            try await client.dynamic(CoreV1.Pod.resourceType, namespace: "n").apply(Self.object, fieldManager: "m")
        }
        #expect(error?.isConflict == true)
    }

    @Test func aBodyThatBreaksOffIsReadAgain() async throws {
        let broken = AsyncThrowingStream<ByteBuffer, any Error> { continuation in
            continuation.yield(.init(string: #"{"meta"#))
            continuation.finish(throwing: TransportError(.connectionLost, cause: ScriptedTransport.Cause()))
        }
        let transport = ScriptedTransport([.stream(TransportBody(broken)), .answer(200, #"{"metadata":{"name":"a"}}"#)])
        let client = try KubernetesClient.scripted(transport) { $0.retry.backoff = Backoff(initial: .zero, maximum: .zero) }
        let got = try await client.dynamic(CoreV1.Pod.resourceType, namespace: "n").get("a")
        #expect(got.key.name == "a")
    }

    @Test func aDelayEndsWithItsCaller() async throws {
        let clock = ManualClock()
        let transport = ScriptedTransport([.answer(503, headers: [("Retry-After", "20")])])
        let client = try KubernetesClient.scripted(transport, time: clock.timeSource)
        let task = Task { try await client.raw(RawRequest(path: "/version")) }
        try await eventually("it waits") { clock.nextDeadline == .seconds(20) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(transport.requests.count == 1)
    }

    @Test func noAttemptIsMadeThatTheWholeTimeDoesNotAllow() async throws {
        let clock = ManualClock()
        let transport = ScriptedTransport([
            .answer(503, headers: [("Retry-After", "25")]), .answer(503, headers: [("Retry-After", "25")]), .answer(200),
        ])
        let client = try KubernetesClient.scripted(transport, time: clock.timeSource) { $0.callTimeout = .seconds(40) }
        let task = Task { try await client.raw(RawRequest(path: "/version")) }
        try await eventually("it waits") { clock.nextDeadline == .seconds(25) }
        clock.advance(by: .seconds(25))
        let error = await #expect(throws: KubernetesError.self) { try await task.value }
        #expect(error?.httpStatus == 503)
        #expect(transport.requests.count == 2)
    }

    @Test func theLastAttemptHasOnlyTheTimeThatIsLeft() async throws {
        let clock = ManualClock()
        let transport = ScriptedTransport([.answer(503, headers: [("Retry-After", "20")]), .hang])
        let client = try KubernetesClient.scripted(transport, time: clock.timeSource) {
            $0.requestTimeout = .seconds(25)
            $0.callTimeout = .seconds(30)
        }
        let task = Task { try await client.raw(RawRequest(path: "/version")) }
        try await eventually("it waits") { clock.nextDeadline == .seconds(20) }
        clock.advance(by: .seconds(20))
        try await eventually("the second attempt is under way") { clock.nextDeadline == .seconds(30) }
        clock.advance(by: .seconds(10))
        let error = await #expect(throws: KubernetesError.self) { try await task.value }
        #expect(error?.code == .timedOut)
    }

    @Test func whoIsRefusedTogetherDoesNotComeBackTogether() {
        let policy = RetryPolicy()
        func delay(_ random: Double) -> Duration? {
            policy.delay(after: .status(429, retryAfter: .seconds(4)), attempt: 1, isRepeatable: true, elapsed: .zero, random: random)
        }
        #expect(delay(0) == .seconds(4))
        #expect(delay(0.5) == .seconds(5))
    }
}
