import Foundation
import JSONValue

/// The machines of this host that a stage's operator makes, seen from outside: by their directories and their processes.
struct LocalFleet: Sendable {
    /// The directory of all machines.
    let root: String
    /// The token of the provision flow.
    let platformToken = "e2e-platform-" + UUID().uuidString + UUID().uuidString
    private let gates: String
    private let gateway: String
    private let reaper: Reaper

    /// What a machine's directory says of it.
    struct Machine: Sendable, Hashable {
        var name: String
        /// Namespace and name of its tenant.
        var owner: String
        var directory: String
        var port: Int

        /// A file of its gateway.
        func file(_ path: String) -> String { "\(directory)/state/\(path)" }
    }

    /// Waits where a test says so, and becomes the gateway then.
    private static let program = """
        #!/bin/bash
        # usage: gateway.sh NAME STATE PORT
        while [ -e "GATES/${1%-*}" ]; do sleep 0.05; done
        exec PROGRAM dev-gateway --state-dir "$2" --port "$3"
        """

    /// Prepares a place for machines, and sees to it that their processes end with this one, however it ends.
    init(_ scratch: Scratch) throws {
        root = scratch.path("machines")
        gates = scratch.path("gates")
        gateway = scratch.path("gateway.sh")
        try FileManager.default.createDirectory(atPath: gates, withIntermediateDirectories: true)
        try scratch.write(
            Self.program.replacing("GATES", with: gates).replacing("PROGRAM", with: Installation.opencrane) + "\n",
            to: "gateway.sh"
        )
        reaper = try Reaper(root: root)
    }

    /// What the operator is told.
    func operatorEnvironment(controlPlane: String) -> [String: String] {
        [
            "MACHINE_PROVIDERS": "local", "MACHINE_CONTROL_PLANE_URL": controlPlane, "LOCAL_MACHINES_DIRECTORY": root,
            "LOCAL_GATEWAY_COMMAND": "/bin/bash \(gateway) {name} {stateDirectory} {port}",
        ]
    }

    /// What the control plane is told.
    var controlPlaneEnvironment: [String: String] {
        ["OPENCRANE_PLATFORM_TOKEN": platformToken, "OPENCRANE_MACHINE_PROVIDER": "local"]
    }

    /// Has a tenant's gateway wait before it starts, from now on.
    func closeGate(_ tenant: String) { _ = FileManager.default.createFile(atPath: "\(gates)/\(tenant)", contents: nil) }

    /// Lets it start.
    func openGate(_ tenant: String) { try? FileManager.default.removeItem(atPath: "\(gates)/\(tenant)") }

    /// Names of everything in the directory of machines but its lock.
    var entries: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).filter { $0 != ".lock" }.sorted()
    }

    /// The machines there are.
    var machines: [Machine] {
        entries.compactMap { name in
            guard let data = FileManager.default.contents(atPath: "\(root)/\(name)/machine.json"), let json = try? JSON(parsing: data),
                let owner = json[at: ["owner", "name"]]?.stringValue, let port = json["port"]?.integerValue
            else { return nil }
            return Machine(name: name, owner: owner, directory: "\(root)/\(name)", port: Int(port))
        }
    }

    /// The machines of one tenant.
    func machines(of tenant: String) -> [Machine] { machines.filter { $0.owner.hasSuffix("/\(tenant)") } }

    /// The processes that run as machines: each leads a session and has its machine's directory in its environment.
    func processes(of tenant: String? = nil) -> [Int32] {
        let directories = tenant.map { machines(of: $0).map(\.directory) }
        return ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap(Int32.init).filter { pid in
            guard let environment = FileManager.default.contents(atPath: "/proc/\(pid)/environ") else { return false }
            let marks = environment.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
                .filter { $0.hasPrefix("OPENCRANE_MACHINE_DIRECTORY=\(root)/") }.map { String($0.drop { $0 != "=" }.dropFirst()) }
            guard let directory = marks.first, directories?.contains(directory) ?? true else { return false }
            return Self.session(of: pid) == pid
        }
    }

    private static func session(of pid: Int32) -> Int32? {
        guard let data = FileManager.default.contents(atPath: "/proc/\(pid)/stat") else { return nil }
        // The program's name, which may hold anything, ends with the last parenthesis.
        let fields = String(decoding: data, as: UTF8.self).split(separator: ")").last?.split(separator: " ") ?? []
        return fields.count > 3 ? Int32(fields[3]) : nil
    }

    /// Ends all machines; whoever would start them again must have ended.
    func end() async { await reaper.end() }
}

/// A process that ends machines when it is told to, or when this process is gone: they outlive whoever started them.
private final class Reaper: Sendable {
    private let process: Process
    private let input: FileHandle
    private let ended: Task<Void, Never>

    private static let program = """
        read -r word
        # Without a word the test has crashed, and the operator that would start machines again ends soon.
        [ "$word" = end ] || sleep 3
        while pids=$(grep -lzsF "OPENCRANE_MACHINE_DIRECTORY=$0/" /proc/[0-9]*/environ | cut -d/ -f3) && [ -n "$pids" ]; do
            kill -9 $pids
            sleep 0.1
        done
        """

    init(root: String) throws {
        let (process, pipe) = (Process(), Pipe())
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = ["-c", Self.program, root]
        process.standardInput = pipe
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        let (ends, end) = AsyncStream.makeStream(of: Never.self)
        process.terminationHandler = { _ in end.finish() }
        Inheritance.stop()
        try process.run()
        self.process = process
        input = pipe.fileHandleForWriting
        ended = Task { for await _ in ends {} }
    }

    func end() async {
        try? input.write(contentsOf: Data("end\n".utf8))
        try? input.close()
        await ended.value
    }
}
