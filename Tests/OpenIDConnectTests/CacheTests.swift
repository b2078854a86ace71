import Testing

@testable import OpenIDConnect

@Suite struct CacheTests {
    private func cache() -> RefreshingCache<String> { RefreshingCache(limits: .init(grace: .seconds(1000))) }
    private let trouble = OpenIDError(.providerUnreachable, "down")

    private func word(_ decision: RefreshingCache<String>.Decision) -> String {
        switch decision {
        case .use(let value): value
        case .fetch: "fetch"
        case .fail(let error): error.code.rawValue
        }
    }

    @Test func fetchesFirstAndAfterItsLife() {
        var cache = cache()
        #expect(word(cache.decide(.fresh, now: .seconds(0))) == "fetch")
        cache.store("a", life: .seconds(600), now: .seconds(0))
        #expect(word(cache.decide(.fresh, now: .seconds(599))) == "a")
        #expect(word(cache.decide(.fresh, now: .seconds(600))) == "fetch")
    }

    @Test(arguments: [(nil, 3600), (0, 300), (299, 300), (301, 301), (86_400, 86_400), (31_536_000, 86_400)] as [(Int?, Int)])
    func keepsLivesWithinBounds(life: Int?, used: Int) {
        var cache = cache()
        cache.store("a", life: life.map { .seconds($0) }, now: .seconds(0))
        #expect(word(cache.decide(.fresh, now: .seconds(used - 1))) == "a")
        #expect(word(cache.decide(.fresh, now: .seconds(used))) == "fetch")
    }

    @Test func usesTheOldWhileTheNewCannotBeHad() {
        var cache = cache()
        cache.store("a", life: .seconds(600), now: .seconds(0))
        cache.fail(trouble, now: .seconds(700))
        #expect(word(cache.decide(.fresh, now: .seconds(701))) == "a")
        #expect(word(cache.decide(.fresh, now: .seconds(702))) == "fetch")
        cache.fail(trouble, now: .seconds(1600))
        #expect(word(cache.decide(.fresh, now: .seconds(1601))) == "OIDC_PROVIDER_UNREACHABLE")
    }

    @Test func doesNotRememberAFailureForLong() {
        var cache = cache()
        cache.fail(trouble, now: .seconds(10))
        #expect(word(cache.decide(.fresh, now: .seconds(11))) == "OIDC_PROVIDER_UNREACHABLE")
        #expect(word(cache.decide(.fresh, now: .seconds(12))) == "fetch")
        cache.store("a", life: nil, now: .seconds(12))
        #expect(word(cache.decide(.fresh, now: .seconds(13))) == "a")
    }

    @Test func fetchesAnewForWhatIsLackingOnceAMinute() {
        var cache = cache()
        cache.store("a", life: nil, now: .seconds(0))
        #expect(word(cache.decide(.newer, now: .seconds(59))) == "a")
        #expect(word(cache.decide(.newer, now: .seconds(60))) == "fetch")
        cache.fail(trouble, now: .seconds(60))
        #expect(word(cache.decide(.newer, now: .seconds(119))) == "OIDC_PROVIDER_UNREACHABLE")
        #expect(word(cache.decide(.fresh, now: .seconds(119))) == "a")
        #expect(word(cache.decide(.newer, now: .seconds(120))) == "fetch")
        cache.store("b", life: nil, now: .seconds(120))
        #expect(word(cache.decide(.newer, now: .seconds(121))) == "b")
    }

    @Test(
        arguments: [
            (nil, nil), ("", nil), ("public", nil), ("max-age=60", 60), ("public, max-age=60", 60),
            ("Public,MAX-AGE=\"90\" , immutable", 90), ("max-age=-1", nil),
            ("max-age=x", nil), ("max-age=", nil), ("s-maxage=5", nil), ("no-store", 0), ("max-age=60, no-cache", 0),
            ("max-age=60, max-age=30", 30),
            ("max-age=99999999999999999999", nil),
        ] as [(String?, Int?)]
    )
    func readsCacheControl(header: String?, seconds: Int?) {
        #expect(CacheLifetime.read(cacheControl: header) == seconds.map { .seconds($0) })
    }
}
