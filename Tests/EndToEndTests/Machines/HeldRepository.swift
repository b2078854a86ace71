import Foundation

/// A git repository that is served over git's own protocol, or held back.
struct HeldRepository: Sendable {
    /// Where it is cloned from.
    let url: String
    private let daemon: ServerProcess

    /// Serves one while a test runs.
    static func with(_ scratch: Scratch, _ body: @Sendable (HeldRepository) async throws -> Void) async throws {
        let repository = try await HeldRepository(scratch)
        let result: Result<Void, any Error>
        do {
            try await repository.start()
            result = .success(try await body(repository))
        } catch {
            result = .failure(error)
        }
        repository.resume()
        // It has nothing to say at its end.
        await repository.daemon.crash()
        try result.get()
    }

    private init(_ scratch: Scratch) async throws {
        let (folder, port) = (scratch.path("git"), try freePort())
        try await Self.git(["init", "--quiet", "\(folder)/product"])
        try await Self.git(["-C", "\(folder)/product", "commit", "--quiet", "--allow-empty", "--message", "Begin"])
        let programs = try await Self.git(["--exec-path"]).output
        daemon = ServerProcess(
            name: "git-daemon",
            executable: programs.trimmingCharacters(in: .whitespacesAndNewlines) + "/git-daemon",
            arguments: ["--export-all", "--reuseaddr", "--listen=127.0.0.1", "--port=\(port)", "--base-path=\(folder)"],
            environment: ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "", "HOME": scratch.root],
            log: scratch.path("git-daemon.log")
        )
        url = "git://127.0.0.1:\(port)/product/.git"
    }

    private func start() async throws {
        try daemon.start()
        try await eventually("the repository is served") {
            try await Self.git(["ls-remote", url]).succeeded
        }
    }

    @discardableResult
    private static func git(_ arguments: [String]) async throws -> CommandResult {
        let settings = ["-c", "user.name=e2e", "-c", "user.email=e2e@example.com", "-c", "safe.directory=*"]
        let result = try await Command.run("/usr/bin/env", ["git"] + settings + arguments, timeout: .seconds(20))
        guard result.succeeded else { throw CommandFailure(command: "git \(arguments.joined(separator: " "))", result: result) }
        return result
    }

    /// Connections are taken and not answered from now on.
    func pause() { daemon.signal(SIGSTOP) }

    /// All of them are answered.
    func resume() { daemon.signal(SIGCONT) }
}
