import Foundation
import JSONValue
import NIOConcurrencyHelpers
import Testing

@testable import KubernetesClient

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
        #"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":""}}"#,
        #"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"t","clientKeyData":"k"}}"#,
    ])
    func nonsenseIsRefused(output: String) {
        #expect { try ExecCredential(output: Array(output.utf8), plugin: plugin) } throws: {
            ($0 as? KubernetesError)?.code == .credentials
        }
    }

    @Test func theProgramIsToldAboutTheCluster() {
        let tls = ClientTLS(certificateAuthority: .bytes([1, 2]))
        let request = ExecCredential.request(plugin, server: "https://x", tls: tls, proxy: "http://p:1")
        #expect(request[at: ["spec", "cluster", "proxy-url"]] == "http://p:1")
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
            credentials: .exec(ExecPlugin(command: script, arguments: ["arg"], environment: ["EXTRA": "x"])),
            server: "https://s",
            tls: ClientTLS(),
            time: clock.timeSource
        )
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
            credentials: .exec(ExecPlugin(command: "/bin/false", installHint: "Install it")),
            server: "https://s",
            tls: ClientTLS(),
            time: .system
        )
        let error = await #expect(throws: KubernetesError.self) { try await provider.current() }
        #expect(error?.code == .credentials)
        #expect(error?.message.contains("Install it") == true)
    }

    /// A program of shell lines.
    private func script(_ lines: String) throws -> (path: String, directory: URL) {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let path = directory.appendingPathComponent("plugin").path
        try "#!/bin/sh\n\(lines)\n".write(toFile: path, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        return (path, directory)
    }

    @Test func aProgramThatHangsIsWithinTheLimitOfTheCall() async throws {
        // It ends after some seconds: the suite may be over before it would be killed, and it must not outlive the suite.
        let (path, directory) = try script("trap '' TERM\nn=0; while [ $n -lt 60 ]; do n=$((n + 1)); sleep 0.05; done")
        defer { try? FileManager.default.removeItem(at: directory) }
        let client = try KubernetesClient.scripted(ScriptedTransport([])) {
            $0.credentials = .exec(ExecPlugin(command: path))
            $0.requestTimeout = .milliseconds(200)
            $0.retry = .never
        }
        let start = ContinuousClock.now
        let error = await #expect(throws: KubernetesError.self) { try await client.raw(RawRequest(path: "/version")) }
        #expect(error?.code == .timedOut)
        #expect(ContinuousClock.now - start < .seconds(20))
        let caller = Task { try await client.raw(RawRequest(path: "/version")) }
        caller.cancel()
        await #expect(throws: CancellationError.self) { try await caller.value }
    }

    @Test func aProgramThatDoesNotEndIsKilled() async throws {
        let (path, directory) = try script(
            "trap '' TERM\necho $$ > \"$0.pid\"\nn=0; while [ $n -lt 400 ]; do n=$((n + 1)); sleep 0.05; done"
        )
        defer { try? FileManager.default.removeItem(at: directory) }
        let runner = ExecRunner.process(grace: .milliseconds(50))
        let run = Task { try await runner.run(path, [], [:]) }
        var pid: Int32?
        try await eventually {
            pid = (try? String(contentsOfFile: path + ".pid", encoding: .utf8)).flatMap { Int32($0.trimmingCharacters(in: .newlines)) }
            return pid != nil
        }
        run.cancel()
        await #expect(throws: CancellationError.self) { try await run.value }
        let number = try #require(pid)
        try await eventually("it is gone") { kill(number, 0) != 0 }
    }

    @Test func aProgramThatPrintsWithoutEndIsEnded() async throws {
        let (path, directory) = try script("while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx || exit 1; done")
        defer { try? FileManager.default.removeItem(at: directory) }
        let error = await #expect(throws: KubernetesError.self) { try await ExecRunner.process.run(path, [], [:]) }
        #expect(error?.message.contains("more than") == true)
    }

    @Test func credentialsThatWereReplacedSinceAreNotGivenUp() async throws {
        let runs = NIOLockedValueBox(0)
        let runner = ExecRunner { _, _, _ in
            let number = runs.withLockedValue { count in
                count += 1
                return count
            }
            return Array(
                #"{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"t\#(number)"}}"#.utf8
            )
        }
        let provider = CredentialProvider(
            credentials: .exec(plugin),
            server: "https://s",
            tls: ClientTLS(),
            time: .system,
            runner: runner
        )
        let first = try await provider.current()
        await provider.invalidate(generation: first.generation)
        let second = try await provider.current()
        #expect(second.authorization == "Bearer t2")
        // A call that was still under way with the first one is refused too.
        await provider.invalidate(generation: first.generation)
        let third = try await provider.current()
        #expect(third.authorization == "Bearer t2")
        #expect(runs.withLockedValue { $0 } == 2)
    }

    @Test func oneRenewalRunsAtATime() async throws {
        let running = NIOLockedValueBox((now: 0, most: 0, all: 0))
        let runner = ExecRunner { _, _, _ in
            running.withLockedValue {
                $0.now += 1
                $0.all += 1
                $0.most = max($0.most, $0.now)
            }
            for _ in 0..<20 { await Task.yield() }
            running.withLockedValue { $0.now -= 1 }
            // Over as soon as it is there, so that each call renews.
            let end = "1970-01-01T00:00:00Z"
            return Array(
                #"{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"t","expirationTimestamp":"\#(end)"}}"#
                    .utf8
            )
        }
        let provider = CredentialProvider(
            credentials: .exec(plugin),
            server: "https://s",
            tls: ClientTLS(),
            time: .system,
            runner: runner
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<16 {
                group.addTask { for _ in 0..<20 { _ = try await provider.current() } }
            }
            try await group.waitForAll()
        }
        #expect(running.withLockedValue { $0.most } == 1)
        #expect(running.withLockedValue { $0.all } < 320)
    }
}
