import HTTPTypes
import Hummingbird
import KubernetesClient
import Logging
import NIOConcurrencyHelpers
import NIOCore
import Observability
import ServiceLifecycle

/// Answers `/healthz`, `/readyz` and `/metrics` on a port of its own, so that probes do not wait behind the work.
///
/// `/healthz/NAME` and `/readyz/NAME` do one check. The text lists the checks; why one failed is in the log only.
public final class HealthServer: ServiceLifecycle.Service {
    /// Where it listens.
    public struct Address: Sendable, Hashable {
        /// The address of the interface.
        public var host: String
        /// The port; 0 for any free one.
        public var port: Int

        /// Makes an address. Default: all interfaces, port 8081.
        public init(host: String = "0.0.0.0", port: Int = 8081) {
            self.host = host
            self.port = port
        }
    }

    private let address: Address
    private let checks: HealthChecks
    private let registry: PrometheusRegistry?
    private let logger: Logger
    private let boundPort = NIOLockedValueBox<Int?>(nil)
    private let bound = Latch()

    /// Makes a server.
    ///
    /// - Parameter registry: what `/metrics` shows; without one that path is not there.
    public init(address: Address, checks: HealthChecks, registry: PrometheusRegistry?, logger: Logger) {
        self.address = address
        self.checks = checks
        self.registry = registry
        self.logger = logger
    }

    /// The port it listens on; `nil` before it does.
    public var port: Int? { boundPort.withLockedValue { $0 } }

    /// Returns the port once it listens.
    ///
    /// - Throws: `CancellationError`.
    public func waitUntilListening() async throws -> Int {
        try await bound.wait()
        return port ?? address.port
    }

    /// Serves until the task is cancelled or the service group shuts down.
    ///
    /// - Throws: when the port cannot be had.
    public func run() async throws {
        let router = Router()
        for (path, run) in [("/healthz", checks.liveness(only:)), ("/readyz", checks.readiness(only:))] {
            router.get(RouterPath(path)) { [logger] _, _ in Self.answer(await run(nil), path: path, logger: logger) }
            router.get(RouterPath("\(path)/:check")) { [logger] _, context in
                Self.answer(await run(context.parameters.get("check")), path: path, logger: logger)
            }
        }
        if let registry {
            router.get("/metrics") { _, _ in
                Response(
                    status: .ok,
                    headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                    body: ResponseBody(byteBuffer: ByteBuffer(string: registry.exposition()))
                )
            }
        }
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        let application = Application(
            router: router,
            configuration: ApplicationConfiguration(address: .hostname(address.host, port: address.port), serverName: nil),
            onServerRunning: { [boundPort, bound] channel in
                boundPort.withLockedValue { $0 = channel.localAddress?.port }
                bound.open()
            },
            logger: quiet
        )
        try await application.run()
    }

    private static func answer(_ report: HealthChecks.Report?, path: String, logger: Logger) -> Response {
        guard let report else { return text("no such check\n", status: .notFound) }
        var lines = report.results.sorted { $0.key < $1.key }.map { "[\($0.value ? "+" : "-")]\($0.key) \($0.value ? "ok" : "failed")" }
        lines.append("\(path.dropFirst()) check \(report.isHealthy ? "passed" : "failed")")
        if !report.isHealthy {
            logger.warning("A health check failed", metadata: ["path": "\(path)", "causes": "\(report.failures)"])
        }
        return text(lines.joined(separator: "\n") + "\n", status: report.isHealthy ? .ok : .serviceUnavailable)
    }

    private static func text(_ text: String, status: HTTPResponse.Status) -> Response {
        Response(
            status: status,
            headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text))
        )
    }
}
