import KubernetesModel
import LocalCluster
import Logging
import NIOConcurrencyHelpers
import NIOHTTP1

@testable import KubernetesClient

/// Carries a number of writes, the last of them without its answer, and then nothing any more: as if the process were killed there.
final class CrashingTransport: Transport {
    private let base: any Transport
    private let limit: Int
    private let sent = NIOLockedValueBox(0)

    init(_ base: any Transport, writes limit: Int) {
        self.base = base
        self.limit = limit
    }

    /// Whether the process counts as killed.
    var hasCrashed: Bool { sent.withLockedValue { $0 >= limit } }

    func send(_ request: TransportRequest, headWithin bound: Duration) async throws -> TransportResponse {
        let isWrite = !["GET", "HEAD"].contains("\(request.method)") && !request.target.contains("/events")
        let number = sent.withLockedValue { count -> Int in
            if count >= limit { return limit + 1 }
            if isWrite { count += 1 }
            return count
        }
        if number > limit { throw TransportError(.connectionLost, cause: CancellationError()) }
        let response = try await base.send(request, headWithin: bound)
        if isWrite, number == limit { throw TransportError(.connectionLost, cause: CancellationError()) }
        return response
    }

    func close() async { await base.close() }
}

extension Stage {
    /// A client that dies with a write.
    func crashingClient(afterWrites count: Int) throws -> (KubernetesClient, CrashingTransport) {
        let configuration = try Self.configuration(of: server, agent: "operator-that-crashes")
        let transport = CrashingTransport(try HTTPTransport(configuration: configuration, time: .system), writes: count)
        return (try KubernetesClient(configuration: configuration, logger: Self.quiet, transport: transport), transport)
    }
}
