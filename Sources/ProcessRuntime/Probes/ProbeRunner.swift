import AsyncHTTPClient
import Foundation
import KubernetesModel
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Tries probes.
final class ProbeRunner: Sendable {
    /// A probe of a running container.
    struct Job: Sendable {
        var probe: CoreV1.Probe
        var timeout: Duration
        var address: String
        var containers: [CoreV1.Container]
        /// The command of the container, for its variables and its directory.
        var command: ContainerCommand
    }

    /// How much of an answer is read.
    private static let bodyBound = 10 << 10

    private let http: HTTPClient
    private let orphans: OrphanGuard

    /// - Parameter orphans: ends commands that this process cannot.
    init(orphans: OrphanGuard) {
        self.orphans = orphans
        var tls = TLSConfiguration.makeClientConfiguration()
        // As kubelets do: a probe is asked whether there is an answer, not by whom.
        tls.certificateVerification = .none
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls, redirectConfiguration: .disallow)
        configuration.httpVersion = .http1Only
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    func shutdown() async { try? await http.shutdown() }

    /// Whether a probe succeeds in time.
    func run(_ job: Job) async -> Bool {
        if let action = job.probe.httpGet { return await get(action, job) }
        if let action = job.probe.tcpSocket { return await connect(action, job) }
        if let command = job.probe.exec?.command, !command.isEmpty { return await execute(command, job) }
        return true
    }

    private func get(_ action: CoreV1.HTTPGetAction, _ job: Job) async -> Bool {
        guard let port = ServiceForward.number(action.port, of: job.containers) else { return false }
        let scheme = (action.scheme ?? "HTTP").lowercased()
        let path = action.path ?? "/"
        var request = HTTPClientRequest(url: "\(scheme)://\(action.host ?? job.address):\(port)\(path.hasPrefix("/") ? path : "/" + path)")
        request.headers.replaceOrAdd(name: "User-Agent", value: "kube-probe/1.32")
        request.headers.replaceOrAdd(name: "Connection", value: "close")
        // The client's own timeout ends with the head of the answer; kubelets want the body in time too.
        return await Self.inTime(job.timeout) { [http, request] in
            guard let answer = try? await http.execute(request, timeout: TimeAmount(job.timeout)) else { return false }
            var size = 0
            do {
                for try await part in answer.body {
                    size += part.readableBytes
                    if size >= Self.bodyBound { break }
                }
            } catch {
                return false
            }
            return (200..<400).contains(answer.status.code)
        }
    }

    /// What is found out within a time; otherwise no.
    private static func inTime(_ timeout: Duration, _ body: @escaping @Sendable () async -> Bool) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { await body() }
            group.addTask {
                try? await Task.sleep(for: timeout)
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
    }

    private func connect(_ action: CoreV1.TCPSocketAction, _ job: Job) async -> Bool {
        guard let port = ServiceForward.number(action.port, of: job.containers) else { return false }
        let connecting = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(TimeAmount(job.timeout))
            .connect(host: job.address, port: port)
        guard let channel = try? await connecting.get() else { return false }
        channel.close(promise: nil)
        return true
    }

    private func execute(_ words: [String], _ job: Job) async -> Bool {
        var command = job.command
        command.words = words
        let (ends, end) = AsyncStream.makeStream(of: Bool.self, bufferingPolicy: .bufferingOldest(1))
        guard
            let process = try? ChildProcess(
                command,
                log: "/dev/null",
                orphans: orphans,
                ended: {
                    end.yield($1.isSuccess)
                    end.finish()
                }
            )
        else { return false }
        defer { process.signal(hard: true) }
        return await Self.inTime(job.timeout) { await ends.first { _ in true } ?? false }
    }
}
