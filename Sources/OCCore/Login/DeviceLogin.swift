import JSONValue

/// Logs a command line in by the browser of somebody, perhaps on another machine (RFC 8628).
struct DeviceLogin: Sendable {
    let client: APIClient
    let context: CLIContext
    /// Whether a browser is opened here.
    let opensBrowser: Bool

    /// Says what to open, and waits for the person.
    ///
    /// - Throws: ``OCError``: denied, over, no identity provider, no answer.
    func run() async throws -> DeviceToken {
        let grant = try DeviceGrant(try await begin())
        context.errors(
            """
            To log in, open this page in a browser and approve if it shows the same code:

              \(grant.page)
              Code: \(grant.userCode)

            Waiting for \(Self.duration(grant.lifetime)) at most.

            """
        )
        if opensBrowser, !context.openPage(grant.page) { context.errors("No browser could be opened here: open the page yourself.\n") }
        var polling = DevicePolling(grant, now: context.now())
        var step = polling.first
        while true {
            switch step {
            case .loggedIn(let token): return token
            case .failed(let error): throw error
            case .ask(let seconds):
                try await context.sleep(.seconds(seconds))
                step = polling.heard(try await ask(grant), now: context.now())
            }
        }
    }

    private func begin() async throws -> JSON {
        do {
            return try await client.send("POST", "/auth/device")
        } catch var error as OCError where error.code == "OIDC_NOT_CONFIGURED" {
            error.details.append("This server has no browser login. Give a token: oc login --with-token < token.txt")
            throw error
        }
    }

    private func ask(_ grant: DeviceGrant) async throws -> DevicePolling.Answer {
        do {
            return .response(try await client.answer("GET", "/auth/device/token", query: [("deviceCode", grant.deviceCode)]))
        } catch let error as OCError where error.exit == .unreachable {
            return .lost(error)
        }
    }

    /// A time as people say it.
    static func duration(_ seconds: Int) -> String {
        if seconds < 120 { return "\(seconds) seconds" }
        return "\(seconds / 60) minutes"
    }
}
