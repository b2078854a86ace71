import Foundation
import JSONValue
import OCCore
import Testing

@Suite struct LoginCommandTests {
    private func harness(_ status: Int) -> Harness {
        var harness = Harness(answers: ["GET /api/v1/tenants?limit=1": [.json(status, [])], "GET /api/v1/tenants": [.json(200, [])]])
        harness.environment = ["NO_COLOR": "1"]
        harness.input = " ocp_secret\n"
        return harness
    }

    @Test func savesATokenThatTheServerTakes() async throws {
        let harness = harness(200)
        defer { try? FileManager.default.removeItem(at: URL(filePath: harness.credentials).deletingLastPathComponent()) }
        let login = await harness.run("login", "--server", "https://crane.test")
        #expect(login.exit == 0 && login.output == "Logged in to https://crane.test/api/v1\n")
        #expect(login.requests.first?.headers["Authorization"] == "Bearer ocp_secret")
        let mode = try FileManager.default.attributesOfItem(atPath: harness.credentials)[.posixPermissions] as? Int
        #expect(mode == 0o600)

        let list = await harness.run("tenants", "list")
        #expect(list.requests.map(\.url) == ["https://crane.test/api/v1/tenants"])
        #expect(list.requests.first?.headers["Authorization"] == "Bearer ocp_secret")

        let elsewhere = await harness.run("tenants", "list", "--server", "https://evil.test")
        #expect(elsewhere.exit == 4 && elsewhere.requests.isEmpty)

        #expect(await harness.run("logout").output == "Logged out\n")
        #expect(await harness.run("tenants", "list", "--server", "https://crane.test").exit == 4)
    }

    @Test func savesNothingThatTheServerRefuses() async {
        let harness = harness(401)
        #expect(await harness.run("login", "--server", "https://crane.test").exit == 4)
        #expect(!FileManager.default.fileExists(atPath: harness.credentials))
    }

    @Test func refusesAnEmptyToken() async {
        var harness = harness(200)
        harness.input = "\n"
        #expect(await harness.run("login", "--server", "https://crane.test").exit == 2)
    }

    @Test func warnsWhenTheTokenCouldBeRead() async {
        var harness = Harness(answers: ["GET /api/v1/tenants": [.json(200, [])]])
        harness.environment["OPENCRANE_URL"] = "http://crane.test"
        #expect(await harness.run("tenants", "list").errors.hasPrefix("Warning: http://crane.test/api/v1 is not encrypted"))
    }

    @Test func anUnreadableCredentialsFileIsNamed() async throws {
        let harness = harness(200)
        let place = URL(filePath: harness.credentials)
        try FileManager.default.createDirectory(at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: place.deletingLastPathComponent()) }
        try Data("{".utf8).write(to: place)
        let outcome = await harness.run("tenants", "list")
        #expect(outcome.exit == 4 && outcome.errors.contains(harness.credentials))
    }
}
