import Foundation
import JSONValue
import Testing

extension EndToEnd {
    @Suite("A person's browser lets a command line in")
    struct BrowserDeviceTests {
        @Test("oc login is approved and denied on another replica, once, and by nobody else", .timeLimit(.minutes(15)))
        func aCommandLineIsLetIn() async throws {
            try await LoginScene.with { scene in
                try await approves(scene)
                try await denies(scene)
                try await deliversOnce(scene)
                try await refusesOtherSites(scene)
                try await refusesGuesses(scene)
            }
        }

        /// A command line that waits.
        private func startLogin(_ scene: LoginScene, _ home: String) throws -> ServerProcess {
            let process = ServerProcess(
                name: "oc",
                executable: Installation.oc,
                arguments: [
                    "login", "--device", "--server", scene.origin, "--certificate-authority", scene.stage.scratch.path("authority.pem"),
                ],
                environment: ["HOME": scene.stage.scratch.path(home)],
                log: scene.stage.scratch.path("\(home).log")
            )
            try process.start()
            return process
        }

        private func oc(_ scene: LoginScene, _ home: String, _ arguments: String...) async throws -> CommandResult {
            try await Command.run(
                Installation.oc,
                arguments + ["--certificate-authority", scene.stage.scratch.path("authority.pem")],
                environment: ["HOME": scene.stage.scratch.path(home), "OPENCRANE_URL": "", "OPENCRANE_TOKEN": "", "XDG_CONFIG_HOME": ""]
            )
        }

        /// The page that a command line asks somebody to open.
        private func page(_ process: ServerProcess) async throws -> (address: String, code: String) {
            try await eventually("oc says what to open") { process.output.contains("Waiting for") || !process.isRunning }
            let output = process.output
            let address = try #require(output.firstMatch(of: /https:\/\/\S+/).map { String($0.0) }, "\(output)")
            return (address, try #require(output.firstMatch(of: /Code: (\S+)/).map { String($0.1) }))
        }

        private func ending(_ process: ServerProcess) async throws -> Int32? {
            try await eventually("oc ends", within: .seconds(120)) { !process.isRunning }
            return await process.stop()
        }

        private func approves(_ scene: LoginScene) async throws {
            let browser = scene.browser
            let login = try startLogin(scene, "vera")
            let (address, code) = try await page(login)
            // The other replica shows the page, after a login that leads back to it.
            scene.entrance.use(1)
            try await browser.open(address)
            try await scene.authorize(as: "vera")
            try await browser.arrive(at: address)
            let text = try await browser.text()
            for part in [code, Entrance.caller, "vera@example.com", "owner, viewer", "Approve only if you have started it yourself"] {
                #expect(text.contains(part), "\(part) is missing in: \(text)")
            }
            #expect(try await browser.status() == 200)
            #expect(try await browser.run("return getComputedStyle(document.querySelector('dd.code')).fontWeight") == "700")
            try await browser.picture("consent")
            // Looking approves nothing, however often.
            try await browser.open(address)
            #expect(login.isRunning)
            try await browser.click("button[value=approve]")
            try await eventually("the page says so") { try await browser.text().contains("The command line gets its token") }
            try await browser.picture("approved")
            #expect(try await ending(login) == 0, "\(login.output)")
            #expect(login.output.hasSuffix("Logged in to \(scene.api) as vera@example.com\n"), "\(login.output)")

            let file = scene.stage.scratch.path("vera/.config/opencrane/credentials.json")
            #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o600)
            let token = try #require(JSON(parsing: try String(contentsOfFile: file, encoding: .utf8))["token"]?.stringValue)
            let bearer = ["Authorization": "Bearer \(token)"]
            #expect(try await scene.statuses(of: "/api/v1/tenants", headers: bearer) == [200, 200])
            let list = try await oc(scene, "vera", "tenants", "list")
            #expect(list.succeeded, "\(list.everything)")
            let logout = try await oc(scene, "vera", "logout")
            #expect(logout.succeeded && logout.output == "Logged out\n" && logout.errors.isEmpty, "\(logout.everything)")
            #expect(try await scene.statuses(of: "/api/v1/tenants", headers: bearer) == [401, 401])
        }

        private func denies(_ scene: LoginScene) async throws {
            let login = try startLogin(scene, "denied")
            try await scene.browser.open(try await page(login).address)
            try await scene.browser.click("button[value=deny]")
            try await eventually("the page says so") { try await scene.browser.text().contains("gets no token") }
            #expect(try await ending(login) == 4 && login.output.contains("LOGIN_DENIED"), "\(login.output)")
            #expect(!FileManager.default.fileExists(atPath: scene.stage.scratch.path("denied/.config/opencrane/credentials.json")))
        }

        /// One replica begins the grant, the other shows its page, and both are asked for the token at once.
        private func deliversOnce(_ scene: LoginScene) async throws {
            let replicas = scene.stage.replicas.map { RESTClient(base: $0.api.base, token: "") }
            let grant = try await replicas[0].post("/api/v1/auth/device").json
            let poll = "/api/v1/auth/device/token?deviceCode=" + (try #require(grant["deviceCode"]?.stringValue))
            let address = try #require(grant["verificationUri"]?.stringValue)
            #expect(try await replicas[1].get(poll).status == 202)
            try await scene.browser.open(address)
            try await scene.browser.click("button[value=approve]")
            try await eventually("the page says so") { try await scene.browser.text().contains("Approved") }
            let answers = try await withThrowingTaskGroup(of: RESTAnswer.self) { group in
                for number in 0..<6 { group.addTask { try await replicas[number % 2].get(poll) } }
                return try await group.reduce(into: [RESTAnswer]()) { $0.append($1) }
            }
            #expect(answers.map(\.status).sorted() == [200] + Array(repeating: 410, count: 5))
            // What was decided on is decided, also for whoever goes back.
            try await scene.browser.goBack()
            try await scene.browser.arrive(at: scene.api + "/auth/device/activate")
            try await scene.browser.open(address)
            #expect(try await scene.browser.status() == 404)
        }

        private func refusesOtherSites(_ scene: LoginScene) async throws {
            let replica = RESTClient(base: scene.stage.replicas[0].api.base, token: "")
            let grant = try await replica.post("/api/v1/auth/device").json
            let members = ["userCode": grant["userCode"]?.stringValue ?? "", "csrfToken": "guessed", "decision": "approve"]
            for (isSibling, status, sentence) in [(false, Int64(401), "Log in first"), (true, 403, "must come from a page of this host")] {
                try await scene.afterForeignForm(isSibling: isSibling, to: "/auth/device/activate", members) {
                    try await scene.browser.arrive(at: scene.api + "/auth/device/activate")
                    #expect(try await scene.browser.status() == status)
                    #expect(try await scene.browser.text().contains(sentence))
                }
            }
            let poll = "/api/v1/auth/device/token?deviceCode=" + (grant["deviceCode"]?.stringValue ?? "")
            #expect(try await replica.get(poll).status == 202, "nothing was approved")
        }

        /// A code that nobody waits with is asked for again; who tries too many has to wait.
        private func refusesGuesses(_ scene: LoginScene) async throws {
            let browser = scene.browser
            scene.entrance.use(0)
            try await browser.open(scene.api + "/auth/device/activate?userCode=nonsense")
            #expect(try await browser.status() == 404)
            try await browser.picture("wrong-code")
            try await browser.type("aaaa-aaaa", into: "input[name=userCode]")
            try await browser.click("form button[type=submit]")
            try await browser.arrive(at: scene.api + "/auth/device/activate?userCode=aaaa-aaaa")
            #expect(try await browser.status() == 404)
            var statuses: [Int64?] = []
            for _ in 0..<40 where statuses.last != 429 {
                try await browser.open(scene.api + "/auth/device/activate?userCode=AAAA-AAAA")
                statuses.append(try await browser.status())
            }
            #expect(statuses.first == 404 && statuses.last == 429, "\(statuses)")
            #expect(try await browser.text().contains("TOO_MANY_REQUESTS"))
        }
    }
}
