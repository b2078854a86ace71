import JSONValue
import LocalCluster
import Testing

@Suite struct FaultTests {
    static let maps = "/api/v1/namespaces/default/configmaps"
    static func map(_ name: String) -> JSON {
        ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": .string(name)], "data": ["a": "1"]]
    }

    @Test(arguments: [409, 410, 429, 500, 503])
    func aStatusIsAnsweredAsOftenAsAsked(code: Int) async throws {
        try await withServer { server, client in
            let id = server.faults.add(
                Fault(match: RequestMatch(verb: "create", resource: "configmaps"), action: .status(code, retryAfter: 3), times: 2)
            )
            for _ in 0..<2 {
                let answer = try await client.post(Self.maps, Self.map("a"))
                #expect(answer.status == code)
                #expect(answer.json["kind"] == "Status")
                #expect(answer.header("Retry-After") == "3")
            }
            expect(201, try await client.post(Self.maps, Self.map("a")))
            #expect(server.faults.hits(id) == 2)
            #expect(server.requests.count { $0.verb == "create" && $0.resource == "configmaps" && $0.code == code } == 2)
        }
    }

    @Test func otherRequestsAreNotMet() async throws {
        try await withServer { server, client in
            server.faults.add(Fault(match: RequestMatch(verb: "create", resource: "secrets"), action: .status(500), times: nil))
            server.faults.add(Fault(match: RequestMatch(resource: "configmaps", name: "other"), action: .status(500), times: nil))
            server.faults.add(Fault(match: RequestMatch(userAgent: "nobody"), action: .status(500), times: nil))
            expect(201, try await client.post(Self.maps, Self.map("a")))
            expect(200, try await client.get(Self.maps + "/a"))
            expect(500, try await client.get(Self.maps + "/other"))
            server.faults.removeAll()
            expect(404, try await client.get(Self.maps + "/other"))
        }
    }

    @Test func theNthRequestCanBeMet() async throws {
        try await withServer { server, client in
            server.faults.add(Fault(match: RequestMatch(verb: "get", resource: "configmaps"), action: .status(503), times: 1, skipping: 2))
            var codes: [Int] = []
            for _ in 0..<4 { codes.append(try await client.get(Self.maps + "/none").status) }
            #expect(codes == [404, 404, 503, 404])
        }
    }

    @Test func aConnectionDropsAfterTheWriteWasDone() async throws {
        try await withServer { server, client in
            server.faults.add(Fault(match: RequestMatch(verb: "create"), action: .dropConnection(afterWrite: true)))
            await #expect(throws: (any Error).self) { try await client.post(Self.maps, Self.map("done")) }
            expect(200, try await client.get(Self.maps + "/done"))
            server.faults.add(Fault(match: RequestMatch(verb: "create"), action: .dropConnection(afterWrite: false)))
            await #expect(throws: (any Error).self) { try await client.post(Self.maps, Self.map("lost")) }
            expect(404, try await client.get(Self.maps + "/lost"))
        }
    }

    @Test func aListCanBeStale() async throws {
        try await withServer { server, client in
            expect(201, try await client.post(Self.maps, Self.map("old")))
            let before = try await client.get(Self.maps).json
            expect(201, try await client.post(Self.maps, Self.map("new")))
            server.faults.add(Fault(match: RequestMatch(resource: "configmaps"), action: .staleList(revisionsBack: 1)))
            let stale = try await client.get(Self.maps).json
            #expect(stale["items"] == before["items"])
            #expect(stale["metadata"]?["resourceVersion"] == before["metadata"]?["resourceVersion"])
            let found1 = try await client.get(Self.maps).json["items"]?.arrayValue?.count
            #expect(found1 == (before["items"]?.arrayValue?.count ?? 0) + 1)
        }
    }

    @Test func aWatchIsCutAfterSomeEvents() async throws {
        try await withServer { server, client in
            let revision = server.revision
            for name in ["a", "b", "c"] { expect(201, try await client.post(Self.maps, Self.map(name))) }
            server.faults.add(Fault(match: RequestMatch(verb: "watch"), action: .dropWatch(afterEvents: 2)))
            let reader = try await client.watch("\(Self.maps)?watch=1&resourceVersion=\(revision)")
            var seen = 0
            do {
                try await reader.lines(&seen)
                Issue.record("a watch that is cut does not end properly")
            } catch {
                #expect(seen == 2)
            }
        }
    }

    @Test func openWatchesCanBeDropped() async throws {
        try await withServer { server, client in
            let reader = try await client.watch("\(Self.maps)?watch=1&resourceVersion=\(server.revision)")
            server.dropWatches(resource: "configmaps")
            await #expect(throws: (any Error).self) {
                var seen = 0
                try await reader.lines(&seen)
            }
        }
    }
}
