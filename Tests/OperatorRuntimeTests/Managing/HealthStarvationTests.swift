import Foundation
import Glibc
import Logging
import NIOConcurrencyHelpers
import Observability
import OperatorRuntime
import Testing

/// In a process of its own, because everything in it stands still for seconds.
@Suite struct HealthStarvationTests {
    @Test func livenessAnswersWhileAllThreadsOfTasksAreBlocked() async {
        await #expect(processExitsWith: .success) {
            let checks = HealthChecks(limit: .milliseconds(100), pulseLimit: .milliseconds(400))
            checks.addLiveness("ping") {}
            checks.addReadiness("caches") {}
            let registry = PrometheusRegistry()
            let server = HealthServer(
                address: .init(host: "127.0.0.1", port: 0),
                checks: checks,
                registry: registry,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            let running = Task { try await server.run() }
            let port = try await server.waitUntilListening()
            #expect(Self.get("/workz", port).status == 200)
            // Twice as many as there are threads, each for longer than the measurement takes.
            for _ in 0..<(2 * ProcessInfo.processInfo.activeProcessorCount) {
                Task.detached { usleep(3_000_000) }  // wait: a blocked thread is the subject
            }
            let answers = await withCheckedContinuation { continuation in
                Thread.detachNewThread {
                    usleep(1_000_000)  // wait: the pulse must have stood still for longer than its limit
                    let answers = ["/healthz", "/workz", "/metrics", "/readyz"].map { Self.get($0, port) }
                    continuation.resume(returning: answers)
                }
            }
            try #require(answers.map(\.status) == [200, 503, 200, 503])
            try #require(answers[0].seconds < 1 && answers[1].seconds < 1 && answers[2].seconds < 1)
            try #require(answers[1].text.contains("[-]tasks failed"))
            running.cancel()
        }
    }

    /// Asks without any task.
    private static func get(_ path: String, _ port: Int) -> (status: Int, text: String, seconds: Double) {
        let start = DispatchTime.now().uptimeNanoseconds
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard connected == 0 else { return (0, "", 0) }
        let request = Array("GET \(path) HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".utf8)
        _ = write(descriptor, request, request.count)
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count <= 0 { break }
            bytes += buffer[..<count]
        }
        let text = String(decoding: bytes, as: UTF8.self)
        let seconds = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
        return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0, text, seconds)
    }
}
