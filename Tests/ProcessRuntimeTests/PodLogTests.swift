import Foundation
import Testing

@testable import ProcessRuntime

@Suite("The output of containers")
struct PodLogTests {
    private static func withFiles(_ body: (PodFiles) throws -> Void) throws {
        let directory = try Machine.temporaryDirectory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let files = PodFiles(root: directory, namespace: "x", name: "p", uid: "u")
        try files.make()
        try body(files)
    }

    @Test("The present and the former life of a container have their output, earlier ones do not")
    func lives() throws {
        try Self.withFiles { files in
            for name in ["a.0.log", "a.9.log", "a.9.log.old", "a.10.log", "a.11.log", "ab.0.log"] {
                try Data("x".utf8).write(to: URL(fileURLWithPath: "\(files.path)/logs/\(name)"))
            }
            files.pruneLogs("a", restarts: 11)
            let left = try FileManager.default.contentsOfDirectory(atPath: files.path + "/logs")
            #expect(left.sorted() == ["a.10.log", "a.11.log", "ab.0.log"])
        }
    }

    @Test("A file that has become too large begins again, and what was in it is kept once")
    func size() throws {
        try Self.withFiles { files in
            let path = files.log("a", restarts: 0)
            let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
            let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
            func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }
            for round in 1...3 {
                try file.write(contentsOf: Data("\(round)23456789".utf8))
                files.trimLogs(over: 10)
                try file.write(contentsOf: Data("more".utf8))
                files.trimLogs(over: 10)
                #expect(try text(path) == "" && text(path + ".old") == "\(round)23456789more")
            }
        }
    }
}
