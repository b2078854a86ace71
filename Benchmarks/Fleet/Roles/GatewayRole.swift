import ArgumentParser
import BenchKit
import DevelopmentGateway
import Foundation
import ServiceLifecycle
import UnixSignals

/// The gateway of one machine, as `opencrane dev-gateway` runs it. It is nobody's child, and ends with the benchmark all the same.
struct GatewayRole: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "gateway", shouldDisplay: false)

    @Option var stateDir: String
    @Option var port: Int
    @Option var parent: Int32

    func run() async throws {
        let parent = parent
        let watch = Thread {
            while kill(parent, 0) == 0 { Thread.sleep(forTimeInterval: 1) }
            Foundation.exit(1)
        }
        watch.start()
        let token = ProcessInfo.processInfo.environment["OPENCLAW_GATEWAY_TOKEN"] ?? ""
        var settings = DevelopmentGatewayConfiguration(stateDirectory: stateDir, token: token)
        settings.port = port
        let gateway = try DevelopmentGateway(settings, logger: Setting.logger)
        try await ServiceGroup(services: [gateway], gracefulShutdownSignals: [.sigterm], logger: Setting.logger).run()
    }
}
