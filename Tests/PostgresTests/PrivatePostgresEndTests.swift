import Foundation
import Glibc
import Postgres
import Testing

@testable import LocalPostgres

@Suite struct PrivatePostgresEndTests {
    /// The pipe closes without a word when the process that holds it is killed; so it does when the object is dropped.
    @Test func aServerWhoseOwnerIsGoneEndsAndLeavesNoFiles() async throws {
        var server: PrivatePostgres? = PrivatePostgres()
        try await server?.start()
        let path = try #require(await server?.path)
        let text = try String(contentsOfFile: "\(path)/data/postmaster.pid", encoding: .utf8)
        let process = try #require(text.split(separator: "\n").first.flatMap { Int32($0) })
        #expect(kill(process, 0) == 0)
        server = nil
        let deadline = ContinuousClock.now + .seconds(30)
        while FileManager.default.fileExists(atPath: path), ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(20)) }
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(kill(process, 0) != 0)
    }

    @Test func theOwnerReachesOnlyWhatItMayPass() throws {
        let open = "/tmp/opencrane-open-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: "\(open)/closed/inner", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: open) }
        chmod(open, 0o755)
        chmod("\(open)/closed", 0o700)
        let stranger = ClusterOwner(user: 54_321, group: 54_321, mustDrop: true)
        #expect(stranger.canReach(open))
        #expect(!stranger.canReach("\(open)/closed/inner"))
        let own = ClusterOwner(user: geteuid(), group: getegid(), mustDrop: false)
        #expect(own.canReach("\(open)/closed/inner"))
        #expect(own.command(["a", "b"]) == ["a", "b"])
        #expect(stranger.command(["a"]).contains("--reuid=54321"))
    }

    @Test func theNewestInstallationIsTaken() {
        #expect(PostgresInstallation.versionsNewestFirst(["9.6", "15", "lib", "17", "14"]) == ["17", "15", "14", "9.6"])
        let durable = ClusterSettings(isDurable: true, maximumConnections: 7)
        let arguments = durable.serverArguments(data: "/d", socketDirectory: "/" + String(repeating: "x", count: 120), port: 5432)
        #expect(arguments.contains("unix_socket_directories=") && arguments.contains("max_connections=7"))
        #expect(!arguments.contains("fsync=off"))
        let fast = ClusterSettings(isDurable: false, maximumConnections: 7)
        #expect(fast.serverArguments(data: "/d", socketDirectory: "/s", port: 5432).contains("fsync=off"))
    }
}
