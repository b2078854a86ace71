import KubernetesModel
import Logging
import Testing

@testable import OperatorRuntime

/// A key that no object of a resource can have is a mistake that the log tells.
@Suite struct KeyFormTests {
    private static let named = ObjectKey(name: "a")
    private static let inNamespace = ObjectKey(namespace: "n", name: "a")

    private static func store<Object: KubernetesResource>(_ type: Object.Type, _ lines: Recorded<LogRecorder.Line>) -> Store<Object> {
        Store(indexes: [], keyForm: KeyForm(resourceType: type.resourceType, logger: LogRecorder.logger(lines)))
    }

    @Test func aKeyWithoutANamespaceIsToldOnceWhereObjectsHaveOne() {
        let lines = Recorded<LogRecorder.Line>()
        let store = Self.store(CoreV1.ConfigMap.self, lines)
        #expect(store[Self.inNamespace] == nil && lines.all.isEmpty)
        #expect(store[Self.named] == nil)
        #expect(lines.all.map(\.level) == [.error])
        #expect(lines.all.first?.metadata["key"] == "a")
        #expect(store[Self.named] == nil && store.snapshot[Self.named] == nil)
        #expect(lines.all.count == 1)
    }

    @Test func aSnapshotTellsItToo() {
        let lines = Recorded<LogRecorder.Line>()
        #expect(Self.store(CoreV1.ConfigMap.self, lines).snapshot[Self.named] == nil)
        #expect(lines.all.count == 1)
    }

    @Test func aKeyWithANamespaceIsToldWhereObjectsHaveNone() {
        let lines = Recorded<LogRecorder.Line>()
        let store = Self.store(CoreV1.Namespace.self, lines)
        #expect(store[Self.named] == nil && lines.all.isEmpty)
        #expect(store[Self.inNamespace] == nil)
        #expect(lines.all.map(\.level) == [.error])
    }

    @Test func aStoreOfOnesOwnKnowsNoForm() {
        #expect(Store<CoreV1.ConfigMap>()[Self.named] == nil)
    }
}
