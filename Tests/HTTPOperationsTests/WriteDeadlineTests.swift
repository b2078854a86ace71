import Foundation
import Glibc
import HTTPTypes
import Logging
import Schema
import Synchronization
import Testing

@testable import HTTPOperations

/// What a stream without end came to.
private final class Source: Sendable {
    private let given = Atomic(0)
    private let over = Atomic(false)

    var count: Int { given.load(ordering: .relaxed) }
    var isOver: Bool { over.load(ordering: .relaxed) }
    func give() { given.add(1, ordering: .relaxed) }
    func end() { over.store(true, ordering: .relaxed) }
}

/// A stream without end.
private struct Endless: AsyncSequence, Sendable {
    let source: Source

    final class Iterator: AsyncIteratorProtocol {
        let source: Source
        init(_ source: Source) { self.source = source }
        deinit { source.end() }
        func next() async throws -> [UInt8]? {
            source.give()
            return [UInt8](repeating: 0x2E, count: 65_536)
        }
    }

    func makeAsyncIterator() -> Iterator { Iterator(source) }
}

@Suite struct WriteDeadlineTests {
    /// Connects to a server and sends a request.
    ///
    /// - Parameter room: how many bytes of the answer may wait to be read; nil for the usual.
    private static func connect(_ port: Int, room: Int32? = nil) throws -> Int32 {
        let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        try #require(handle >= 0)
        if var room { setsockopt(handle, SOL_SOCKET, SO_RCVBUF, &room, socklen_t(MemoryLayout<Int32>.size)) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(handle, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(code == 0)
        let request = Array("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n".utf8)
        try #require(Glibc.send(handle, request, request.count, 0) == request.count)
        return handle
    }

    /// A server with a stream.
    private static func server(_ source: Source) throws -> OperationServer {
        let surface = Surface(
            title: "S",
            version: "1",
            description: "d",
            basePath: "/",
            envelope: .coded,
            authenticator: AuthenticatorChain([]),
            operations: [
                Operation(
                    raw: OperationLabel(.get, "/stream", id: "stream", summary: "Without end", tag: "T", access: .open),
                    response: ResponseDeclaration(status: .ok, description: "d", mediaType: "text/plain", schema: JSONSchema(type: .string))
                ) { _ in OperationResponse(status: .ok, headers: [.contentType: "text/plain"], stream: Endless(source: source)) }
            ],
            bodyLimit: 1000,
            timeout: .seconds(5)
        )
        return OperationServer(
            responder: try OperationResponder(surfaces: [surface]),
            configuration: .init(writeTimeout: .milliseconds(500)),
            logger: Logger(label: "t") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    private static func wait(_ what: Comment, _ condition: () -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while !condition() {
            guard ContinuousClock.now < deadline else {
                Issue.record(what)
                return
            }
            // wait: another process's turn; the deadline bounds this loop
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    @Test(.timeLimit(.minutes(5))) func whoDoesNotReadIsLetGo() async throws {
        let source = Source()
        let server = try Self.server(source)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            let port = try await server.waitUntilReady()
            let silent = try Self.connect(port, room: 4096)
            defer { close(silent) }
            try await Self.wait("the stream of a client that does not read does not end") { source.isOver }
            #expect(source.count > 0)
            group.cancelAll()
        }
    }

    @Test(.timeLimit(.minutes(5))) func whoReadsIsNot() async throws {
        let source = Source()
        let server = try Self.server(source)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            let reader = try Self.connect(try await server.waitUntilReady())
            defer { close(reader) }
            var buffer = [UInt8](repeating: 0, count: 1 << 20)
            let end = ContinuousClock.now + .seconds(2)
            while ContinuousClock.now < end {
                #expect(recv(reader, &buffer, buffer.count, Int32(MSG_DONTWAIT)) != 0, "the server closed it")
                // wait: a reader that takes its time
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(!source.isOver)
            group.cancelAll()
        }
    }
}
