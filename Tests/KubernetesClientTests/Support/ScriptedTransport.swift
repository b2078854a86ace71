import KubernetesClient
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1

/// A transport that answers from a script, one step for each request, and keeps what was sent.
final class ScriptedTransport: Transport {
    enum Step: Sendable {
        case answer(Int, String = "{}", headers: [(String, String)] = [])
        case stream(TransportBody)
        case fail(TransportError.Code)
        case hang
        /// Throws as if the caller had given up, though it has not.
        case pretendCancelled
    }

    struct Cause: Error {}

    private let state: NIOLockedValueBox<(steps: [Step], requests: [TransportRequest])>

    init(_ steps: [Step]) { state = NIOLockedValueBox((steps, [])) }

    var requests: [TransportRequest] { state.withLockedValue { $0.requests } }

    func send(_ request: TransportRequest, headWithin limit: Duration) async throws -> TransportResponse {
        let step = state.withLockedValue { state -> Step in
            state.requests.append(request)
            return state.steps.isEmpty ? .fail(.connectionLost) : state.steps.removeFirst()
        }
        switch step {
        case .answer(let status, let body, let headers):
            return TransportResponse(status: status, headers: HTTPHeaders(headers), body: TransportBody([ByteBuffer(string: body)]))
        case .stream(let body): return TransportResponse(status: 200, body: body)
        case .fail(let code): throw TransportError(code, cause: Cause())
        case .pretendCancelled: throw CancellationError()
        case .hang:
            try await ContinuousClock().sleep(for: .seconds(3600))
            throw CancellationError()
        }
    }

    func close() async {}
}

extension KubernetesClient {
    /// A client that talks to a script.
    static func scripted(
        _ transport: ScriptedTransport,
        time: TimeSource = .system,
        _ change: (inout ClientConfiguration) -> Void = { _ in }
    ) throws -> KubernetesClient {
        var configuration = ClientConfiguration(server: "https://test:6443")
        change(&configuration)
        return try KubernetesClient(
            configuration: configuration,
            logger: Logger(label: "test"),
            time: time,
            random: { 0 },
            transport: transport
        )
    }
}
