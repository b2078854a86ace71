import Foundation
import KubernetesClient
import Logging

/// What every process of a benchmark uses.
package enum Setting {
    /// Errors only: logs must not be what is measured.
    package static let logger = Logger(label: "bench") {
        var handler = StreamLogHandler.standardError(label: $0)
        handler.logLevel = .error
        return handler
    }

    /// Nothing: an API server that ends complains of clients that are still there.
    package static let silent = Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }

    /// A client of the API server whose kubeconfig lies in a file.
    package static func client(kubeconfig path: String, userAgent: String) throws -> KubernetesClient {
        var configuration = try ClientConfiguration.load(kubeconfig: path)
        configuration.userAgent = userAgent
        return try KubernetesClient(configuration: configuration, logger: logger)
    }
}
