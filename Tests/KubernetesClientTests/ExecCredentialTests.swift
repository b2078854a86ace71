import Foundation
import JSONValue
@testable import KubernetesClient
import Testing

@Suite struct ExecCredentialTests {
    private let plugin = ExecPlugin(command: "get-token", providesClusterInfo: true)

    @Test func aTokenWithItsEnd() throws {
        let output = """
            {"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"t","expirationTimestamp":"2026-01-01T00:10:00Z"}}
            """
        let credential = try ExecCredential(output: Array(output.utf8), plugin: plugin)
        #expect(credential.token == "t")
        #expect(credential.expires?.timeIntervalSince1970 == 1_767_226_200)
    }

    @Test(arguments: [
        "", "{}", #"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1","status":{"token":"t"}}"#,
        #"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{}}"#,
    ])
    func nonsenseIsRefused(output: String) {
        #expect { try ExecCredential(output: Array(output.utf8), plugin: plugin) } throws: { ($0 as? KubernetesError)?.code == .credentials }
    }

    @Test func theProgramIsToldAboutTheCluster() {
        let request = ExecCredential.request(plugin, server: "https://x", tls: ClientTLS(certificateAuthority: .bytes([1, 2])))
        #expect(request[at: ["spec", "cluster", "server"]] == "https://x")
        #expect(request[at: ["spec", "cluster", "certificate-authority-data"]] == "AQI=")
        #expect(request[at: ["spec", "interactive"]] == false)
    }

    @Test func aRealProgramRunsAndIsAskedAgainWhenItsTokenEnds() async throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let script = directory.appendingPathComponent("plugin").path
        let count = directory.appendingPathComponent("count").path
        try """
        #!/bin/sh
        echo run >> \(count)
        n=$(wc -l < \(count))
        case "$KUBERNETES_EXEC_INFO" in *ExecCredential*) ;; *) exit 3;; esac
        echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"'$1-$n-$EXTRA'","expirationTimestamp":"2026-01-01T00:10:00Z"}}'
        """.write(toFile: script, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script)
        let clock = ManualClock()
        let provider = CredentialProvider(
            credentials: .exec(ExecPlugin(command: script, arguments: ["arg"], environment: ["EXTRA": "x"])), server: "https://s",
            tls: ClientTLS(), time: clock.timeSource)
        let first = try await provider.current().authorization
        let again = try await provider.current().authorization
        #expect(first == "Bearer arg-1-x")
        #expect(again == first)
        clock.advance(by: .seconds(595))
        let renewed = try await provider.current().authorization
        #expect(renewed == "Bearer arg-2-x")
    }

    @Test func aFailingProgramIsExplained() async {
        let provider = CredentialProvider(
            credentials: .exec(ExecPlugin(command: "/bin/false", installHint: "Install it")), server: "https://s", tls: ClientTLS(),
            time: .system)
        let error = await #expect(throws: KubernetesError.self) { try await provider.current() }
        #expect(error?.code == .credentials)
        #expect(error?.message.contains("Install it") == true)
    }
}
