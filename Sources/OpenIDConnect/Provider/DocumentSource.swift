/// A document of the provider: kept while it is fresh, fetched once for all who wait.
actor DocumentSource<Value: Sendable> {
    /// What a fetch brings.
    struct Fetched: Sendable {
        var value: Value
        /// How long it may be used, as its headers say.
        var life: Duration?
    }

    private var cache: RefreshingCache<Value>
    private var fetching: Task<Void, Never>?
    private let now: @Sendable () -> Duration
    private let load: @Sendable () async throws(OpenIDError) -> Fetched

    /// - Parameters:
    ///   - now: time since any fixed moment; never goes back.
    ///   - load: fetches; bounded in time.
    init(
        limits: RefreshingCache<Value>.Limits,
        now: @escaping @Sendable () -> Duration,
        load: @escaping @Sendable () async throws(OpenIDError) -> Fetched
    ) {
        cache = RefreshingCache(limits: limits)
        self.now = now
        self.load = load
    }

    /// The document.
    ///
    /// - Parameter need: whether the one at hand will do.
    /// - Throws: ``OpenIDError`` of the fetch.
    func value(_ need: RefreshingCache<Value>.Need = .fresh) async throws(OpenIDError) -> Value {
        if case .fetch = cache.decide(need, now: now()) { await fetch() }
        switch cache.decide(need, now: now()) {
        case .use(let value): return value
        case .fail(let error): throw error
        case .fetch: throw OpenIDError(.providerUnreachable, "The provider's answer was too old when it arrived.")
        }
    }

    private func fetch() async {
        if let fetching {
            await fetching.value
            return
        }
        // A task of its own: it serves all who wait, so it must not end with the one who came first.
        let task = Task { await self.fetchAndStore() }
        fetching = task
        await task.value
    }

    private func fetchAndStore() async {
        do throws(OpenIDError) {
            let fetched = try await load()
            cache.store(fetched.value, life: fetched.life, now: now())
        } catch {
            cache.fail(error, now: now())
        }
        fetching = nil
    }
}
