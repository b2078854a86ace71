import KubernetesClient

/// When a token is to be replaced.
struct TokenLife: Sendable, Hashable {
    /// How long before its end a token is replaced.
    static let margin: Duration = .seconds(300)

    var token: AccessToken
    /// When it was asked for.
    var since: Duration

    /// When a new one is to be had: five minutes before the end, but for short-lived ones half-way, so that they are not asked for with
    /// every call.
    var refreshAt: Duration { since + max(token.lifetime - Self.margin, token.lifetime / 2) }

    /// Whether it may be used.
    func isGood(at now: Duration) -> Bool { now < since + token.lifetime }
}

/// Keeps a token, and has one request for a new one under way at most, however many calls need it.
actor TokenCache {
    private let source: any AccessTokenSource
    private let time: TimeSource
    private var life: TokenLife?
    private var refresh: Task<Result<TokenLife, MachineError>, Never>?

    init(source: any AccessTokenSource, time: TimeSource) {
        self.source = source
        self.time = time
    }

    /// A token that is good.
    ///
    /// - Throws: ``MachineError`` when there is none; while the old one is good, a failure to replace it is no error.
    func token() async throws(MachineError) -> String {
        if let life, time.now < life.refreshAt { return life.token.text }
        // The request serves all who wait, so it outlives the one that began it; its calls are bounded in time.
        let task = refresh ?? begin()
        refresh = task
        let result = await task.value
        if refresh == task { refresh = nil }
        switch result {
        case .success(let new):
            life = new
            return new.token.text
        case .failure(let error):
            if let life, life.isGood(at: time.now) { return life.token.text }
            throw error
        }
    }

    /// Forgets a token that was refused.
    func drop(_ text: String) {
        if life?.token.text == text { life = nil }
    }

    private func begin() -> Task<Result<TokenLife, MachineError>, Never> {
        let (source, time) = (source, time)
        return Task {
            let asked = time.now
            do throws(MachineError) {
                return .success(TokenLife(token: try await source.fetch(), since: asked))
            } catch {
                return .failure(error)
            }
        }
    }
}
