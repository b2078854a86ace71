import ArgumentParser
import DevelopmentGateway
import Foundation
import Logging
import Observability
import ServiceLifecycle
import UnixSignals

/// `opencrane dev-gateway`: the gateway's protocol with real files and no models behind it.
struct DevGatewayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dev-gateway",
        abstract: "Serves the OpenClaw gateway protocol over real files. For development and tests only.",
        discussion: "The shared token comes from the environment; see --token-env. Agents answer without a model."
    )

    @Option(help: "Directory of openclaw.json, workspaces and sessions.")
    var stateDir: String

    @Option(help: "Port to listen on; 0 takes a free one.")
    var port = 18_789

    @Option(help: "Address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "Name of the variable that holds the shared token.")
    var tokenEnv = "OPENCLAW_GATEWAY_TOKEN"

    @Option(help: "File of the certificate (PEM), to speak TLS.")
    var tlsCertificate: String?

    @Option(help: "File of the certificate's key (PEM).")
    var tlsKey: String?

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("The port is no port.") }
        guard (tlsCertificate == nil) == (tlsKey == nil) else { throw ValidationError("A certificate and its key are given together.") }
    }

    func run() async throws {
        guard let token = ProcessInfo.processInfo.environment[tokenEnv], !token.isEmpty else {
            throw ValidationError("The variable \(tokenEnv) has to hold the gateway's token.")
        }
        let logger = Logger(label: "opencrane.dev-gateway") { JSONLogHandler(label: $0) }
        var settings = DevelopmentGatewayConfiguration(stateDirectory: stateDir, token: token)
        settings.host = host
        settings.port = port
        if let tlsCertificate, let tlsKey { settings.tls = .init(certificateFile: tlsCertificate, keyFile: tlsKey) }
        let gateway = try DevelopmentGateway(settings, logger: logger)
        try await ServiceGroup(services: [gateway], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger).run()
    }
}
