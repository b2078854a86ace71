import AsyncHTTPClient
import Foundation
import JSONValue
import KubernetesModel
import Logging
import Testing

@testable import KubernetesClient

/// What is made of connections that close or lead nowhere.
@Suite struct TransportTests {
    private static let pods = CoreV1.Pod.resourceType
    private static let pod = #"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","namespace":"n"}}"#

    @Test func aRequestThatItsConnectionGaveUpWasNotSent() {
        let error = HTTPTransport.translate(HTTPClientError.cancelled, abandoned: .notSent, isCancelled: false)
        #expect((error as? TransportError)?.code == .notSent)
        let ofBody = HTTPTransport.translate(HTTPClientError.cancelled, abandoned: .connectionLost, isCancelled: false)
        #expect((ofBody as? TransportError)?.code == .connectionLost)
        let foreign = HTTPTransport.translate(CancellationError(), abandoned: .notSent, isCancelled: false)
        #expect((foreign as? TransportError)?.code == .connectionLost)
        #expect(HTTPTransport.translate(HTTPClientError.cancelled, abandoned: .notSent, isCancelled: true) is CancellationError)
    }

    @Test func nobodyBelievesACancellationThatWasNone() async throws {
        let clock = ManualClock()
        let transport = ScriptedTransport([.pretendCancelled, .answer(200, Self.pod)])
        let client = try KubernetesClient.scripted(transport, time: clock.timeSource)
        let got = Task { try await client.dynamic(Self.pods, namespace: "n").get("a") }
        try await eventually("it is repeated") {
            clock.advance(by: .milliseconds(50))
            return transport.requests.count == 2
        }
        let name = try await got.value.key.name
        #expect(name == "a")
        let alone = try KubernetesClient.scripted(ScriptedTransport([.pretendCancelled])) { $0.retry = .never }
        let error = await #expect(throws: KubernetesError.self) { try await alone.dynamic(Self.pods, namespace: "n").get("a") }
        #expect(error?.code == .transport)
    }

    @Test func aFrozenConnectionIsNotUsedAgain() async throws {
        let server = try FreezingServer(body: Self.pod)
        var configuration = ClientConfiguration(server: "http://127.0.0.1:\(server.port)")
        configuration.requestTimeout = .milliseconds(500)
        configuration.retry = .never
        let client = try KubernetesClient(configuration: configuration, logger: Logger(label: "test"))
        let api = client.dynamic(Self.pods, namespace: "n")
        _ = try await api.get("a")
        let error = await #expect(throws: KubernetesError.self) { try await api.get("a") }
        #expect(error?.code == .timedOut)
        #expect(server.frozenCount == 1)
        // Within the same bounds, and not on the connection that is silent.
        _ = try await api.get("a")
        #expect(server.connectionCount == 2)
        #expect(server.frozenCount == 1)
        await client.shutdown()
    }

    @Test func theKernelWatchesOverConnections() async throws {
        let server = try FreezingServer(body: Self.pod)
        let client = try KubernetesClient(
            configuration: ClientConfiguration(server: "http://127.0.0.1:\(server.port)"),
            logger: Logger(label: "test")
        )
        _ = try await client.dynamic(Self.pods, namespace: "n").get("a")
        #expect(server.optionsOfPeers(level: Int32(IPPROTO_TCP), name: TCP_USER_TIMEOUT) == [30_000])
        #expect(server.optionsOfPeers(level: SOL_SOCKET, name: SO_KEEPALIVE) == [1])
        #expect(server.optionsOfPeers(level: Int32(IPPROTO_TCP), name: TCP_KEEPIDLE) == [30])
        await client.shutdown()
    }

    @Test func callsMayHaveAPolicyOfTheirOwn() async throws {
        let transport = ScriptedTransport([.fail(.notSent), .answer(200, Self.pod)])
        let api = try KubernetesClient.scripted(transport).dynamic(Self.pods, namespace: "n").retrying(.never)
        await #expect(throws: KubernetesError.self) { try await api.get("a") }
        #expect(transport.requests.count == 1)
    }

    @Test func aDeletionOfManyIsNotRepeated() async throws {
        let transport = ScriptedTransport([.fail(.connectionLost), .answer(200)])
        let api = try KubernetesClient.scripted(transport).dynamic(Self.pods, namespace: "n")
        await #expect(throws: KubernetesError.self) { try await api.deleteCollection() }
        #expect(transport.requests.count == 1)
    }

    @Test func aFenceStopsWritesAndLetsReadsThrough() async throws {
        struct Fenced: Error {}
        let transport = ScriptedTransport([.answer(200, Self.pod)])
        let api = try KubernetesClient.scripted(transport).dynamic(Self.pods, namespace: "n")
        try await WriteFence.$check.withValue({ throw Fenced() }) {
            _ = try await api.get("a")
            await #expect(throws: Fenced.self) { try await api.mergePatch("a", [:]) }
            await #expect(throws: Fenced.self) { try await api.delete("a") }
        }
        #expect(transport.requests.count == 1)
    }
}
