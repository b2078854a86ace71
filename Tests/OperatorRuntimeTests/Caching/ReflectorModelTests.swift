import KubernetesClient
import KubernetesModel
import NIOConcurrencyHelpers
import OperatorRuntime
import Testing

/// Whatever a server does wrong, and in whatever order: the store ends as the server is, and what handlers are told always follows from what
/// they were told before.
@Suite struct ReflectorModelTests {
    /// Follows what is told.
    private struct Listener: Sendable {
        var known: [String: String] = [:]
        var faults: [String] = []

        mutating func take(_ event: InformerEvent<Thing>) {
            let name = event.key.name
            let uid = event.object.metadata.uid ?? ""
            switch event {
            case .added(let object, _):
                if known[name] != nil { faults.append("\(name) is added twice") }
                known[name] = "\(uid)=\(object.value)"
            case .updated(let old, let new, _):
                if known[name] != "\(uid)=\(old.value)" { faults.append("\(name) changes from what was not told") }
                known[name] = "\(uid)=\(new.value)"
            case .deleted:
                if known[name]?.hasPrefix("\(uid)=") != true { faults.append("\(name) goes and was not there") }
                known[name] = nil
            }
        }
    }

    @Test(arguments: 0..<60)
    func anySequenceOfFaultsEndsInTheSameStore(seed: Int) async throws {
        let server = ModelServer(seed: UInt64(seed), changes: 80, hasStreams: seed % 3 != 0)
        var configuration = ClientConfiguration(server: "https://model")
        configuration.watchTimeout = .milliseconds(50)
        configuration.watchIdleMargin = .milliseconds(20)
        let client = try KubernetesClient(configuration: configuration, logger: quietLogger, transport: server)
        let informer = Informer(
            client.resource(Thing.self, namespace: "n"),
            options: .init(
                reflector: .init(
                    pageSize: 3,
                    usesStreamingList: seed % 2 == 0,
                    backoff: Backoff(initial: .milliseconds(1), maximum: .milliseconds(4)),
                    shortestWatch: .milliseconds(2)
                )
            ),
            logger: quietLogger
        )
        let direct = NIOLockedValueBox(Listener())
        let late = NIOLockedValueBox(Listener())
        informer.addHandler { event in direct.withLockedValue { $0.take(event) } }
        let events = informer.events()
        try await running(informer) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for try await event in events {
                        late.withLockedValue { $0.take(event) }
                        try await Task.sleep(for: .milliseconds(1))  // wait: a reader that is slower than the server
                    }
                }
                defer { group.cancelAll() }
                try await eventually("the model is done") { server.isGood }
                let expected = server.contents
                try await eventually("the store is as the server, seed \(seed)") {
                    let contents = informer.store.objects.map { ($0.metadata.name, "\($0.metadata.uid ?? "")=\($0.value)") }
                    return Dictionary(contents, uniquingKeysWith: { $1 }) == expected
                }
                #expect(direct.withLockedValue { $0.known } == expected)
                try await eventually("the slow reader catches up") { late.withLockedValue { $0.known } == expected }
            }
        }
        #expect(direct.withLockedValue { $0.faults } == [])
        #expect(late.withLockedValue { $0.faults } == [])
    }
}
