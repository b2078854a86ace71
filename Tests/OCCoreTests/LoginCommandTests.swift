import Foundation
import JSONValue
import OCCore
import Testing

@Suite struct LoginCommandTests {
    private func harness(isKnown: Bool = true, user: JSON = ["sub": "ada", "roles": ["owner"]]) -> Harness {
        var status: JSON = ["mode": "oidc", "authenticated": .bool(isKnown)]
        if isKnown { status["user"] = user }
        // Who is nothing but the owner of what is theirs may not read tenants.
        let tenants = isKnown ? RESTResponse.json(200, []) : .json(401, ["code": "UNAUTHORIZED", "error": "No"])
        let probe = RESTResponse.json(403, ["code": "FORBIDDEN", "error": "No"])
        var harness = Harness(answers: [
            "GET /api/v1/auth/me": [.json(200, status)], "GET /api/v1/tenants?limit=1": [probe], "GET /api/v1/tenants": [tenants],
        ])
        harness.environment = ["NO_COLOR": "1"]
        harness.input = " ocp_secret\n"
        return harness
    }

    @Test func savesATokenThatTheServerTakes() async throws {
        let harness = harness()
        defer { try? FileManager.default.removeItem(at: URL(filePath: harness.credentials).deletingLastPathComponent()) }
        let login = await harness.run("login", "--server", "https://crane.test")
        #expect(login.exit == 0 && login.output == "Logged in to https://crane.test/api/v1 as ada\n", "\(login)")
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
        let harness = harness(isKnown: false)
        let outcome = await harness.run("login", "--server", "https://crane.test")
        #expect(outcome.exit == 4 && outcome.errors == "Error: The server does not know this token (UNAUTHORIZED)\n")
        #expect(!FileManager.default.fileExists(atPath: harness.credentials))
    }

    @Test func refusesAnEmptyToken() async {
        var harness = harness()
        harness.input = "\n"
        for arguments in [["login"], ["login", "--with-token"], ["login", "--no-input"]] {
            let outcome = await harness.run(arguments + ["--server", "https://crane.test"])
            #expect(outcome.exit == 2 && outcome.errors.contains("NO_TOKEN") && outcome.requests.isEmpty, "\(arguments)")
        }
    }

    @Test func warnsWhenTheTokenCouldBeRead() async {
        var harness = Harness(answers: ["GET /api/v1/tenants": [.json(200, [])]])
        harness.environment["OPENCRANE_URL"] = "http://crane.test"
        #expect(await harness.run("tenants", "list").errors.hasPrefix("Warning: http://crane.test/api/v1 is not encrypted"))
    }

    @Test func anUnreadableCredentialsFileIsNamed() async throws {
        let harness = harness()
        let place = URL(filePath: harness.credentials)
        try FileManager.default.createDirectory(at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: place.deletingLastPathComponent()) }
        try Data("{".utf8).write(to: place)
        let outcome = await harness.run("tenants", "list")
        #expect(outcome.exit == 4 && outcome.errors.contains(harness.credentials))
    }
}
