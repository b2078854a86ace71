import DevelopmentGateway
import Foundation
import JSONValue
import OpenClawGateway
import Testing

@Suite("Gateways behind TLS")
struct EncryptedTests {
    /// Serves a certificate for hosts, and gives what it is to connect to it.
    private func outcome(
        certificateFor hosts: [String],
        connectingTo host: String,
        trusting other: TestAuthority? = nil
    ) async throws -> Result<GatewayHello, GatewayError> {
        let authority = try TestAuthority()
        let directory = FileManager.default.temporaryDirectory.appending(path: "crane-gateway-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        let files = try authority.issue(for: hosts, in: directory)
        let trusted = (other ?? authority).pem
        return try await withGateway(
            in: directory,
            { $0.tls = .init(certificateFile: files.certificate, keyFile: files.key) },
            { gateway in
                let endpoint = GatewayEndpoint(host: host, port: gateway.port, isSecure: true, certificateAuthority: trusted)
                return try await withClient(of: endpoint, parameters: TestGateway.parameters()) { client in
                    do throws(GatewayError) { return .success(try await client.hello(timeout: .seconds(20))) } catch {
                        return .failure(error)
                    }
                }
            }
        )
    }

    @Test(
        "A gateway whose certificate is from the given authority and for its address is spoken to",
        arguments: ["localhost", "127.0.0.1"]
    )
    func trusted(_ host: String) async throws {
        let hello = try await outcome(certificateFor: [host], connectingTo: host).get()
        #expect(hello.protocolVersion == 4)
    }

    @Test("A certificate of another authority is refused at once, and named as the reason")
    func strange() async throws {
        let result = try await outcome(certificateFor: ["localhost"], connectingTo: "localhost", trusting: TestAuthority())
        let error = #expect(throws: GatewayError.self) { try result.get() }
        #expect(error?.code == .untrusted)
        #expect(error?.message.contains("not from the authority") == true)
    }

    @Test(
        "A certificate for another name or address is refused",
        arguments: [("gateway.example.com", "localhost"), ("localhost", "127.0.0.1")]
    )
    func otherName(_ name: String, _ host: String) async throws {
        let result = try await outcome(certificateFor: [name], connectingTo: host)
        let error = #expect(throws: GatewayError.self) { try result.get() }
        #expect(error?.code == .untrusted)
        #expect(error?.message.contains("another name") == true)
    }

    @Test("An authority that is no certificate is said to be none")
    func badAuthority() async throws {
        let endpoint = GatewayEndpoint(host: "localhost", port: 1, isSecure: true, certificateAuthority: "nonsense")
        let error = await #expect(throws: GatewayError.self) {
            _ = try await WebSocketTransport().run(to: endpoint, opened: { _ in }, received: { _ in })
        }
        #expect(error?.code == .untrusted)
    }

    @Test("A gateway that does not speak TLS is unreachable, not untrusted")
    func plain() async throws {
        try await withGateway { gateway in
            let endpoint = GatewayEndpoint(host: "127.0.0.1", port: gateway.port, isSecure: true)
            let error = await #expect(throws: GatewayError.self) {
                _ = try await WebSocketTransport().run(to: endpoint, opened: { _ in }, received: { _ in })
            }
            #expect(error?.code == .unreachable)
        }
    }
}
