import Logging
import ServiceLifecycle

/// Forgets the answers of writes whose time for repetitions is over. Any number of replicas may run one.
struct MutationKeeper: Service {
    let writer: MutationWriter
    /// Time between two looks.
    var interval: Duration = .seconds(600)
    let logger: Logger

    /// Forgets until shut down.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await writer.forget()
                } catch is CancellationError {
                    return
                } catch {
                    logger.warning("old answers of writes could not be forgotten", metadata: ["error": .string("\(error)")])
                }
                do { try await Task.sleep(for: interval) } catch { return }
            }
        }
    }
}
