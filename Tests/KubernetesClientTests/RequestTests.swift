import Foundation
import JSONValue
import KubernetesModel
import NIOCore
import NIOHTTP1
import Testing

@testable import KubernetesClient

@Suite struct RequestTests {
    private static let pod = #"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","namespace":"n","resourceVersion":"5","uid":"u"}}"#
    private static let pods = CoreV1.Pod.resourceType

    @Test func headersAndQuery() async throws {
        let transport = ScriptedTransport([.answer(200, #"{"items":[],"metadata":{"resourceVersion":"1"}}"#)])
        let client = try KubernetesClient.scripted(transport) {
            $0.credentials = .bearer("tok")
            $0.userAgent = "tester/1"
        }
        _ = try await client.dynamic(Self.pods, namespace: "n").list(
            ListOptions(
                labelSelector: "a=b,c!=d e",
                fieldSelector: "metadata.name=x",
                limit: 5,
                continueToken: "t+/=",
                resourceVersion: "0"
            )
        )
        let request = try #require(transport.requests.first)
        #expect(
            request.target
                == "/api/v1/namespaces/n/pods?labelSelector=a%3Db%2Cc%21%3Dd%20e&fieldSelector=metadata.name%3Dx&limit=5&continue=t%2B%2F%3D&resourceVersion=0"
        )
        #expect(request.headers["Authorization"] == ["Bearer tok"])
        #expect(request.headers["User-Agent"] == ["tester/1"])
    }

    @Test func userAgentNamesTheProcess() async throws {
        let transport = ScriptedTransport([.answer(200, Self.pod), .answer(200, Self.pod)])
        _ = try await KubernetesClient.scripted(transport).dynamic(Self.pods, namespace: "n").get("a")
        let sent = try #require(transport.requests.first?.headers["User-Agent"].first)
        #expect(sent.hasPrefix("\(ProcessInfo.processInfo.processName)/unknown ("))
        #expect(sent.wholeMatch(of: /\S+ \((linux|darwin)\/(amd64|arm64)\) opencrane\/\d+\.\d+\.\d+(-dev)?/) != nil, "\(sent)")
        let own = ClientConfiguration.userAgent(program: "my program/x", version: "1.2")
        #expect(own.hasPrefix("my-program-x/1.2 ("))
    }

    /// A proxy's date is compared with the injected clock's: 20 s are waited, and no more.
    @Test func retryAfterAsADate() async throws {
        let noon = try #require(Timestamp(parsing: "2026-10-21T12:00:00Z"))
        let clock = ManualClock(epoch: noon.date)
        let transport = ScriptedTransport([
            .answer(503, "busy", headers: [("Retry-After", "Wed, 21 Oct 2026 12:00:20 GMT")]), .answer(200, Self.pod),
        ])
        let client = try KubernetesClient.scripted(transport, time: clock.timeSource)
        async let answer = client.dynamic(Self.pods, namespace: "n").get("a")
        try await eventually { clock.nextDeadline == .seconds(20) }
        clock.advance(by: .milliseconds(19_900))
        #expect(transport.requests.count == 1)
        clock.advance(by: .milliseconds(100))
        _ = try await answer
        #expect(transport.requests.count == 2 && clock.now.offset == .seconds(20))
    }

    @Test func listItemsGetTheirKind() async throws {
        let transport = ScriptedTransport([
            .answer(
                200,
                #"{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"7","continue":"c"},"items":[{"metadata":{"name":"a"}}]}"#
            )
        ])
        let list = try await KubernetesClient.scripted(transport).dynamic(Self.pods).list()
        #expect(list.items.first?.kind == "Pod")
        #expect(list.items.first?.apiVersion == "v1")
        #expect(list.metadata.resourceVersion == "7")
        #expect(list.metadata.continueToken == "c")
    }

    @Test func listAllReadsPagesAndBeginsAgainWhenTheyGetTooOld() async throws {
        let gone = #"{"kind":"Status","status":"Failure","reason":"Expired","code":410,"message":"too old"}"#
        func page(_ names: String, next: String = "") -> String {
            #"{"metadata":{"resourceVersion":"9","continue":"\#(next)"},"items":[\#(names)]}"#
        }
        let transport = ScriptedTransport([
            .answer(200, page(#"{"metadata":{"name":"a"}}"#, next: "x")), .answer(200, page(#"{"metadata":{"name":"b"}}"#, next: "y")),
            .answer(410, gone), .answer(200, page(#"{"metadata":{"name":"z"}}"#)),
        ])
        let list = try await KubernetesClient.scripted(transport).dynamic(Self.pods).listAll(pageSize: 1)
        #expect(list.items.map(\.key.name) == ["z"])
        #expect(
            transport.requests.map { $0.target.split(separator: "?").last.map(String.init) ?? "" } == [
                "limit=1", "limit=1&continue=x", "limit=1&continue=y", "/api/v1/pods",
            ]
        )
    }

    @Test func statusErrorsAreTyped() async throws {
        let conflict = #"{"kind":"Status","reason":"Conflict","code":409,"message":"changed","details":{"causes":[{"field":".spec.x"}]}}"#
        let transport = ScriptedTransport([.answer(409, conflict), .answer(502, "<html>bad gateway</html>"), .answer(404, "")])
        let client = try KubernetesClient.scripted(transport) { $0.retry = .never }
        let api = client.dynamic(Self.pods, namespace: "n")
        let first = await #expect(throws: KubernetesError.self) { try await api.get("a") }
        #expect(first?.isConflict == true)
        #expect(first?.status?.details?.causes?.first?.field == ".spec.x")
        let second = await #expect(throws: KubernetesError.self) { try await api.get("a") }
        #expect(second?.httpStatus == 502)
        #expect(second?.message.contains("bad gateway") == true)
        let third = try await api.getIfPresent("a")
        #expect(third == nil)
    }

    @Test func refusedWritesAreRepeatedAsTheServerAsks() async throws {
        let clock = ManualClock()
        let transport = ScriptedTransport([
            .answer(429, "{}", headers: [("Retry-After", "3")]), .fail(.notSent), .answer(201, Self.pod),
        ])
        let client = try KubernetesClient.scripted(transport, time: clock.timeSource)
        let created = Task { try await client.dynamic(Self.pods, namespace: "n").create(DynamicObject(["metadata": ["name": "a"]])) }
        try await eventually("the delay the server asked for has begun") { clock.nextDeadline == .seconds(3) }
        clock.advance(by: .milliseconds(2900))
        #expect(transport.requests.count == 1)
        clock.advance(by: .milliseconds(200))
        // The second failure is followed by the policy's own 200 ms.
        try await eventually("the second delay has begun") { clock.nextDeadline == .milliseconds(3300) }
        clock.advance(by: .seconds(1))
        let name = try await created.value.key.name
        #expect(name == "a")
        #expect(transport.requests.count == 3)
    }

    @Test func lostWritesAreNotRepeated() async throws {
        let transport = ScriptedTransport([.fail(.connectionLost), .answer(201, Self.pod)])
        let client = try KubernetesClient.scripted(transport)
        let error = await #expect(throws: KubernetesError.self) {
            try await client.dynamic(Self.pods, namespace: "n").create(DynamicObject(["metadata": ["name": "a"]]))
        }
        #expect(error?.code == .transport)
        #expect(transport.requests.count == 1)
    }

    @Test func lostAppliesAreRepeated() async throws {
        let clock = ManualClock()
        let transport = ScriptedTransport([.fail(.connectionLost), .answer(200, Self.pod)])
        let client = try KubernetesClient.scripted(transport, time: clock.timeSource)
        let applied = Task {
            try await client.dynamic(Self.pods, namespace: "n").apply(
                DynamicObject(["metadata": ["name": "a", "resourceVersion": "3", "managedFields": [[:]]]]),
                fieldManager: "m",
                force: true
            )
        }
        try await eventually("the delay has begun") { clock.nextDeadline == .milliseconds(100) }
        clock.advance(by: .seconds(1))
        _ = try await applied.value
        let request = try #require(transport.requests.last)
        #expect(request.target == "/api/v1/namespaces/n/pods/a?fieldManager=m&force=true")
        #expect(request.headers["Content-Type"] == ["application/apply-patch+yaml"])
        let body = try JSON(parsing: String(buffer: try #require(request.body)))
        #expect(body == ["apiVersion": "v1", "kind": "Pod", "metadata": ["name": "a", "namespace": "n"]])
    }

    @Test func aCallThatHangsIsEnded() async throws {
        let clock = ManualClock()
        let transport = ScriptedTransport([.hang])
        let client = try KubernetesClient.scripted(transport, time: clock.timeSource)
        let got = Task { try await client.dynamic(Self.pods, namespace: "n").get("a") }
        await clock.untilSleeping()
        clock.advance(by: .seconds(31))
        let error = await #expect(throws: KubernetesError.self) { try await got.value }
        #expect(error?.code == .timedOut)
    }

    @Test func aRenewedTokenIsTriedOnce() async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try "one".write(toFile: path, atomically: true, encoding: .utf8)
        let clock = ManualClock()
        let transport = ScriptedTransport([
            .answer(200, Self.pod), .answer(401), .answer(200, Self.pod), .answer(401), .answer(401), .answer(200, Self.pod),
        ])
        let client = try KubernetesClient.scripted(transport, time: clock.timeSource) { $0.credentials = .tokenFile(path) }
        let api = client.dynamic(Self.pods, namespace: "n")
        _ = try await api.get("a")
        try "two".write(toFile: path, atomically: true, encoding: .utf8)
        _ = try await api.get("a")
        #expect(transport.requests.map { $0.headers["Authorization"].first ?? "" } == ["Bearer one", "Bearer one", "Bearer two"])
        let error = await #expect(throws: KubernetesError.self) { try await api.get("a") }
        #expect(error?.isUnauthorized == true)
        // The file is read again after a minute even without a refusal.
        try "three".write(toFile: path, atomically: true, encoding: .utf8)
        clock.advance(by: .seconds(61))
        _ = try await api.get("a")
        #expect(transport.requests.last?.headers["Authorization"] == ["Bearer three"])
    }

    @Test func missingNamesAndNamespacesAreNotSent() async throws {
        let transport = ScriptedTransport([])
        let client = try KubernetesClient.scripted(transport)
        for call in [
            { try await client.dynamic(Self.pods).get("a") }, { try await client.dynamic(Self.pods, namespace: "n").get("") },
            { try await client.dynamic(Self.pods).create(DynamicObject(["metadata": ["name": "a"]])) },
        ] as [@Sendable () async throws -> DynamicObject] {
            let error = await #expect(throws: KubernetesError.self) { try await call() }
            #expect(error?.code == .invalidRequest)
        }
        #expect(transport.requests.isEmpty)
    }

    @Test func writesAreObserved() async throws {
        let transport = ScriptedTransport([
            .answer(200, Self.pod), .answer(200, Self.pod), .answer(200, #"{"kind":"Status","status":"Success","details":{"uid":"u"}}"#),
            .answer(200, Self.pod),
        ])
        let api = try KubernetesClient.scripted(transport).dynamic(Self.pods, namespace: "n")
        let seen = Recorded<ObservedWrite>()
        try await WriteObservation.$observer.withValue({ seen.add($0) }) {
            _ = try await api.mergePatch("a", [:])
            _ = try await api.patch(ObjectKey(name: "a"), .merge([:]), WriteOptions(dryRun: true))
            _ = try await api.delete("a")
            _ = try await api.get("a")
        }
        #expect(seen.all.map(\.resourceVersion) == ["5", nil])
        #expect(seen.all.map(\.isDeletion) == [false, true])
        #expect(seen.all.allSatisfy { $0.key == ObjectKey(namespace: "n", name: "a") && $0.uid == "u" })
    }

    /// Credentials may take long, and the leadership may end meanwhile.
    @Test func theFenceIsAskedOnceTheCredentialsAreThere() async throws {
        struct Over: Error {}
        let directory = try TemporaryDirectory()
        let program = try directory.program(
            "plugin",
            """
            touch \(directory.path)/ran
            echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"t"}}'
            """
        )
        let transport = ScriptedTransport([.answer(200, Self.pod)])
        let client = try KubernetesClient.scripted(transport) { $0.credentials = .exec(ExecPlugin(command: program)) }
        await #expect(throws: Over.self) {
            try await WriteFence.$check.withValue({
                if FileManager.default.fileExists(atPath: "\(directory.path)/ran") { throw Over() }
            }) {
                _ = try await client.dynamic(Self.pods, namespace: "n").mergePatch("a", [:])
            }
        }
        #expect(transport.requests.isEmpty)
    }

    /// What may have been done without an answer is told too, so that nobody believes a cache that does not show it.
    @Test func writesWithoutAnAnswerAreObserved() async throws {
        func seen(_ steps: [ScriptedTransport.Step], _ write: (ResourceAPI<DynamicObject>) async throws -> Void) async throws
            -> [ObservedWrite]
        {
            let api = try KubernetesClient.scripted(ScriptedTransport(steps)).dynamic(Self.pods, namespace: "n")
            let seen = Recorded<ObservedWrite>()
            await WriteObservation.$observer.withValue({ seen.add($0) }) { try? await write(api) }
            return seen.all
        }
        let key = ObjectKey(namespace: "n", name: "a")
        let patched = try await seen([.fail(.connectionLost)]) { _ = try await $0.mergePatch("a", [:]) }
        #expect(patched.map(\.key) == [key] && patched.allSatisfy(\.isUncertain))
        // Deleted by the first attempt, or by somebody else.
        let deletion = DeleteOptions(preconditions: .init(uid: "u"))
        let deleted = try await seen([.fail(.connectionLost), .answer(404)]) { _ = try await $0.delete(key, deletion) }
        #expect(deleted.map(\.key) == [key] && deleted.allSatisfy(\.isUncertain))
        // An answer that cannot be read says that it was done, but not what.
        #expect(try await seen([.answer(200, "{")]) { _ = try await $0.mergePatch("a", [:]) }.map(\.isUncertain) == [true])
        #expect(try await seen([.answer(200)]) { try await $0.deleteCollection() }.map(\.key) == [ObjectKey(namespace: "n", name: "")])
        // Repeated with success, refused, not sent: nothing is in doubt.
        let applied: (ResourceAPI<DynamicObject>) async throws -> Void = { _ = try await $0.apply(json: [:], key: key, fieldManager: "m") }
        #expect(try await seen([.fail(.connectionLost), .answer(200, Self.pod)], applied).map(\.isUncertain) == [false])
        #expect(try await seen([.answer(409)]) { _ = try await $0.mergePatch("a", [:]) }.isEmpty)
        #expect(try await seen([.answer(404)]) { _ = try await $0.delete(key, deletion) }.isEmpty)
        #expect(try await seen([.fail(.connectionLost)]) { _ = try await $0.patch(key, .merge([:]), WriteOptions(dryRun: true)) }.isEmpty)
    }
}
