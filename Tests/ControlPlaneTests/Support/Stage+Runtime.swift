import Foundation
import HTTPOperations
import HTTPTypes
import Hummingbird
import JSONValue
import KubernetesClient
import KubernetesModel
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1
import Projection
import Testing

@testable import ControlPlane

extension Stage {
    private static let accounts = ResourceType(
        group: "",
        version: "v1",
        kind: "ServiceAccount",
        plural: "serviceaccounts",
        isNamespaced: true
    )
    private static let namespaces = ResourceType(group: "", version: "v1", kind: "Namespace", plural: "namespaces", isNamespaced: false)

    /// Makes a tenant whose pod runs in a namespace, as the operator does.
    func makeRunning(_ name: String, _ more: JSON = [:], policy: String? = nil, in target: String = Stage.namespace) async throws {
        var body: JSON = ["name": .string(name), "displayName": .string(name), "email": .string("\(name)@corp.example")]
        for (member, value) in more.objectValue ?? [:] { body[member] = value }
        let answer = try await send(.POST, "/tenants", body)
        #expect(answer.status == 201, "\(answer.body.text())")
        var status: JSON = ["phase": "Running", "targetNamespace": .string(target)]
        if let policy { status["effectivePolicyRef"] = .string(policy) }
        try await report(name, status)
    }

    /// A token of a ServiceAccount, which is made if need be.
    func workloadToken(_ account: String, namespace: String = Stage.namespace, audience: String = TokenReviewer.audience) async throws
        -> String
    {
        if namespace != Self.namespace, try await client.dynamic(Self.namespaces).getIfPresent(namespace) == nil {
            _ = try await client.dynamic(Self.namespaces).create(
                DynamicObject(["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(namespace)]])
            )
        }
        let api = client.dynamic(Self.accounts, namespace: namespace)
        if try await api.getIfPresent(account) == nil {
            let metadata: JSON = ["name": .string(account), "namespace": .string(namespace)]
            _ = try await api.create(DynamicObject(["apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata]))
        }
        return try await client.requestToken(serviceAccount: account, namespace: namespace, audiences: [audience], expiresIn: .seconds(600))
            .token
    }

    /// Sends a request as a pod.
    func pod(_ method: HTTPMethod, _ path: String, _ body: JSON? = nil, token: String?, headers: [(String, String)] = []) async throws
        -> Answer
    { try await Self.send(method, base + "/api/internal" + path, body?.text(), token: token, headers: headers) }

    /// Makes a group with awareness grants.
    ///
    /// - Returns: its id.
    @discardableResult func makeGroup(_ name: String, members: [JSON] = [], _ grants: [JSON]) async throws -> String {
        let answer = try await send(
            .POST,
            "/groups",
            ["name": .string(name), "scope": "org", "members": .array(members), "awarenessGrants": .array(grants)]
        )
        #expect(answer.status == 201, "\(answer.body.text())")
        return answer.body["id"]?.stringValue ?? ""
    }
}

/// Stands in for the permissions of a retrieval service.
final class StandInRetrieval: Sendable {
    /// A call.
    struct Call: Sendable, Hashable {
        var path: String
        var authorization: String?
        var source: String?
        var body: JSON
    }

    private struct State {
        var calls: [Call] = []
        var status = 200
    }
    private let state = NIOLockedValueBox(State())

    /// What it was told.
    var calls: [Call] { state.withLockedValue { $0.calls } }
    /// What it answers with.
    var status: Int {
        get { state.withLockedValue { $0.status } }
        set { state.withLockedValue { $0.status = newValue } }
    }

    /// What it was told last of a tenant.
    func last(_ tenant: String, _ what: String) -> JSON? { calls.last { $0.path == "/v1/permissions/tenants/\(tenant)/\(what)" }?.body }

    /// Serves for the time of a closure, which gets the address.
    func serving(_ body: @escaping @Sendable (String) async throws -> Void) async throws {
        let (ports, port) = AsyncStream.makeStream(of: Int.self, bufferingPolicy: .bufferingOldest(1))
        let server = Application(
            responder: CallbackResponder<BasicRequestContext> { [state] request, _ in
                let bytes = try await request.body.collect(upTo: 1 << 20)
                let call = Call(
                    path: request.uri.path,
                    authorization: request.headers[.authorization],
                    source: HTTPField.Name("X-OpenCrane-Sync-Source").flatMap { request.headers[$0] },
                    body: (try? JSON(parsing: String(buffer: bytes))) ?? .null
                )
                let status = state.withLockedValue { state in
                    if state.status < 300 { state.calls.append(call) }
                    return state.status
                }
                return Response(status: .init(code: status))
            },
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in port.yield(channel.localAddress?.port ?? 0) },
            logger: Logger(label: "retrieval") { _ in SwiftLogNoOpLogHandler() }
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            for await number in ports {
                do { try await body("http://127.0.0.1:\(number)") } catch {
                    group.cancelAll()
                    throw error
                }
                break
            }
            group.cancelAll()
            while let _ = try? await group.next() {}
        }
    }
}
