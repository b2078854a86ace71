import Logging
import OperatorRuntime
import Testing

@Suite struct ReconcileLoggingTests {
    /// Logs with what a metadata provider gives.
    private struct Handler: LogHandler {
        let lines: Recorded<Logger.Metadata>
        var metadataProvider: Logger.MetadataProvider? = .reconcile
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level = .info

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { lines.add(metadata.merging(metadataProvider?.get() ?? [:]) { own, _ in own }) }
    }

    @Test func everyLineBelowAReconcileBearsItsID() async throws {
        let lines = Recorded<Logger.Metadata>()
        // A logger that no reconciler was given, as that of a client.
        let other = Logger(label: "client") { _ in Handler(lines: lines) }
        let controller = Controller<String>("noter", logger: quietLogger, makeID: { "id-1" }) { _, _ in
            await withTaskGroup(of: Void.self) { group in group.addTask { other.info("Sent a request") } }
            return .done
        }
        controller.enqueue("a")
        other.info("Before")
        try await running(controller) { try await eventually { lines.all.count == 2 } }
        #expect(lines.all.first == [:])
        #expect(lines.all.last == ["controller": "noter", "object": "a", "reconcileID": "id-1"])
    }
}
