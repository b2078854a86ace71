import Foundation
import KubernetesClient
import Logging

/// What every process of a benchmark uses.
enum Setting {
    /// Errors only: logs must not be what is measured.
    static let logger = Logger(label: "enginebench") {
        var handler = StreamLogHandler.standardError(label: $0)
        handler.logLevel = .error
        return handler
    }

    /// Nothing: an API server that ends complains of clients that are still there.
    static let silent = Logger(label: "enginebench") { _ in SwiftLogNoOpLogHandler() }

    /// A client of the API server whose kubeconfig lies in a file.
    static func client(kubeconfig path: String, userAgent: String) throws -> KubernetesClient {
        var configuration = try ClientConfiguration.load(kubeconfig: path)
        configuration.userAgent = userAgent
        return try KubernetesClient(configuration: configuration, logger: logger)
    }
}
