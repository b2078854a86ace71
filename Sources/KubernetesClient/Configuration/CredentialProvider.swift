import Foundation
import KubernetesModel

/// Gives the credentials of each request, and renews those that run out.
actor CredentialProvider {
    /// What one request carries.
    struct Current: Sendable {
        var authorization: String?
        var identity: ClientTLS.Identity?
        /// Tells credentials apart that followed each other, so that connections are not shared between them, and so that only those
        /// are given up that a server did not accept.
        var generation = 0
    }

    private struct Cached {
        var current: Current
        /// When to read again; `nil` for never.
        var expires: Duration?
    }

    /// How long a token file's content is used (the kubelet renews tokens long before they end).
    private static let fileLifetime: Duration = .seconds(60)

    private let credentials: Credentials
    private let server: String
    private let tls: ClientTLS
    private let time: TimeSource
    private let proxy: String?
    private let runner: ExecRunner
    private var cached: Cached?
    /// Who waits for the renewal under way, by number.
    private var waiting: [Int: CheckedContinuation<Current, any Error>] = [:]
    private var nextWaiter = 0
    private var isRenewing = false
    private var generation = 0
    /// What was in the token file when it could be read last.
    private var lastToken: Current?

    init(credentials: Credentials, server: String, tls: ClientTLS, time: TimeSource, proxy: String? = nil, runner: ExecRunner = .process) {
        self.credentials = credentials
        self.server = server
        self.tls = tls
        self.time = time
        self.proxy = proxy
        self.runner = runner
    }

    /// Whether asking again after ``invalidate(generation:)`` may give something else.
    nonisolated var isRenewable: Bool {
        switch credentials {
        case .tokenFile, .exec: true
        case .none, .bearer, .basic: false
        }
    }

    func current() async throws -> Current {
        switch credentials {
        case .none: return Current()
        case .bearer(let token): return Current(authorization: "Bearer \(token)")
        case .basic(let user, let password):
            return Current(authorization: "Basic \(Data("\(user):\(password)".utf8).base64EncodedString())")
        case .tokenFile, .exec:
            if let cached, cached.expires.map({ time.now < $0 }) ?? true { return cached.current }
            return try await renew()
        }
    }

    /// The server did not accept what was given: get it again next time, unless that happened since.
    func invalidate(generation: Int) {
        if cached?.current.generation == generation { cached = nil }
    }

    /// Several requests at once wait for one renewal. Each may give up by itself; the renewal goes on for the others, and for those to come.
    private func renew() async throws -> Current {
        if !isRenewing {
            isRenewing = true
            Task { await renewOnce() }
        }
        nextWaiter += 1
        let number = nextWaiter
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                if Task.isCancelled { continuation.resume(throwing: CancellationError()) } else { waiting[number] = continuation }
            }
        } onCancel: {
            Task { await self.leave(number) }
        }
    }

    /// Only the renewal itself stores what came of it, so that a late waiter cannot undo a later one.
    private func renewOnce() async {
        let result: Result<Current, any Error>
        do {
            let renewed = try await fetch()
            cached = renewed
            result = .success(renewed.current)
        } catch {
            result = .failure(error)
        }
        isRenewing = false
        let waiting = waiting
        self.waiting = [:]
        for continuation in waiting.values { continuation.resume(with: result) }
    }

    private func leave(_ number: Int) { waiting.removeValue(forKey: number)?.resume(throwing: CancellationError()) }

    private static func token(_ path: String) throws -> String {
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
        } catch {
            throw KubernetesError(.credentials, "The token file \(path) cannot be read", cause: error)
        }
        guard !text.isEmpty else { throw KubernetesError(.credentials, "The token file \(path) is empty") }
        return text
    }

    private func fetch() async throws -> Cached {
        switch credentials {
        case .tokenFile(let path):
            do {
                let token = try Self.token(path)
                generation += 1
                let current = Current(authorization: "Bearer \(token)", generation: generation)
                lastToken = current
                return Cached(current: current, expires: time.now + Self.fileLifetime)
            } catch {
                // It may just be replaced, and what was in it may be good for a while.
                guard let lastToken else { throw error }
                return Cached(current: lastToken, expires: time.now + .seconds(1))
            }
        case .exec(let plugin):
            let credential = try await time.withTimeout(.seconds(60)) { [runner, server, tls, proxy] in
                try await ExecCredential.obtain(plugin, server: server, tls: tls, proxy: proxy, runner: runner)
            }
            generation += 1
            let lifetime = credential.expires.map { Duration.seconds($0.timeIntervalSince(time.timestamp.date) - 10) }
            return Cached(
                current: Current(
                    authorization: credential.token.map { "Bearer \($0)" },
                    identity: credential.identity,
                    generation: generation
                ),
                expires: lifetime.map { time.now + max($0, .zero) }
            )
        case .none, .bearer, .basic: return Cached(current: Current(), expires: nil)
        }
    }
}
