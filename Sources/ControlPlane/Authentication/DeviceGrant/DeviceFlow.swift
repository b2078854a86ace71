import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue
import NIOConcurrencyHelpers
import Postgres
import Projection

/// Lets a command line in by the browser of somebody who is logged in (RFC 8628): a code, a page that asks, a token that is given once.
struct DeviceFlow: Sendable {
    private struct Budgets: Sendable {
        /// How often an address may ask for a grant: 10 times at once, and 10 times in a minute.
        var grants = RequestBudget(capacity: 10, rate: 10.0 / 60)
        /// How many codes a person may try: 10 at once, and one in 30 s. With 40 bits, nobody finds one in its time.
        var codes = RequestBudget(capacity: 10, rate: 1.0 / 30)
    }

    let grants: DeviceGrantRepository
    let sessions: SessionAuthenticator
    let configuration: AuthenticationConfiguration
    let randomBytes: @Sendable (Int) -> [UInt8]
    let makeToken: @Sendable () -> (id: UUID, token: AccessToken)
    let now: @Sendable () -> Date
    let instant: @Sendable () -> ContinuousClock.Instant
    private let budgets = NIOLockedValueBox(Budgets())

    init(
        grants: DeviceGrantRepository,
        sessions: SessionAuthenticator,
        configuration: AuthenticationConfiguration,
        randomBytes: @escaping @Sendable (Int) -> [UInt8],
        makeToken: @escaping @Sendable () -> (id: UUID, token: AccessToken),
        now: @escaping @Sendable () -> Date,
        instant: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }  // edge: the time of limits
    ) {
        self.grants = grants
        self.sessions = sessions
        self.configuration = configuration
        self.randomBytes = randomBytes
        self.makeToken = makeToken
        self.now = now
        self.instant = instant
    }

    /// Begins a grant.
    ///
    /// - Throws: ``OperationError`` 429, 503.
    func begin(_ context: OperationContext) async throws -> DeviceGrantAnswer {
        let address = context.remoteAddress.map(ClientAddresses.network) ?? "unknown"
        let instant = instant()
        if let seconds = budgets.withLockedValue({ $0.grants.take(address, now: instant) }) {
            throw OperationError.tooManyRequests(retryAfter: seconds)
        }
        let now = now()
        let secret = OpaqueSecret.text(randomBytes(OpaqueSecret.entropy))
        for _ in 0..<4 {
            let grant = DeviceGrant(
                deviceHash: OpaqueSecret.hash(secret),
                userCode: UserCode(random: randomBytes(8)),
                address: context.remoteAddress,
                interval: 5,
                createdAt: now,
                expiresAt: now.addingTimeInterval(configuration.deviceGrantLifetime.seconds)
            )
            guard try await onDatabase({ try await grants.insert(grant) }) else { continue }
            let page = (configuration.publicOrigin ?? "") + activation(grant.userCode)
            return DeviceGrantAnswer(
                deviceCode: secret,
                userCode: grant.userCode.text,
                verificationUri: page,
                expiresIn: Int(configuration.deviceGrantLifetime.components.seconds),
                interval: grant.interval
            )
        }
        throw OperationError.tooManyRequests(retryAfter: 5)
    }

    /// The page that asks whether a device may have a token. Looking at it changes nothing.
    ///
    /// - Throws: ``OperationError`` 404, 429, 503.
    func ask(_ text: String, _ context: OperationContext) async throws -> OperationResponse {
        guard let presented = try await sessions.find(context.headers) else {
            // A code that is none is not carried through a login.
            let back = UserCode(text).map(activation) ?? "/"
            return OperationResponse(
                status: .found,
                headers: [.location: "\(configuration.publicPath)/login?returnTo=\(LoginFlow.escape(back))"]
            )
        }
        let grant = try await find(text, presented.session.person)
        let person = presented.session.person
        func row(_ name: String, _ value: String) -> String { "<dt>\(name)</dt><dd>\(HTMLPage.escape(value))</dd>" }
        func code(_ value: String) -> String { "<dt>Code</dt><dd class=\"code\">\(HTMLPage.escape(value))</dd>" }
        func button(_ decision: DeviceDecision.Answer, _ label: String) -> String {
            "<button type=\"submit\" name=\"decision\" value=\"\(decision.rawValue)\">\(label)</button>"
        }
        let details = [
            code(grant.userCode.text), row("Asked for from", grant.address ?? "an unknown address"),
            row("Asked for at", Self.time(grant.createdAt)), row("You are", person.email),
            row("The token will be", person.roles.names.joined(separator: ", ")),
        ]
        return HTMLPage(
            title: "Let a command line in?",
            content: """
                <p>A command line asks for an access token that acts as you.</p>
                <p><strong>Approve only if you have started it yourself, just now, and it shows the same code.</strong>
                If somebody sent you here, deny.</p>
                <dl>\(details.joined(separator: "\n"))</dl>
                <form method="post" action="\(HTMLPage.escape(configuration.publicPath))/device/activate">
                <input type="hidden" name="userCode" value="\(HTMLPage.escape(grant.userCode.text))">
                <input type="hidden" name="csrfToken" value="\(HTMLPage.escape(presented.token))">
                \(button(.approve, "Approve"))
                \(button(.deny, "Deny"))
                </form>
                """
        ).response(.ok)
    }

    /// Takes somebody's decision.
    ///
    /// - Throws: ``OperationError`` 401, 403, 404, 429, 503.
    func decide(_ decision: DeviceDecision, _ context: OperationContext) async throws -> OperationResponse {
        guard let presented = try await sessions.find(context.headers) else { throw OperationError.sessionNeeded }
        guard sessions.origin.isOwn(context.headers), APIKey.isSame(decision.csrfToken, presented.token) else {
            throw OperationError.crossSite
        }
        let person = presented.session.person
        let code = try await find(decision.userCode, person).userCode
        let isApproved = decision.decision == .approve
        let now = now()
        try await onDatabase {
            try await grants.pool.withTransaction { transaction in
                let decided = try await DeviceGrantRepository.decide(
                    code,
                    isApproved ? .approved : .denied,
                    by: person,
                    now: now,
                    in: transaction
                )
                guard decided else { throw OperationError.noSuchGrant }
                try await AuditRepository.append(
                    LoginFlow.audit(
                        isApproved ? "DeviceApproved" : "DeviceDenied",
                        person,
                        "\(isApproved ? "let a command line in" : "did not let a command line in") (\(code.text)).",
                        after: nil,
                        context
                    ),
                    outcome: .succeeded,
                    now: now,
                    in: transaction
                )
            }
        }
        let page =
            isApproved
            ? HTMLPage(title: "Approved", content: "<p>The command line gets its token. You can close this page.</p>")
            : HTMLPage(title: "Denied", content: "<p>The command line gets no token. You can close this page.</p>")
        return page.response(.ok)
    }

    /// Tells a device how things stand; gives it the token, once.
    ///
    /// - Throws: ``OperationError`` 503.
    func poll(_ deviceCode: String, _ context: OperationContext) async throws -> Reply<DeviceTokenAnswer> {
        guard OpaqueSecret.isPlausible(deviceCode) else { return Self.expired }
        let hash = OpaqueSecret.hash(deviceCode)
        let now = now()
        return try await onDatabase {
            try await grants.pool.withTransaction { transaction in
                guard let grant = try await DeviceGrantRepository.lock(hash, in: transaction) else { return Self.expired }
                switch grant.poll(now) {
                case .expired:
                    try await DeviceGrantRepository.delete(hash, in: transaction)
                    return Self.expired
                case .denied:
                    try await DeviceGrantRepository.delete(hash, in: transaction)
                    return Reply(
                        DeviceTokenAnswer(status: "denied", error: "The person did not approve.", code: "access_denied"),
                        status: .gone
                    )
                case .pending(let interval):
                    try await DeviceGrantRepository.note(hash, interval: interval, now: now, in: transaction)
                    return Reply(
                        DeviceTokenAnswer(status: "pending", interval: interval, code: "authorization_pending"),
                        status: .accepted
                    )
                case .tooFast(let interval):
                    try await DeviceGrantRepository.note(hash, interval: interval, now: now, in: transaction)
                    return Reply(DeviceTokenAnswer(status: "pending", interval: interval, code: "slow_down"), status: .accepted)
                case .approved:
                    try await DeviceGrantRepository.delete(hash, in: transaction)
                    return Reply(try await issue(grant, context, now: now, in: transaction))
                }
            }
        }
    }

    private static let expired = Reply(
        DeviceTokenAnswer(status: "expired", error: "There is no such grant, or its time is over; begin anew.", code: "expired_token"),
        status: .gone
    )

    private func issue(
        _ grant: DeviceGrant,
        _ context: OperationContext,
        now: Date,
        in transaction: PostgresTransaction
    ) async throws -> DeviceTokenAnswer {
        guard let owner = grant.owner, let roles = grant.roles else { throw OperationError.noSuchGrant }
        let (id, token) = makeToken()
        let record = AccessTokenRecord(
            id: id,
            secretHash: token.hash,
            name: "Command line \(grant.userCode.text)",
            owner: owner,
            createdBy: owner,
            isDevice: true,
            roles: roles,
            scopes: Set(AccessTokenScope.allCases.map(\.rawValue)),
            organization: grant.organization,
            email: grant.email,
            createdAt: now,
            expiresAt: now.addingTimeInterval(configuration.tokenLifetime.seconds)
        )
        try await AccessTokenRepository.insert(record, now: now, in: transaction)
        let view = AccessTokenView(record)
        try await AuditRepository.append(
            AuditDraft(
                actor: owner,
                requestID: context.requestID,
                action: "Created",
                resource: "AccessToken/\(view.id)",
                message: "\(owner) got the access token \(record.name) (\(view.id)) by a device grant.",
                after: try JSON(encoding: view)
            ),
            outcome: .succeeded,
            now: now,
            in: transaction
        )
        return DeviceTokenAnswer(status: "authorized", token: token.text, tokenId: view.id, expiresAt: view.expiresAt)
    }

    /// The grant of a code that somebody who is logged in has typed.
    private func find(_ text: String, _ person: Person) async throws -> DeviceGrant {
        let instant = instant()
        if let seconds = budgets.withLockedValue({ $0.codes.take(person.id, now: instant) }) {
            throw OperationError.tooManyRequests(retryAfter: seconds)
        }
        guard let code = UserCode(text), let grant = try await onDatabase({ try await grants.find(code, now: now()) }) else {
            throw OperationError.noSuchGrant
        }
        return grant
    }

    /// What a person can do about a refusal, as HTML.
    ///
    /// - Parameter text: the code it was about, as it was sent.
    func hint(_ error: OperationError, _ text: String) -> String {
        switch error.status {
        case .notFound:
            return """
                <form method="get" action="\(HTMLPage.escape(configuration.publicPath))/device/activate">
                <label for="userCode">The code that the command line shows now</label>
                <input id="userCode" name="userCode" required maxlength="32" autocomplete="off" autocapitalize="characters" spellcheck="false">
                <button type="submit">Look again</button>
                </form>
                """
        case .unauthorized:
            return UserCode(text).map { "<p><a href=\"\(HTMLPage.escape(activation($0)))\">Log in and look again</a></p>" } ?? ""
        default: return ""
        }
    }

    /// A time for people, in UTC.
    static func time(_ date: Date) -> String { String(RESTTimestamp.text(date).prefix(19)).replacing("T", with: " ") + " UTC" }

    /// Path of the page of a code.
    private func activation(_ code: UserCode) -> String { "\(configuration.publicPath)/device/activate?userCode=\(code.text)" }
}

extension OperationError {
    /// 404: nobody waits for a decision on this code.
    static let noSuchGrant = OperationError(
        .notFound,
        code: "DEVICE_GRANT_NOT_FOUND",
        message: "No command line waits with this code; it was decided on, its time is over, or the code is mistyped."
    )

    /// 401: this is for people whose browser has a session.
    static let sessionNeeded = OperationError(
        .unauthorized,
        code: "UNAUTHORIZED",
        message: "Log in first: this needs the session of a browser (GET /auth/login)."
    )
}
