/// Reads how long an answer may be used.
enum CacheLifetime {
    /// The `max-age` of a `Cache-Control` header (RFC 9111 section 5.2.2); zero for `no-store` and `no-cache`; `nil` when it says nothing.
    static func read(cacheControl header: String?) -> Duration? {
        guard let header else { return nil }
        var life: Duration?
        for directive in header.lowercased().split(separator: ",") {
            let text = directive.trimming { $0 == " " || $0 == "\t" }
            if text == "no-store" || text == "no-cache" { return .zero }
            guard text.hasPrefix("max-age=") else { continue }
            let digits = text.dropFirst("max-age=".count).trimming { $0 == "\"" }
            if let seconds = Int64(digits), seconds >= 0 { life = min(life ?? .seconds(seconds), .seconds(seconds)) }
        }
        return life
    }
}

extension Substring {
    fileprivate func trimming(_ isCut: (Character) -> Bool) -> Substring {
        var rest = drop(while: isCut)
        while let last = rest.last, isCut(last) { rest.removeLast() }
        return rest
    }
}
