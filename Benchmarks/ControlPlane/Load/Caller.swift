import AsyncHTTPClient
import BenchKit
import JSONValue
import NIOCore
import NIOHTTP1

/// A request of a caller.
struct Call: Sendable {
    var operation: OperationClass
    var method: HTTPMethod
    var path: String
    var body: JSON?
    /// The key of a write.
    var key: String?
    /// The version that is to be changed.
    var tag: String?
}

/// An answer.
struct Answer: Sendable {
    var status: Int
    var tag: String?
    var body: JSON
}

/// One connection's requests, one after the other: to its own replica, and while that one does not answer to the next.
struct Caller: Sendable {
    /// How long it stays with another replica before it tries its own again.
    private static let avoidance = Duration.seconds(1)
    /// How long a request is repeated.
    private static let patience = Duration.seconds(120)

    private let http: HTTPClient
    private let bases: [String]
    private let token: String
    private let home: Int
    private var place: Int
    private var homeAfter = ContinuousClock.now
    private(set) var observations = Observations()

    init(http: HTTPClient, bases: [String], token: String, home: Int) {
        self.http = http
        self.bases = bases
        self.token = token
        self.home = home % bases.count
        place = home % bases.count
    }

    /// Forgets what was seen so far.
    mutating func beginAnew() { observations = Observations() }

    /// Sends a request until it is answered.
    ///
    /// - Throws: ``BenchError`` for an answer that must not be given, and when there is none.
    mutating func send(_ call: Call, using random: inout SplitMix) async throws -> Answer {
        let start = Moment.now
        let deadline = ContinuousClock.now + Self.patience
        var backoff = Backoff()
        var reason: String?
        var noticed = start
        if place != home, ContinuousClock.now >= homeAfter { place = home }
        while true {
            let outcome: String
            do {
                let answer = try await attempt(call)
                let code = answer.body["code"]?.stringValue
                switch Repetition(status: answer.status, code: code) {
                case .none:
                    observations.attempted("\(answer.status)")
                    let took = Moment.now - start
                    observations.answered(call.operation, after: took)
                    if let reason {
                        observations.interrupted(
                            .init(noticed: noticed, nanoseconds: took, isWrite: call.operation.isWrite, reason: reason)
                        )
                    }
                    return answer
                case .wrong:
                    observations.attempted("\(answer.status) \(code ?? "")")
                    throw BenchError(
                        "\(call.method) \(call.path) (key \(call.key ?? "none"), before: \(reason ?? "nothing")): "
                            + "\(answer.status) \(answer.body.text().prefix(300))"
                    )
                case .again: outcome = "\(answer.status) \(code ?? "")"
                }
            } catch let error as BenchError {
                throw error
            } catch {
                outcome = "lost: \(Self.name(error))"
            }
            observations.attempted(outcome)
            if reason == nil { noticed = .now }
            reason = outcome
            place = (place + 1) % bases.count
            homeAfter = .now + Self.avoidance
            guard ContinuousClock.now < deadline else {
                throw BenchError(
                    "\(call.method) \(call.path) (key \(call.key ?? "none")) has had no answer for \(Self.patience): \(outcome)"
                )
            }
            try await Task.sleep(for: backoff.next(using: &random))
        }
    }

    private func attempt(_ call: Call) async throws -> Answer {
        var request = HTTPClientRequest(url: bases[place] + call.path)
        request.method = call.method
        request.headers.add(name: "Authorization", value: "Bearer \(token)")
        if let key = call.key {
            request.headers.add(name: "Idempotency-Key", value: key)
            // The trail names the request, so that each effect can be told from the others.
            request.headers.add(name: "X-Request-Id", value: key)
        }
        if let tag = call.tag { request.headers.add(name: "If-Match", value: tag) }
        if let body = call.body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: body.serialized()))
        }
        let response = try await http.execute(request, timeout: .seconds(40))
        let content = try await response.body.collect(upTo: 32 << 20)
        let body = content.readableBytes == 0 ? JSON.null : try JSON(parsing: content.readableBytesView)
        return Answer(status: Int(response.status.code), tag: response.headers.first(name: "ETag"), body: body)
    }

    /// A few words for an error, so that equal ones can be counted.
    private static func name(_ error: any Error) -> String {
        if let error = error as? HTTPClientError { return error.shortDescription }
        return "\(type(of: error))"
    }
}
