import AsyncHTTPClient
import BenchKit
import NIOCore
import NIOHTTP1

/// One of the control planes.
struct Replica: Sendable {
    let program: Program
    let port: Int
    let healthPort: Int

    /// Where it is asked.
    var base: String { "http://127.0.0.1:\(port)" }

    /// Whether it says that it can work; an answer that does not come is a no.
    func isReady() async -> Bool {
        let request = HTTPClientRequest(url: "http://127.0.0.1:\(healthPort)/readyz")
        return (try? await HTTPClient.shared.execute(request, timeout: .seconds(10)))?.status == .ok
    }

    /// Waits until it is ready.
    ///
    /// - Throws: ``BenchError`` when it ended, and after a minute.
    func waitUntilReady() async throws {
        try await eventually("\(program.name) ready", within: .seconds(60)) { await isReady() || !program.isRunning }
        guard program.isRunning else { throw BenchError("\(program.name) has ended:\n\(program.tail())") }
    }
}
