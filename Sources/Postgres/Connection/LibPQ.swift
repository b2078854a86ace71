import CLibPQ
import Dispatch
import Foundation
import NIOConcurrencyHelpers

/// Owns one connection of libpq and names the calls this client makes. This is the boundary to C.
///
/// libpq allows one thread at a time to use a connection: the actor `PostgresConnection` sees to that.
final class LibPQ: Sendable {
    // Safe: used by one actor only; freed once, by `finish()` or at the end of its life.
    private nonisolated(unsafe) var connection: OpaquePointer?

    private init(_ connection: OpaquePointer) { self.connection = connection }

    deinit { finish() }

    /// Starts to connect. Looking up a host name blocks, so it is done on a thread of its own.
    static func start(_ parameters: [String: String]) async -> LibPQ? {
        await withCheckedContinuation { continuation in
            DispatchQueue.global(qos: .userInitiated).async { continuation.resume(returning: startBlocking(parameters)) }
        }
    }

    private static func startBlocking(_ parameters: [String: String]) -> LibPQ? {
        let keywords = parameters.keys.map { strdup($0) }
        let values = parameters.values.map { strdup($0) }
        defer { for string in keywords + values { free(string) } }
        let keywordPointers = keywords.map { UnsafePointer($0) } + [nil]
        let valuePointers = values.map { UnsafePointer($0) } + [nil]
        guard let connection = PQconnectStartParams(keywordPointers, valuePointers, 0) else { return nil }
        // Verbose messages carry the SQLSTATE of a refused connection, which libpq offers in no other way.
        PQsetErrorVerbosity(connection, PQERRORS_VERBOSE)
        PQsetNoticeProcessor(connection, { _, _ in }, nil)
        return LibPQ(connection)
    }

    func finish() {
        guard let connection else { return }
        PQfinish(connection)
        self.connection = nil
    }

    var isOpen: Bool { connection != nil && PQstatus(connection) == CONNECTION_OK }
    var hasFailed: Bool { connection == nil || PQstatus(connection) == CONNECTION_BAD }
    var socket: Int32 { PQsocket(connection) }
    var serverProcess: Int32 { PQbackendPID(connection) }
    var serverVersion: Int32 { PQserverVersion(connection) }
    var hasFailedTransaction: Bool { PQtransactionStatus(connection) == PQTRANS_INERROR }
    var isIdle: Bool { PQtransactionStatus(connection) == PQTRANS_IDLE }
    var message: String { PQerrorMessage(connection).map { String(cString: $0).trimmingTrailingNewlines } ?? "" }

    func connectPoll() -> PostgresPollingStatusType { PQconnectPoll(connection) }
    func setNonBlocking() { PQsetnonblocking(connection, 1) }

    func sendScript(_ text: String) -> Bool { PQsendQuery(connection, text) == 1 }

    func sendPrepare(name: String, text: String, types: [PostgresValue.TypeID]) -> Bool {
        PQsendPrepare(connection, name, text, Int32(types.count), types.map { Oid($0.rawValue) }) == 1
    }

    func sendPrepared(name: String, parameters: [PostgresValue]) -> Bool {
        Self.withCStrings(parameters) { PQsendQueryPrepared(connection, name, Int32(parameters.count), $0, nil, nil, 0) } == 1
    }

    func send(text: String, parameters: [PostgresValue]) -> Bool {
        let types = parameters.map { Oid($0.type.rawValue) }
        return Self.withCStrings(parameters) { PQsendQueryParams(connection, text, Int32(parameters.count), types, $0, nil, nil, 0) } == 1
    }

    /// Whether everything was sent; `nil` when the connection failed.
    func flush() -> Bool? {
        switch PQflush(connection) {
        case 0: true
        case 1: false
        default: nil
        }
    }

    func consumeInput() -> Bool { PQconsumeInput(connection) == 1 }
    var isBusy: Bool { PQisBusy(connection) == 1 }
    func nextResult() -> QueryResult? { PQgetResult(connection).map(QueryResult.init) }

    func enterPipeline() -> Bool { PQenterPipelineMode(connection) == 1 }
    func exitPipeline() -> Bool { PQexitPipelineMode(connection) == 1 }
    func syncPipeline() -> Bool { PQpipelineSync(connection) == 1 }

    /// The next notification that was received.
    func nextNotification() -> PostgresNotification? {
        guard let pointer = PQnotifies(connection) else { return nil }
        defer { PQfreemem(pointer) }
        let notification = pointer.pointee
        return PostgresNotification(
            channel: String(cString: notification.relname),
            payload: notification.extra.map { String(cString: $0) } ?? "",
            serverProcess: notification.be_pid
        )
    }

    /// Something with which another thread can ask the server to stop the running statement.
    func canceller() -> Canceller? { PQgetCancel(connection).map(Canceller.init) }

    /// Hands the text forms to C, NULL for `nil`. The strings live in one buffer.
    private static func withCStrings<R>(_ parameters: [PostgresValue], _ body: ([UnsafePointer<CChar>?]) -> R) -> R {
        var buffer: [CChar] = []
        var offsets: [Int?] = []
        for parameter in parameters {
            guard let text = parameter.text else {
                offsets.append(nil)
                continue
            }
            offsets.append(buffer.count)
            buffer.append(contentsOf: text.utf8.lazy.map { CChar(bitPattern: $0) })
            buffer.append(0)
        }
        buffer.append(0)
        return buffer.withUnsafeBufferPointer { bytes in
            body(offsets.map { offset in offset.flatMap { bytes.baseAddress?.advanced(by: $0) } })
        }
    }

    /// The right to cancel the statement that runs on a connection.
    final class Canceller: Sendable {
        // Safe: libpq made PQcancel for use by any thread; freed once.
        private nonisolated(unsafe) let pointer: OpaquePointer

        init(_ pointer: OpaquePointer) { self.pointer = pointer }

        deinit { PQfreeCancel(pointer) }

        /// Asks the server to cancel. This makes a connection of its own and blocks, so it is done on another thread.
        ///
        /// - Parameter limit: how long it may take.
        /// - Returns: whether the server took the request; if not, it may still arrive and hit a later statement.
        func cancel(within limit: Duration) async -> Bool {
            let answer = FirstAnswer()
            return await withCheckedContinuation { continuation in
                answer.expect(continuation)
                DispatchQueue.global(qos: .userInitiated).async { [self] in
                    var message = [CChar](repeating: 0, count: 256)
                    answer.give(PQcancel(pointer, &message, Int32(message.count)) == 1)
                }
                let deadline = DispatchTime.now() + .nanoseconds(Int(limit.nanoseconds))
                DispatchQueue.global().asyncAfter(deadline: deadline) { answer.give(false) }
            }
        }
    }

    /// Resumes a continuation with the first answer of several.
    private final class FirstAnswer: Sendable {
        private let waiting = NIOLockedValueBox<CheckedContinuation<Bool, Never>?>(nil)

        func expect(_ continuation: CheckedContinuation<Bool, Never>) { waiting.withLockedValue { $0 = continuation } }

        func give(_ answer: Bool) {
            let continuation = waiting.withLockedValue { waiting in
                defer { waiting = nil }
                return waiting
            }
            continuation?.resume(returning: answer)
        }
    }
}
