import AsyncHTTPClient
import Foundation
import JSONValue
import LocalCluster
import Testing

/// Figures, not judgements: `LOCAL_CLUSTER_MEASURE=1` prints how fast the server is on this machine.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["LOCAL_CLUSTER_MEASURE"] != nil))
struct MeasureTests {
    @Test(arguments: [false, true])
    func createsPerSecondAndWatchLatency(isDurable: Bool) async throws {
        let directory = NSTemporaryDirectory() + "measure-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try await withServer(ClusterServer.Configuration(dataDirectory: isDurable ? directory : nil)) { server, client in
            expect(201, try await client.post("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", SampleDefinition.json))
            let clock = ContinuousClock()
            let count = 4000
            let reader = try await client.watch("\(SampleDefinition.path)?watch=1&resourceVersion=\(server.revision)")
            async let seen = reader.events(count, within: .seconds(120))
            let start = clock.now
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<16 {
                    group.addTask {
                        for index in 0..<(count / 16) {
                            _ = try await client.post(SampleDefinition.path, SampleDefinition.object("g-\(worker)-\(index)"))
                        }
                    }
                }
                try await group.waitForAll()
            }
            let taken = clock.now - start
            let all = try await seen.count
            let lag = clock.now - start - taken
            let listStart = clock.now
            let bytes = try await client.get(SampleDefinition.path).bytes.count
            let list = clock.now - listStart
            var latencies: [Duration] = []
            for index in 0..<50 {
                let one = try await client.watch("\(SampleDefinition.path)?watch=1&resourceVersion=\(server.revision)")
                let begin = clock.now
                async let event = one.events(1)
                _ = try await client.merge("\(SampleDefinition.path)/g-0-\(index)", ["spec": ["size": 7]])
                _ = try await event
                latencies.append(clock.now - begin)
            }
            latencies.sort()
            print(
                "durable \(isDurable): \(count) creates in \(taken), watcher saw \(all) \(lag) later, list of \(bytes) bytes in \(list), patch to event p50 \(latencies[25]) p95 \(latencies[47])"
            )
        }
    }
}
