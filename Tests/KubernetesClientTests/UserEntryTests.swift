import Foundation
import JSONValue
import KubernetesClient
import KubernetesModel
import NIOHTTP1
import Testing

/// What a kubeconfig says of users beyond tokens and certificates.
@Suite struct UserEntryTests {
    private func configuration(user: String, cluster: String = "") throws -> ClientConfiguration {
        try ClientConfiguration(
            kubeconfigYAML: """
                current-context: c
                clusters: [{name: x, cluster: {server: "https://x"\(cluster)}}]
                contexts: [{name: c, context: {cluster: x, user: u}}]
                users: [{name: u, user: {\(user)}}]
                """
        )
    }

    @Test func impersonationIsSent() async throws {
        let made = try configuration(
            user: #"token: t, as: jane, as-uid: "7", as-groups: [a, b], as-user-extra: {"example.com/Scope%": [x, y], reason: [z]}"#
        )
        let transport = ScriptedTransport([.answer(200)])
        let client = try KubernetesClient.scripted(transport) {
            $0.credentials = made.credentials
            $0.impersonation = made.impersonation
        }
        _ = try await client.raw(RawRequest(path: "/version"))
        let headers = try #require(transport.requests.first?.headers)
        #expect(headers["Authorization"] == ["Bearer t"])
        #expect(headers["Impersonate-User"] == ["jane"])
        #expect(headers["Impersonate-Uid"] == ["7"])
        #expect(headers["Impersonate-Group"] == ["a", "b"])
        #expect(headers["Impersonate-Extra-example.com%2FScope%25"] == ["x", "y"])
        #expect(headers["Impersonate-Extra-reason"] == ["z"])
    }

    @Test func basicAuthenticationIsSent() async throws {
        let made = try configuration(user: #"username: jo, password: "p:w""#)
        let transport = ScriptedTransport([.answer(200), .answer(401)])
        let client = try KubernetesClient.scripted(transport) { $0.credentials = made.credentials }
        _ = try await client.raw(RawRequest(path: "/version"))
        #expect(transport.requests.first?.headers["Authorization"] == ["Basic \(Data("jo:p:w".utf8).base64EncodedString())"])
        // A password does not become right by asking again.
        await #expect(throws: KubernetesError.self) { try await client.raw(RawRequest(path: "/version")) }
        #expect(transport.requests.count == 2)
    }

    @Test(arguments: [
        ("as-groups: [a]", "without as"), ("auth-provider: {name: gcp}", "auth-provider gcp"), ("token: a, username: b", "only one"),
        ("exec: {command: x, apiVersion: client.authentication.k8s.io/v1alpha1}", "v1alpha1"),
        ("exec: {command: x, interactiveMode: Sometimes}", "Sometimes"),
    ])
    func whatCannotBeIsSaid(user: String, part: String) {
        let error = #expect(throws: KubernetesError.self) { try configuration(user: user) }
        #expect(error?.code == .configuration)
        #expect(error?.message.contains(part) == true)
    }

    @Test func aProgramThatWantsATerminalIsNotRun() async throws {
        let made = try configuration(user: "exec: {command: /bin/false, interactiveMode: Always}")
        let client = try KubernetesClient.scripted(ScriptedTransport([])) { $0.credentials = made.credentials }
        let error = await #expect(throws: KubernetesError.self) { try await client.raw(RawRequest(path: "/version")) }
        #expect(error?.code == .credentials)
        #expect(error?.message.contains("terminal") == true)
    }

    @Test func aMissingProgramIsNamedWithItsHint() async throws {
        let made = try configuration(user: "exec: {command: no-such-program-here, installHint: Get it from example}")
        let client = try KubernetesClient.scripted(ScriptedTransport([])) { $0.credentials = made.credentials }
        let error = await #expect(throws: KubernetesError.self) { try await client.raw(RawRequest(path: "/version")) }
        let text = error.map(String.init(describing:)) ?? ""
        #expect(text.contains("no-such-program-here") && text.contains("Get it from example") && text.contains("no such program"))
    }

    @Test func theClustersOwnSettingsReachTheProgram() throws {
        let made = try configuration(
            user: "exec: {command: x, provideClusterInfo: true}",
            cluster: ", extensions: [{name: client.authentication.k8s.io/exec, extension: {audience: a, depth: {b: c}}}]"
        )
        guard case .exec(let plugin) = made.credentials else {
            Issue.record("no program")
            return
        }
        #expect(plugin.clusterConfiguration == ["audience": "a", "depth": ["b": "c"]])
    }
}
