import JSONValue
import Testing

@testable import LocalCluster

@Suite struct StoreTests {
    private func object(_ name: String, _ value: Int64) -> JSON { ["metadata": ["name": .string(name)], "value": .integer(value)] }

    private func key(_ name: String, _ namespace: String = "n") -> StoreKey { StoreKey(namespace: namespace, name: name) }

    /// A store with some history: a created, b created, a changed, b deleted, c created.
    private func sample(limit: Int = 100) throws -> (state: StoreState, revisions: [Int64]) {
        var state = StoreState(revision: 0, historyLimit: limit)
        var revisions: [Int64] = []
        revisions.append(try state.put(object("a", 1), resource: "things", key: key("a"), expected: nil).revision)
        revisions.append(try state.put(object("b", 1), resource: "things", key: key("b"), expected: nil).revision)
        revisions.append(try state.put(object("a", 2), resource: "things", key: key("a"), expected: revisions[0]).revision)
        revisions.append(try state.delete(resource: "things", key: key("b"), expected: revisions[1], last: nil).revision)
        revisions.append(try state.put(object("c", 1), resource: "things", key: key("c", "m"), expected: nil).revision)
        return (state, revisions)
    }

    private func shown(_ objects: [StoredObject]) -> [String] {
        objects.map { "\($0.key)=\($0.json["value"]?.integerValue ?? 0)" }
    }

    @Test func everyPastStateCanBeListed() throws {
        let (state, revisions) = try sample()
        let space = state["things"]
        let expected = [["n/a=1"], ["n/a=1", "n/b=1"], ["n/a=2", "n/b=1"], ["n/a=2"], ["m/c=1", "n/a=2"]]
        for (revision, wanted) in zip(revisions, expected) {
            #expect(shown(try space.list(namespace: nil, at: revision)) == wanted)
        }
        #expect(shown(space.list(namespace: nil)) == ["m/c=1", "n/a=2"])
        #expect(shown(space.list(namespace: "n")) == ["n/a=2"])
        #expect(shown(try space.list(namespace: "m", at: revisions[1])) == [])
    }

    @Test func changesAreGivenInOrderAndOnlyWhileKnown() throws {
        let (state, revisions) = try sample()
        let changes = try state["things"].changes(after: revisions[1])
        #expect(changes.map(\.revision) == Array(revisions[2...]))
        #expect(changes.map(\.change) == [.modified, .deleted, .added])
        #expect(changes[1].object.json["metadata"]?["resourceVersion"]?.stringValue == String(revisions[3]))
        let (short, later) = try sample(limit: 2)
        #expect(throws: StoreError.self) { try short["things"].changes(after: later[0]) }
        #expect(try short["things"].changes(after: later[2]).count == 2)
        #expect(throws: StoreError.self) { try short["things"].list(namespace: nil, at: later[1]) }
    }

    @Test func aWriteForAnotherRevisionIsRefused() throws {
        var (state, revisions) = try sample()
        #expect(throws: StoreError.self) { _ = try state.put(object("a", 3), resource: "things", key: key("a"), expected: revisions[0]) }
        #expect(throws: StoreError.self) { _ = try state.put(object("a", 3), resource: "things", key: key("a"), expected: nil) }
        #expect(throws: StoreError.self) { _ = try state.delete(resource: "things", key: key("b"), expected: revisions[1], last: nil) }
        let before = state.revision
        #expect(before == revisions[4])
        let event = try state.put(object("a", 3), resource: "things", key: key("a"), expected: revisions[2])
        #expect(event.revision == before + 1)
        #expect(event.previous?.revision == revisions[2])
    }

    @Test func compactionForgets() throws {
        var (state, revisions) = try sample()
        state.compact()
        #expect(throws: StoreError.self) { try state["things"].changes(after: revisions[3]) }
        #expect(try state["things"].changes(after: revisions[4]).isEmpty)
        #expect(shown(state["things"].list(namespace: nil)).count == 2)
    }

    @Test func aWatcherThatDoesNotReadIsEnded() async throws {
        let store = ObjectStore(state: StoreState(revision: 0, historyLimit: 100), persistence: nil)
        let mailbox = try store.watch("things", namespace: nil, after: 0, limit: 3)
        for index in 0..<5 {
            _ = try await store.put(object("x\(index)", 1), resource: "things", key: key("x\(index)"), expected: nil)
        }
        let batch = await mailbox.next(deadline: nil)
        #expect(batch.end == .overflow)
        let other = try store.watch("things", namespace: "n", after: 0, limit: 10)
        #expect(await other.next(deadline: nil).events.count == 5)
    }

    @Test func aWatchFromTheFutureStartsThere() async throws {
        let store = ObjectStore(state: StoreState(revision: 0, historyLimit: 100), persistence: nil)
        let mailbox = try store.watch("things", namespace: nil, after: store.revision + 1)
        #expect(await mailbox.next(deadline: nil).events.isEmpty)
        for index in 0..<2 {
            _ = try await store.put(object("x\(index)", 1), resource: "things", key: key("x\(index)"), expected: nil)
        }
        let batch = await mailbox.next(deadline: nil)
        #expect(batch.events.map { $0.object.key.name } == ["x1"])
    }
}
