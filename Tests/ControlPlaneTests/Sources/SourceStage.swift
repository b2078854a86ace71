import Foundation
import JSONValue
import NIOHTTP1
import OutboundGuard
import Postgres
import Testing

@testable import ControlPlane

/// Sources of tests are on this host, which the policy permits here and nowhere else.
extension OutboundPolicy {
    static func local(_ port: Int) -> OutboundPolicy {
        OutboundPolicy(schemes: ["http", "https"], ports: [443, port], permittedRanges: [AddressRange("127.0.0.0/8")].compactMap { $0 })
    }
}

/// A web server of Python's standard library that serves a folder, and git repositories in it with git's own `http-backend`.
final class FolderServer: Sendable {
    let folder: URL
    let port: Int
    private let process: Process

    private static let program = """
        import http.server, os, subprocess, sys, urllib.parse
        root = sys.argv[1]
        class Handler(http.server.SimpleHTTPRequestHandler):
            def __init__(self, *a): super().__init__(*a, directory=root)
            def log_message(self, *a): pass
            def git(self, body):
                path, _, query = self.path.partition('?')
                env = dict(os.environ, GIT_PROJECT_ROOT=root, GIT_HTTP_EXPORT_ALL='1', PATH_INFO=path, QUERY_STRING=query,
                    REQUEST_METHOD=self.command, CONTENT_TYPE=self.headers.get('Content-Type', ''), REMOTE_ADDR='127.0.0.1',
                    GIT_PROTOCOL=self.headers.get('Git-Protocol', ''), HTTP_CONTENT_ENCODING=self.headers.get('Content-Encoding', ''),
                    GIT_CONFIG_COUNT='1', GIT_CONFIG_KEY_0='safe.directory', GIT_CONFIG_VALUE_0='*')
                out = subprocess.run(['git', 'http-backend'], input=body, env=env, stdout=subprocess.PIPE).stdout
                head, _, rest = out.partition(b'\\r\\n\\r\\n')
                lines = [l.split(': ', 1) for l in head.decode().split('\\r\\n') if ': ' in l]
                status = next((int(v.split()[0]) for k, v in lines if k == 'Status'), 200)
                self.send_response(status)
                for k, v in lines:
                    if k != 'Status': self.send_header(k, v)
                self.send_header('Content-Length', str(len(rest)))
                self.end_headers()
                self.wfile.write(rest)
            def do_GET(self):
                if '.git/' in self.path: self.git(b'')
                elif self.path.startswith('/away'):
                    self.send_response(302); self.send_header('Location', 'http://169.254.169.254/'); self.end_headers()
                else:
                    path, _, query = self.path.partition('?')
                    cursor = urllib.parse.parse_qs(query).get('cursor')
                    if cursor: self.path = path + '-' + cursor[0]
                    super().do_GET()
            def do_POST(self): self.git(self.rfile.read(int(self.headers.get('Content-Length', 0))))
        server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        print(server.server_address[1], flush=True)
        server.serve_forever()
        """

    /// Starts it.
    static func start() async throws -> FolderServer {
        let folder = FileManager.default.temporaryDirectory.appending(path: "folder-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let output = folder.appending(path: "port")
        try #require(FileManager.default.createFile(atPath: output.path, contents: nil))
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", Self.program, folder.path]
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = FileHandle.nullDevice
        try process.run()
        @Sendable func line() throws -> String { try String(contentsOf: output, encoding: .utf8) }
        try await eventually("the folder is served") { try line().hasSuffix("\n") }
        let port = try #require(Int(try line().trimmingCharacters(in: .whitespacesAndNewlines)))
        return FolderServer(folder: folder, port: port, process: process)
    }

    private init(folder: URL, port: Int, process: Process) {
        (self.folder, self.port, self.process) = (folder, port, process)
    }

    deinit {
        process.terminate()
        try? FileManager.default.removeItem(at: folder)
    }

    var base: String { "http://127.0.0.1:\(port)" }

    /// Writes a file.
    func write(_ path: String, _ text: String) throws {
        let file = folder.appending(path: path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: file, atomically: true, encoding: .utf8)
    }

    /// Writes a file of zeros, which takes no room.
    func writeZeros(_ path: String, _ count: Int, end: String) throws {
        try write(path, end)
        let file = try FileHandle(forWritingTo: folder.appending(path: path))
        try file.truncate(atOffset: UInt64(count))
        try file.seekToEnd()
        try file.write(contentsOf: Data(end.utf8))
        try file.close()
    }

    /// Commits all that stands in a work tree below the folder, and serves it as a bare repository beside it.
    func commit(_ tree: String, served name: String) async throws {
        let work = folder.appending(path: tree)
        if !FileManager.default.fileExists(atPath: work.appending(path: ".git").path) {
            try await git(work, ["init", "--quiet", "--initial-branch=main", "."])
        }
        try await git(work, ["add", "--all"])
        try await git(work, ["-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "--quiet", "--allow-empty", "-m", "m"])
        let bare = folder.appending(path: name)
        try? FileManager.default.removeItem(at: bare)
        try await git(folder, ["clone", "--quiet", "--bare", work.path, bare.path])
    }

    /// Runs git. What waits for it holds no thread.
    func git(_ directory: URL, _ arguments: [String]) async throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["git"] + arguments
        process.currentDirectoryURL = directory
        process.standardError = FileHandle.nullDevice
        let (ends, end) = AsyncStream.makeStream(of: Int32.self)
        process.terminationHandler = { ended in
            end.yield(ended.terminationStatus)
            end.finish()
        }
        try process.run()
        var status: Int32?
        for await ended in ends { status = ended }
        try #require(status == 0, "git \(arguments)")
    }
}

extension Stage {
    /// Registers a source and approves it.
    ///
    /// - Parameters:
    ///   - body: what it is.
    ///   - place: where it is instead: on this host, where nobody can register one.
    /// - Returns: its id.
    func approvedSource(_ body: JSON, at place: String? = nil) async throws -> String {
        let made = try await send(.POST, "/third-party-sources", body)
        #expect(made.status == 201 && made.body["syncStatus"] == "pending-approval", "\(made.body.text())")
        let id = try #require(made.body["id"]?.stringValue)
        if let place { try await pool.execute("update third_party_sources set url = \(place)") }
        #expect(try await send(.POST, "/third-party-sources/\(id)/approve").status == 200)
        return id
    }

    /// Waits until a source is not being fetched.
    func settled(_ id: String, _ status: String) async throws -> JSON {
        try await eventually("the source is \(status)") {
            try await send(.GET, "/third-party-sources/\(id)").body["syncStatus"]?.stringValue == status
        }
        return try await send(.GET, "/third-party-sources/\(id)").body
    }
}
