import JSONValue
import LocalCluster
import Testing

@Suite struct WatchTests {
    @Test func anOldRevisionIsGone() async throws {
        try await withServer(ClusterServer.Configuration(watchHistoryLimit: 5)) { server, client in
            let start = server.revision
            for index in 0..<8 { expect(201, try await client.post(FaultTests.maps, FaultTests.map("m\(index)"))) }
            let events = try await client.watch("\(FaultTests.maps)?watch=1&resourceVersion=\(start)").events(1)
            #expect(events.first?["type"] == "ERROR")
            #expect(events.first?["object"]?["code"] == 410)
            #expect(events.first?["object"]?["reason"] == "Expired")
            let first = try await client.get(FaultTests.maps + "?limit=2").json
            let token = first["metadata"]?["continue"]?.stringValue ?? ""
            server.compact()
            expect(201, try await client.post(FaultTests.maps, FaultTests.map("late")))
            expect(200, try await client.get("\(FaultTests.maps)?limit=2&continue=\(token)"))
            server.compact()
            let refused = try await client.get("\(FaultTests.maps)?limit=2&continue=\(token)")
            expect(410, refused)
            let fresh = refused.json["metadata"]?["continue"]?.stringValue ?? ""
            expect(200, try await client.get("\(FaultTests.maps)?limit=2&continue=\(fresh)"))
        }
    }

    @Test func aBookmarkComesShortlyBeforeTheEnd() async throws {
        try await withServer { server, client in
            let revision = server.revision
            expect(201, try await client.post(FaultTests.maps, FaultTests.map("a")))
            let reader = try await client.watch(
                "\(FaultTests.maps)?watch=1&allowWatchBookmarks=true&timeoutSeconds=3&resourceVersion=\(revision)"
            )
            let events = try await reader.events(3)
            #expect(events.map { $0["type"]?.stringValue ?? "" } == ["ADDED", "BOOKMARK"])
            #expect(events.last?["object"]?["metadata"]?["resourceVersion"]?.stringValue == String(server.revision))
        }
    }

    @Test func tablesAreWatchedToo() async throws {
        try await withServer { server, client in
            expect(201, try await client.post(FaultTests.maps, FaultTests.map("a")))
            let table = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"
            let answer = try await client.get(
                "\(FaultTests.maps)?watch=1&timeoutSeconds=1&fieldSelector=metadata.name%3Da",
                headers: ["Accept": table]
            )
            let lines = try answer.text.split(separator: "\n").map { try JSON(parsing: String($0)) }
            #expect(lines.count == 1)
            #expect(lines.first?["object"]?["kind"] == "Table")
            #expect(lines.first?["object"]?["rows"]?[0]?["cells"]?[0] == "a")
        }
    }

    @Test func aWatchSaysThatItsConnectionEndsWithIt() async throws {
        try await withServer { _, client in
            // A request on the connection of a watch that has ended would find it closed.
            let answer = try await client.get("\(FaultTests.maps)?watch=1&timeoutSeconds=1&fieldSelector=metadata.name%3Da")
            expect(200, answer)
            #expect(answer.header("connection") == "close")
            expect(200, try await client.get(FaultTests.maps))
        }
    }

    @Test func aServerThatStopsEndsItsWatches() async throws {
        let clock = ContinuousClock()
        let start = clock.now
        try await withServer { server, client in
            _ = try await client.watch("\(FaultTests.maps)?watch=1&resourceVersion=\(server.revision)")
        }
        #expect(clock.now - start < .seconds(30), "a watch would last for half an hour")
    }

    @Test func manyWatchersSeeEveryChangeInOrder() async throws {
        try await withServer { server, client in
            let readers = try await withThrowingTaskGroup(of: WatchReader.self) { group in
                for _ in 0..<20 {
                    group.addTask { try await client.watch("\(FaultTests.maps)?watch=1&resourceVersion=\(server.revision)") }
                }
                return try await group.reduce(into: [WatchReader]()) { $0.append($1) }
            }
            for index in 0..<50 { expect(201, try await client.post(FaultTests.maps, FaultTests.map("m\(index)"))) }
            for reader in readers {
                let names = try await reader.events(50).map { $0["object"]?["metadata"]?["name"]?.stringValue ?? "" }
                #expect(names == (0..<50).map { "m\($0)" })
            }
        }
    }
}
