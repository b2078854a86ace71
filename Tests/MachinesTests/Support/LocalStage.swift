import Foundation
import JSONValue
import KubernetesClient
import Testing

@testable import Machines

/// A directory for machines of this host, with programs to run as gateways. Ends all it has started.
struct LocalStage: Sendable {
    let root: String
    var configuration: LocalProcessConfiguration

    /// Runs a test in a directory of its own.
    ///
    /// - Parameter gateway: a Python program; its arguments are the state directory and the port.
    static func set(gateway: String = Self.server, _ body: @Sendable (LocalStage) async throws -> Void) async throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "crane-machines-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        let program = "\(root)/.gateway.py"
        try gateway.write(toFile: program, atomically: true, encoding: .utf8)
        var configuration = LocalProcessConfiguration(
            root: root,
            gateway: ["python3", program, "{stateDirectory}", "{port}"]
        )
        configuration.interval = .milliseconds(30)
        configuration.grace = .milliseconds(400)
        configuration.firstPause = .milliseconds(20)
        configuration.longestPause = .milliseconds(200)
        let stage = LocalStage(root: root, configuration: configuration)
        let result: Result<Void, any Error>
        do { result = .success(try await body(stage)) } catch { result = .failure(error) }
        for record in stage.records { if let running = record.running { ProcessTable.signal(running.identity, 9) } }
        try? FileManager.default.removeItem(atPath: root)
        try result.get()
    }

    /// Answers connections, and says what its environment is.
    static let server = """
        import json, os, socket, sys, time
        state, port = sys.argv[1], int(sys.argv[2])
        json.dump(dict(os.environ), open(os.path.join(state, "environment.json"), "w"))
        s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(("127.0.0.1", port)); s.listen()
        print("listening", os.getpid(), flush=True)
        while True:
            c, _ = s.accept(); c.close()
        """

    func provider(_ change: (inout LocalProcessConfiguration) -> Void = { _ in }) -> LocalProcessProvider {
        var configuration = configuration
        change(&configuration)
        return LocalProcessProvider(configuration: configuration, logger: quietLogger)
    }

    /// Runs a provider's service for the time of a test.
    func running<R: Sendable>(_ provider: LocalProcessProvider, _ body: @escaping @Sendable () async throws -> R) async throws -> R {
        try await withThrowingTaskGroup(of: R?.self) { group in
            group.addTask {
                try await provider.run()
                return nil
            }
            let result: Result<R, any Error>
            do { result = .success(try await body()) } catch { result = .failure(error) }
            group.cancelAll()
            try await group.waitForAll()
            return try result.get()
        }
    }

    var records: [MachineRecord] {
        ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).compactMap { MachineDirectory(path: "\(root)/\($0)").read() }
    }

    func record(_ name: String = "acme-01") throws -> MachineRecord { try #require(MachineDirectory(path: "\(root)/\(name)").read()) }

    func change(_ name: String = "acme-01", _ body: (inout MachineRecord) -> Void) throws {
        var record = try record(name)
        body(&record)
        try MachineDirectory(path: "\(root)/\(name)").write(record)
    }

    func text(_ path: String) -> String { (try? String(contentsOfFile: "\(root)/acme-01/\(path)", encoding: .utf8)) ?? "" }

    /// User data that runs Python programs, one after the other; each gets the state directory as its argument.
    static func userData(_ programs: [String], root: String, name: String = "acme-01") -> String {
        let state = LocalProcessProvider.stateDirectory(of: name, root: root)
        let files = programs.enumerated().map { index, text -> JSON in
            ["path": .string("/opt/step-\(index).py"), "permissions": "0700", "content": .string(text)]
        }
        let commands = programs.indices.map { index -> JSON in ["python3", .string("/opt/step-\(index).py"), .string(state)] }
        return "#cloud-config\n" + (["write_files": .array(files), "runcmd": .array(commands)] as JSON).text()
    }

    func request(_ programs: [String] = [], power: MachinePower = .on) -> MachineRequest {
        var request = Samples.request
        request.userData = Self.userData(programs, root: root)
        request.desiredPower = power
        return request
    }

    /// Waits until a state is seen.
    @discardableResult
    func reach(
        _ state: MachineState,
        _ provider: LocalProcessProvider,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> MachineObservation {
        var last = MachineObservation(state: .unknown)
        try await eventually(
            "\(state)",
            {
                last = try await provider.observe(Samples.target, operation: nil)
                return last.state == state
            },
            sourceLocation: sourceLocation
        )
        return last
    }
}
