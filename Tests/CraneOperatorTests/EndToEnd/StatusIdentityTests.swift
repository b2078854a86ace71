import CraneAPI
import JSONValue
import KubernetesModel
import LocalCluster
import Logging
import NIOCore
import NIOHTTP1
import OperatorRuntime
import Testing

@testable import KubernetesClient

@Suite("Whose status is written", .serialized, .timeLimit(.minutes(15)))
struct StatusIdentityTests {
    /// Takes uids out of what is sent, as kube-apiserver does with patches of the status of custom resources: it puts the stored metadata in
    /// place of what was sent once it has compared the version.
    private final class ForgetfulTransport: Transport {
        private let base: any Transport

        init(_ base: any Transport) { self.base = base }

        func send(_ request: TransportRequest, headWithin bound: Duration) async throws -> TransportResponse {
            var request = request
            if request.method == .PATCH, let body = request.body, var json = try? JSON(parsing: body.readableBytesView) {
                json[at: ["metadata", "uid"]] = nil
                request.body = ByteBuffer(bytes: json.serialized())
            }
            return try await base.send(request, headWithin: bound)
        }

        func close() async { await base.close() }
    }

    /// A Tenant that has been replaced by another of its name, and the status that was meant for it.
    private func replaced(_ stage: Stage) async throws -> (old: Tenant, desired: Tenant) {
        let old = try await stage.createTenant()
        _ = try await stage.tenants.delete("mia")
        try await stage.createTenant()
        var desired = old
        desired.status = TenantStatus()
        desired.status?.phase = .terminating
        return (old, desired)
    }

    @Test("A server that compares uids refuses a status for another object, guarded or not", arguments: [true, false])
    func refused(isGuarded: Bool) async throws {
        try await Stage.set(simulated: false) { stage in
            let (old, desired) = try await replaced(stage)
            let applier = Applier(client: stage.client, fieldManager: "test")
            let error = await #expect(throws: KubernetesError.self) {
                try await applier.writeStatus(of: old, to: desired, isGuarded: isGuarded)
            }
            #expect(error?.isConflict == true)
            #expect(try await stage.tenants.get("mia").status == nil)
        }
    }

    @Test("One that does not is kept from it by the version, else its answer tells", arguments: [true, false])
    func forgotten(isGuarded: Bool) async throws {
        try await Stage.set(simulated: false) { stage in
            let (old, desired) = try await replaced(stage)
            let configuration = try ClientConfiguration(kubeconfigYAML: stage.server.kubeconfig)
            let transport = ForgetfulTransport(try HTTPTransport(configuration: configuration, time: .system))
            let client = try KubernetesClient(configuration: configuration, logger: Stage.quiet, transport: transport)
            let applier = Applier(client: client, fieldManager: "test")
            let error = await #expect(throws: KubernetesError.self) {
                try await applier.writeStatus(of: old, to: desired, isGuarded: isGuarded)
            }
            #expect(error?.isConflict == true)
            #expect(try await stage.tenants.get("mia").status?.phase == (isGuarded ? nil : .terminating))
        }
    }
}
