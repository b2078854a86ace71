import AsyncHTTPClient
import Foundation
import JSONValue
import NIOCore
import NIOHTTP1

/// The OpenID provider `oidc-provider-mock` (PyPI) in a process of its own. `scripts/setup --tests` installs it.
public struct RealProvider: Sendable {
    /// Its issuer identifier.
    public let issuer: String
    private let process: Process
    private let ends: AsyncStream<Void>
    private let client: HTTPClient

    /// Ends with the process that started it, however that one ends.
    private static let program = """
        import os, runpy, sys, threading, time
        def watch(parent):
            while os.getppid() == parent:
                time.sleep(1)
            os._exit(1)
        threading.Thread(target=watch, args=(os.getppid(),), daemon=True).start()
        sys.argv = sys.argv[1:]
        runpy.run_module("oidc_provider_mock", run_name="__main__", alter_sys=True)
        """

    /// Starts a provider for as long as `body` takes.
    ///
    /// - Parameter port: where it listens. Default: a free one.
    public static func run<Result>(
        port: Int? = nil,
        users: [JSON],
        _ body: (RealProvider) async throws -> Result
    ) async throws -> Result {
        let provider = try await start(port: port, users: users)
        do {
            let result = try await body(provider)
            try await provider.stop()
            return result
        } catch {
            try await provider.stop()
            throw error
        }
    }

    /// Starts a provider. Somebody else may take the free port first; then another is looked for.
    private static func start(port: Int?, users: [JSON], attempts: Int = 4) async throws -> RealProvider {
        let provider = try launch(port: port, users: users)
        do {
            try await provider.waitUntilReady()
            return provider
        } catch {
            try await provider.stop()
            guard port == nil, attempts > 1 else { throw error }
            return try await start(port: nil, users: users, attempts: attempts - 1)
        }
    }

    private static func launch(port: Int?, users: [JSON]) throws -> RealProvider {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let python =
            ProcessInfo.processInfo.environment["OPENCRANE_E2E_PYTHON"]
            ?? root.appending(path: ".build-python/bin/python").path(percentEncoded: false)
        let port = try port ?? freePort()
        let process = Process()
        process.executableURL = URL(filePath: python)
        process.arguments =
            ["-W", "ignore", "-c", program, "oidc-provider-mock", "--port", String(port)] + users.flatMap { ["--user-claims", $0.text()] }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        let (ends, ended) = AsyncStream.makeStream(of: Void.self)
        process.terminationHandler = { _ in ended.finish() }
        stopInheritance()
        try process.run()
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        return RealProvider(issuer: "http://127.0.0.1:\(port)", process: process, ends: ends, client: client)
    }

    private func stop() async throws {
        // The process begins with the signals of the thread that started it blocked, SIGTERM among them.
        kill(process.processIdentifier, SIGKILL)
        for await _ in ends {}
        try await client.shutdown()
    }

    private func waitUntilReady() async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while (try? await client.get(issuer + "/.well-known/openid-configuration")) != 200 {
            guard process.isRunning, ContinuousClock.now < deadline else {
                throw NotStarted(hint: "oidc-provider-mock did not start; run scripts/setup --tests")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// It did not start, or did not do what a provider does.
    public struct NotStarted: Error {
        /// What to do.
        public var hint: String
    }

    /// What a browser does: opens the authorization URL, chooses a user, and is sent back.
    ///
    /// - Returns: the query of the redirect URI.
    public func logIn(at authorizationURL: String, as subject: String?) async throws -> String {
        guard try await client.get(authorizationURL) == 200 else { throw NotStarted(hint: "the provider shows no page to log in") }
        var request = HTTPClientRequest(url: authorizationURL)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        request.body = .bytes(ByteBuffer(string: subject.map { "sub=\(Self.escape($0))" } ?? "action=deny"))
        let answer = try await client.execute(request, timeout: .seconds(20))
        guard let location = answer.headers.first(name: "Location") else { throw NotStarted(hint: "the provider sends nobody back") }
        return String(location.drop { $0 != "?" }.dropFirst())
    }

    private static func escape(_ text: String) -> String { text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "" }

    /// The status of a page.
    public func status(of url: String) async throws -> Int { try await client.get(url) }

    /// Sockets of servers in this process would stay open in the program otherwise, and connections to them hang instead of being refused.
    private static func stopInheritance() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? [] {
            guard let descriptor = Int32(name), descriptor > 2 else { continue }
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        }
    }

    private static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, length) == 0 ? getsockname(descriptor, generic, &length) : -1
            }
        }
        guard status == 0 else { throw NotStarted(hint: "no free port") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}

extension HTTPClient {
    fileprivate func get(_ url: String) async throws -> Int {
        let answer = try await execute(HTTPClientRequest(url: url), timeout: .seconds(20))
        _ = try await answer.body.collect(upTo: 1 << 20)
        return Int(answer.status.code)
    }
}
