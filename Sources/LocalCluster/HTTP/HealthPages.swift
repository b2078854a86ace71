/// `/healthz`, `/livez` and `/readyz`.
enum HealthPages {
    private static let checks = [
        "ping", "log", "etcd", "informer-sync", "poststarthook/generic-apiserver-start-informers",
        "poststarthook/start-apiextensions-informers", "poststarthook/start-apiextensions-controllers",
        "poststarthook/crd-informer-synced", "poststarthook/bootstrap-controller", "shutdown",
    ]

    /// - Parameter isVerbose: Whether each check gets a line of its own.
    static func respond(path: [String], isVerbose: Bool) -> APIResponse {
        let page = path[0]
        if path.count > 1 {
            return checks.contains(path.dropFirst().joined(separator: "/")) ? .text("ok") : .pageNotFound
        }
        guard isVerbose else { return .text("ok") }
        return .text(checks.map { "[+]\($0) ok\n" }.joined() + "\(page) check passed\n")
    }
}
