import Hummingbird
import Logging
import NIOCore

/// What a request brings besides its bytes: the connection, for its client certificate.
struct ClusterRequestContext: InitializableFromSource, Sendable {
    let channel: any Channel
    let logger: Logger

    init(source: ApplicationRequestContextSource) {
        channel = source.channel
        logger = source.logger
    }
}
