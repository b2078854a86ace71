import Foundation
import JSONValue
import NIOCore
import Testing

@testable import LocalCluster

@Suite("Output of containers") struct PodLogTests {
    private static let pods = "/api/v1/namespaces/default/pods"

    @Test("The output is what the runner's file holds: all of it, its last lines, its first bytes, and that of the life before")
    func output() async throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        try "one\ntwo\nthree\n".write(to: directory.appendingPathComponent("web-a"), atomically: true, encoding: .utf8)
        try "before\n".write(to: directory.appendingPathComponent("web-a-previous"), atomically: true, encoding: .utf8)
        var configuration = ClusterServer.Configuration()
        configuration.podLogs = { query in
            let path = directory.path + "/\(query.pod)-\(query.container)\(query.isPrevious ? "-previous" : "")"
            return FileManager.default.fileExists(atPath: path) ? path : nil
        }
        try await withServer(configuration) { _, client in
            for (name, containers) in [("web", ["a", "b"]), ("single", ["a"])] {
                let list: [JSON] = containers.map { ["name": .string($0), "image": "x:1"] }
                expect(201, try await client.post(Self.pods, ["metadata": ["name": .string(name)], "spec": ["containers": .array(list)]]))
            }
            func log(_ query: String, of pod: String = "web") async throws -> String {
                let answer = try await client.get("\(Self.pods)/\(pod)/log?\(query)")
                expect(200, answer)
                return answer.text
            }
            #expect(try await log("container=a") == "one\ntwo\nthree\n")
            #expect(try await log("container=a&tailLines=2") == "two\nthree\n")
            #expect(try await log("container=a&tailLines=0") == "")
            #expect(try await log("container=a&tailLines=9") == "one\ntwo\nthree\n")
            #expect(try await log("container=a&limitBytes=5") == "one\nt")
            #expect(try await log("container=a&previous=true") == "before\n")
            #expect(try await log("container=b") == "")
            #expect(try await log("", of: "single") == "")
            let unnamed = try await client.get("\(Self.pods)/web/log")
            expect(400, unnamed)
            #expect(unnamed.message == "a container name must be specified for pod web, choose one of: [a b]")
            expect(400, try await client.get("\(Self.pods)/web/log?container=c"))
            expect(400, try await client.get("\(Self.pods)/web/log?container=b&previous=true"))
            expect(404, try await client.get("\(Self.pods)/gone/log"))

            // Followed until the container ends, with what it said last.
            let running: JSON = [
                "status": ["containerStatuses": [["name": "a", "state": ["running": ["startedAt": "2026-01-01T00:00:00Z"]]]]]
            ]
            expect(200, try await client.merge("\(Self.pods)/web/status", running))
            async let followed = log("container=a&follow=true&tailLines=1")
            let file = try FileHandle(forWritingTo: directory.appendingPathComponent("web-a"))
            try file.seekToEnd()
            try file.write(contentsOf: Data("four\n".utf8))
            let ended: JSON = ["status": ["containerStatuses": [["name": "a", "state": ["terminated": ["exitCode": 0]]]]]]
            expect(200, try await client.merge("\(Self.pods)/web/status", ended))
            let text = try await followed
            #expect(text == "three\nfour\n" || text == "four\n")
        }
    }

    @Test("A file that begins again, since it had become too large, is followed from its beginning")
    func beginsAgain() async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("log-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data("new\n".utf8).write(to: URL(fileURLWithPath: path))
        var sent = ""
        try await LogFollower(path: path, shown: Array("shown\n".utf8), offset: 900) { true }.run { sent += String(buffer: $0) }
        #expect(sent == "shown\nnew\n")
    }
}
