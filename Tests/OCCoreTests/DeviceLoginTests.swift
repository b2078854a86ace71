import Foundation
import JSONValue
import KubernetesModel
import Testing

@testable import OCCore

/// `oc login` by the browser of somebody, and `oc logout`.
@Suite struct DeviceLoginTests {
    private static let page = "https://crane.test/api/v1/auth/device/activate?userCode=ABCD-2345"
    private static let grant: JSON = [
        "deviceCode": "secret-code", "userCode": "ABCD-2345", "verificationUri": .string(page), "expiresIn": 600, "interval": 5,
    ]
    private static let poll = "GET /api/v1/auth/device/token?deviceCode=secret-code"
    private static let instructions = """
        To log in, open this page in a browser and approve if it shows the same code:

          \(page)
          Code: ABCD-2345

        Waiting for 10 minutes at most.

        """
    private static func pending(_ interval: Int64 = 5, _ code: String = "authorization_pending") -> RESTResponse {
        .json(202, ["status": "pending", "interval": .integer(interval), "code": .string(code)])
    }
    private static let token = RESTResponse.json(
        200,
        ["status": "authorized", "token": "ocp_new", "tokenId": "0b7c", "expiresAt": "2026-04-01T00:00:00.000Z"]
    )
    private static let me = RESTResponse.json(
        200,
        ["mode": "oidc", "authenticated": true, "user": ["sub": "user:x|ada", "email": "ada@crane.test"]]
    )

    /// A person at a terminal.
    private func harness(_ answers: [RESTResponse], begin: RESTResponse = .json(200, DeviceLoginTests.grant)) -> Harness {
        var harness = Harness(answers: [
            "POST /api/v1/auth/device": [begin], Self.poll: answers, "GET /api/v1/auth/me": [Self.me],
            "DELETE /api/v1/access-tokens/0b7c": [RESTResponse(status: 204)],
        ])
        harness.environment = ["NO_COLOR": "1", "OPENCRANE_URL": "https://crane.test"]
        harness.isInputTerminal = true
        return harness
    }

    private func forget(_ harness: Harness) {
        try? FileManager.default.removeItem(at: URL(filePath: harness.credentials).deletingLastPathComponent())
    }

    @Test func waitsForThePersonAndSavesTheToken() async throws {
        let harness = harness([Self.pending(), Self.pending(10, "slow_down"), Self.pending(10), Self.token])
        defer { forget(harness) }
        let login = await harness.run("login")
        #expect(login.exit == 0 && login.output == "Logged in to https://crane.test/api/v1 as ada@crane.test\n")
        #expect(login.errors == Self.instructions)
        #expect(login.waits == [5, 5, 10, 10] && login.pages.isEmpty)
        #expect(login.requests.dropLast().allSatisfy { $0.headers["Authorization"] == nil })
        #expect(login.requests.last?.headers["Authorization"] == "Bearer ocp_new")
        let saved = try CredentialsFile(path: harness.credentials).read()
        #expect(saved == .init(token: "ocp_new", baseURL: "https://crane.test/api/v1", tokenID: "0b7c"))
        let mode = try FileManager.default.attributesOfItem(atPath: harness.credentials)[.posixPermissions] as? Int
        #expect(mode == 0o600)

        // Whoever logs out takes the token from everybody who has copied it.
        let logout = await harness.run("logout")
        #expect(logout.exit == 0 && logout.output == "Logged out\n" && logout.errors.isEmpty)
        #expect(logout.requests.map(\.method) == ["DELETE"])
        #expect(logout.requests.first?.headers["Authorization"] == "Bearer ocp_new")
        #expect(await harness.run("logout").output == "Nobody was logged in\n")
    }

    @Test(arguments: [
        ("denied", "access_denied", "Error: The login was denied in the browser (LOGIN_DENIED)\n"),
        (
            "expired", "expired_token",
            "Error: Nobody approved the login in time (LOGIN_EXPIRED)\n"
                + "  Run `oc login` again; the code of the last time is of no use any more.\n"
        ),
    ])
    func isDeniedOrOver(status: String, code: String, message: String) async {
        let over = RESTResponse.json(410, ["status": .string(status), "error": "No.", "code": .string(code)])
        let harness = harness([Self.pending(), over])
        let login = await harness.run("login")
        #expect(login.exit == 4 && login.errors == Self.instructions + message && login.output.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: harness.credentials))
    }

    @Test func opensABrowserOnlyWhenTold() async {
        var harness = harness([Self.token])
        defer { forget(harness) }
        #expect(await harness.run("login", "--browser").pages == [Self.page])
        harness.hasBrowser = false
        let login = await harness.run("login", "--browser")
        #expect(login.exit == 0 && login.errors.contains("open the page yourself"))
    }

    @Test func waitsForNobodyWithoutATerminal() async {
        var harness = harness([Self.token])
        defer { forget(harness) }
        let refused = await harness.run("login", "--no-input")
        #expect(refused.exit == 2 && refused.errors.contains("NO_TOKEN") && refused.requests.isEmpty)
        #expect(await harness.run("login", "--no-input", "--device").exit == 2)
        #expect(await harness.run("login", "--with-token", "--device").exit == 2)
        harness.isInputTerminal = false
        let empty = await harness.run("login")
        #expect(empty.exit == 2 && empty.errors.contains("oc login --device") && empty.requests.isEmpty)
        #expect(await harness.run("login", "--device").exit == 0)
    }

    @Test func aTerminalCanGiveATokenToo() async throws {
        var harness = harness([])
        defer { forget(harness) }
        harness.input = "ocp_pasted"
        #expect(await harness.run("login", "--with-token").exit == 0)
        #expect(try CredentialsFile(path: harness.credentials).read()?.tokenID == nil)
        // A token that somebody gave may be used elsewhere: it is forgotten here, and no more.
        let logout = await harness.run("logout")
        #expect(logout.output == "Logged out\n" && logout.requests.isEmpty)
    }

    @Test func logoutForgetsWhateverTheServerSays() async throws {
        let answers: [(RESTResponse, Bool)] = [
            (.none, true), (.json(500, ["error": "Broken", "code": "INTERNAL"]), true),
            (.json(404, ["error": "No such token", "code": "TOKEN_NOT_FOUND"]), false),
            (.json(401, ["error": "Who?", "code": "UNAUTHORIZED"]), false),
        ]
        for (answer, warns) in answers {
            var harness = harness([])
            harness.answers["DELETE /api/v1/access-tokens/0b7c"] = [answer]
            defer { forget(harness) }
            let file = CredentialsFile(path: harness.credentials)
            try file.write(.init(token: "ocp_old", baseURL: "https://crane.test/api/v1", tokenID: "0b7c"))
            let logout = await harness.run("logout")
            #expect(logout.exit == 0 && logout.output == "Logged out\n")
            #expect(logout.errors.contains("could not be revoked") == warns, "\(answer.status): \(logout.errors)")
            #expect(try file.read() == nil)
        }
    }

    @Test func aServerWithoutLoginsSaysWhatElseThereIs() async {
        let off = RESTResponse.json(503, ["error": "Nobody can log in here.", "code": "OIDC_NOT_CONFIGURED"])
        let login = await harness([], begin: off).run("login")
        #expect(login.exit == 1 && login.errors.contains("oc login --with-token < token.txt"))
        #expect(await harness([], begin: .none).run("login").exit == 6)
    }

    /// What is printed moves no cursor, and what is sent in a header is one line.
    @Test(
        arguments: [
            ["userCode": "AB\u{1B}[2J"], ["verificationUri": "javascript:alert(1)"], ["verificationUri": "https://x/\ny"],
            ["deviceCode": ""],
            ["expiresIn": 0], ["expiresIn": "soon"],
        ] as [JSON]
    )
    func anAnswerThatIsNoGrantIsRefused(change: JSON) async {
        let broken = MergePatch.apply(change, to: Self.grant)
        let login = await harness([Self.token], begin: .json(200, broken)).run("login")
        #expect(login.exit == 1 && login.errors.contains("BAD_ANSWER") && !login.errors.contains("\u{1B}"))
        let noToken = await harness([.json(200, ["status": "authorized", "token": "a\r\nb"])]).run("login")
        #expect(noToken.exit == 1 && noToken.errors.contains("BAD_ANSWER"))
    }

    @Test func aServerThatRestartsIsWaitedFor() async {
        let busy = RESTResponse.json(503, ["code": "DATABASE_UNAVAILABLE", "error": "Not now"], headers: ["retry-after": "30"])
        let harness = harness([.none, .none, busy, Self.pending(), Self.token])
        defer { forget(harness) }
        let login = await harness.run("login")
        #expect(login.exit == 0 && login.waits == [5, 10, 20, 40, 5])
        // A server that stays away is not waited for longer than the grant lasts.
        let gone = await self.harness([.none]).run("login")
        #expect(gone.exit == 6 && gone.waits.reduce(0, +) <= 600 && gone.waits.suffix(2) == [60, 60])
        // What no patience mends ends it at once.
        let wrong = await self.harness([.json(400, ["code": "BAD", "error": "No"])]).run("login")
        #expect(wrong.exit == 1 && wrong.waits == [5])
    }

    @Test func theIntervalNeverGetsShorter() throws {
        var polling = DevicePolling(try DeviceGrant(Self.grant), now: Timestamp(microseconds: 0))
        func hear(_ response: RESTResponse, at seconds: Int64 = 1) -> DevicePolling.Step {
            polling.heard(.response(response), now: Timestamp(microseconds: seconds * 1_000_000))
        }
        #expect(polling.first == .ask(afterSeconds: 5))
        #expect(hear(Self.pending(1)) == .ask(afterSeconds: 5))
        #expect(hear(Self.pending(15)) == .ask(afterSeconds: 15))
        #expect(hear(.json(202, ["code": "slow_down"])) == .ask(afterSeconds: 20))
        #expect(hear(Self.pending(5, "slow_down")) == .ask(afterSeconds: 25))
        #expect(hear(.json(429, ["error": "Slowly"], headers: ["retry-after": "90"])) == .ask(afterSeconds: 90))
        #expect(hear(Self.pending(), at: 600) == .failed(.loginExpired))
        var silent = Self.grant
        silent["interval"] = nil
        #expect(try DeviceGrant(silent).interval == 5)
    }
}
