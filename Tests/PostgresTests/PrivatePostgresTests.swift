import Foundation
import Glibc
import LocalPostgres
import Logging
import Postgres
import Testing

@Suite struct PrivatePostgresTests {
    @Test func dataAndPasswordStayAcrossClusterObjectsAndNothingIsLeftRunning() async throws {
        let directory = "/tmp/opencrane-test-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        // An attempt to make the cluster was interrupted before.
        try FileManager.default.createDirectory(atPath: "\(directory)/data.new/base", withIntermediateDirectories: true)
        let server = PrivatePostgres(directory: directory)
        try await server.start()
        let url = try await server.url
        #expect(url.hasPrefix("postgres://opencrane:"))
        let first = try await PostgresConnection.connect(try PostgresConfiguration(url))
        try await first.executeScript("create table kept (n int); insert into kept values (42)")
        let process = try #require(try await first.first("select pg_backend_pid()")).decode(0, as: Int32.self)
        await first.close()
        await server.stop()
        #expect(kill(process, 0) != 0)
        #expect(throws: LocalPostgresError.self) { try PostgresInstallation.find(roots: ["/nowhere"], path: "") }
        await #expect(throws: LocalPostgresError.self) { _ = try await server.configuration }

        let again = PrivatePostgres(directory: directory)
        try await again.start()
        let second = try await PostgresConnection.connect(try await again.configuration)
        let found1 = try await second.first("select n from kept")?.decode(0, as: Int.self)
        #expect(found1 == 42)
        await second.close()
        await again.crash()
        try await again.start()
        let third = try await PostgresConnection.connect(try await again.configuration)
        let found2 = try await third.first("select n from kept")?.decode(0, as: Int.self)
        #expect(found2 == 42)
        await third.close()
        await again.end()
        #expect(FileManager.default.fileExists(atPath: "\(directory)/data/PG_VERSION"))
    }

    @Test func aTemporaryClusterLeavesNoFiles() async throws {
        let path = try await withPrivatePostgres { server in
            let path = try #require(await server.path)
            #expect(FileManager.default.fileExists(atPath: path))
            return path
        }
        #expect(!FileManager.default.fileExists(atPath: path))
    }
}
