import AsyncHTTPClient
import Foundation
import KubernetesClient
import KubernetesModel
import NIOCore
import NIOHTTP1
import Testing

@testable import ProcessRuntime

@Suite("A Deployment of processes behind a Service", .timeLimit(.minutes(10)))
struct RollingUpdateTests {
    /// Answers with its name, after a moment in which it does not listen. Told to end it goes on for a moment, for connections that the
    /// system has taken for it already, and lets requests end.
    private static func program(_ name: String) -> String {
        """
        #!/usr/bin/env python3
        import http.server, os, signal, threading, time

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                time.sleep(0.02)
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"\(name)")

            def log_message(self, *_):
                pass

        time.sleep(0.3)
        server = http.server.ThreadingHTTPServer((os.environ["HOST"], 8080), Handler)
        server.daemon_threads = False
        signal.signal(signal.SIGTERM, lambda *_: threading.Timer(1, server.shutdown).start())
        server.serve_forever()
        server.server_close()
        """
    }

    @Test("Two versions run side by side at one port, and callers lose nothing")
    func rolling() async throws {
        let directory = try Machine.temporaryDirectory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        for name in ["one", "two"] {
            try Self.program(name).write(toFile: "\(directory)/\(name)", atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(directory)/\(name)")
        }
        let forward = ServiceForward(namespace: Machine.namespace, service: "web", port: 80, localPort: 0)
        let images = ["web:1=\(directory)/one", "web:2=\(directory)/two"]
        try await Machine.run(images: images, forwards: [forward]) { machine in
            var container = CoreV1.Container(name: "main", image: "web:1")
            container.ports = [.init(name: "http", containerPort: 8080)]
            container.readinessProbe = .init(httpGet: .init(path: "/", port: "http"), periodSeconds: 1, timeoutSeconds: 10)
            container.livenessProbe = .init(tcpSocket: .init(port: "http"), initialDelaySeconds: 60)
            let deployments = machine.client.resource(AppsV1.Deployment.self, namespace: Machine.namespace)
            _ = try await deployments.create(
                AppsV1.Deployment(
                    metadata: ObjectMeta(name: "web"),
                    spec: .init(
                        replicas: 1,
                        selector: LabelSelector(matchLabels: ["app": "web"]),
                        template: .init(metadata: ObjectMeta(labels: ["app": "web"]), spec: .init(containers: [container]))
                    )
                )
            )
            _ = try await machine.client.resource(CoreV1.Service.self, namespace: Machine.namespace).create(
                CoreV1.Service(
                    metadata: ObjectMeta(name: "web"),
                    spec: .init(selector: ["app": "web"], ports: [.init(port: 80, targetPort: "http")])
                )
            )
            let port = try #require(machine.runtime.port(of: forward))
            @Sendable func ask() async -> String? {
                var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/")
                request.headers.replaceOrAdd(name: "Connection", value: "close")
                guard let answer = try? await HTTPClient.shared.execute(request, timeout: .seconds(30)),
                    let body = try? await answer.body.collect(upTo: 100)
                else { return nil }
                return String(buffer: body)
            }
            try await Machine.eventually("the first one answers") { await ask() == "one" }

            var change = container
            change.image = "web:2"
            var wanted = try await deployments.get("web")
            wanted.spec?.template?.spec?.containers = [change]
            _ = try await deployments.update(wanted)
            var answers: [String?] = []
            let deadline = ContinuousClock.now + .seconds(90)
            while ContinuousClock.now < deadline {
                answers.append(await ask())
                if answers.last == "two", try await machine.pods.list().items.count == 1 { break }
            }
            #expect(!answers.contains(nil) && answers.contains("one") && answers.last == "two")
            let status = try await deployments.get("web").status
            #expect(status?.readyReplicas == 1)

            // Without a pod there is nobody to lead to.
            _ = try await deployments.delete("web")
            try await Machine.eventually("all is gone") { try await machine.pods.list().items.isEmpty }
            #expect(await ask() == nil)
        }
    }
}
