import FleetTemplates
import Foundation
import HTTPTypes
import Hummingbird
import JSONValue
import NIOConcurrencyHelpers
import NIOCore
import Testing

/// Answers the two operations a machine calls, and keeps what it was sent.
final class StandInControlPlane: Sendable {
    struct Call: Sendable {
        var path: String
        var authorization: String?
        var body: JSON
    }

    private let recorded = NIOLockedValueBox<[Call]>([])
    private let port: Int

    init(port: Int) {
        self.port = port
    }

    var address: String { "http://127.0.0.1:\(port)" }
    var calls: [Call] { recorded.withLockedValue { $0 } }

    func record(_ call: Call) { recorded.withLockedValue { $0.append(call) } }
}

/// Runs a stand-in on a free port, with a directory of its own.
///
/// - Parameters:
///   - secrets: what it hands out.
///   - refusal: the status it refuses the secrets with instead.
///   - first: how it refuses the first calls, one after the other.
func withStandInControlPlane(
    secrets: JSON,
    refusal: Int? = nil,
    first: [(status: Int, retryAfter: String?)] = [],
    _ body: @Sendable (StandInControlPlane, URL) async throws -> Void
) async throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "crane-bootstrap-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let (ports, announce) = AsyncStream.makeStream(of: Int.self)
    let plane = NIOLockedValueBox<StandInControlPlane?>(nil)
    let refusals = NIOLockedValueBox(first)
    let router = Router()
    router.post("/v1/bootstrap/**") { request, _ -> Response in
        let bytes = try await request.body.collect(upTo: 1_048_576)
        let path = request.uri.path
        plane.withLockedValue { $0 }?.record(
            StandInControlPlane.Call(
                path: path,
                authorization: request.headers[.authorization],
                body: (try? JSON(parsing: bytes.readableBytesView)) ?? .null
            )
        )
        if let refusal = refusals.withLockedValue({ $0.isEmpty ? nil : $0.removeFirst() }) {
            var headers = HTTPFields()
            if let pause = refusal.retryAfter { headers[.retryAfter] = pause }
            return Response(status: .init(code: refusal.status), headers: headers)
        }
        if path.hasSuffix("/secrets") {
            if let refusal { return Response(status: .init(code: refusal)) }
            return Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(bytes: secrets.serialized())))
        }
        return Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(string: "{}")))
    }
    let application = Application(
        router: router,
        configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
        onServerRunning: { channel in
            announce.yield(channel.localAddress?.port ?? 0)
            announce.finish()
        }
    )
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await application.run() }
        var iterator = ports.makeAsyncIterator()
        let port = try #require(await iterator.next())
        let stand = StandInControlPlane(port: port)
        plane.withLockedValue { $0 = stand }
        try await body(stand, directory)
        group.cancelAll()
    }
}

/// The bootstrap program, run as a machine runs it.
struct PythonProgram {
    let document: BootstrapDocument
    let directory: URL

    init(document: BootstrapDocument, in directory: URL) {
        self.document = document
        self.directory = directory
    }

    /// Runs it to its end, and gives its exit code.
    func run() async throws -> Int32 {
        let program = directory.appending(path: "bootstrap.py")
        let settings = directory.appending(path: "bootstrap.json")
        try BootstrapProgram.text.write(to: program, atomically: true, encoding: .utf8)
        try document.text().write(to: settings, atomically: true, encoding: .utf8)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", program.path, settings.path]
        process.standardInput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        return try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
    }
}
