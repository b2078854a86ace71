import ArgumentParser
import ControlPlane
import CraneAPI
import Foundation

/// What makes the checked-in files. Whoever generates another file adds a generator here.
enum Generators {
    /// Every generator, by what it makes.
    static let all: [(name: String, files: @Sendable () throws -> [GeneratedFile])] = [
        ("custom resource definitions", { CRDGenerator.files() }),
        (
            "the chart's copy of them",
            { CRDGenerator.files().map { GeneratedFile(path: "charts/opencrane/files/" + $0.path, contents: $0.contents) } }
        ),
        ("OpenAPI document", { [GeneratedFile(path: ControlPlane.documentPath, contents: try ControlPlane.openAPIText())] }),
        ("reference of the reasons", { [ReasonReference.file()] }),
        ("reference of the resources", { ResourceReference.files() }),
        ("reference of the operations", { [try OperationReference.file()] }),
        ("roles of the programs", { PermissionFiles.files() }),
        ("table of who may do what", { [GeneratedFile(path: ControlPlane.accessPath, contents: try ControlPlane.accessText())] }),
    ]

    /// All files, sorted by path.
    static func files() throws -> [GeneratedFile] {
        try all.flatMap { try $0.files() }.sorted { $0.path < $1.path }
    }
}

/// `opencrane generate`: writes the files that are made from the program's own declarations, or tells which of them are stale.
struct GenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Writes the files made from the program's own declarations, such as crds/*.yaml.",
        discussion: "With --check nothing is written, and the exit code is 1 when a file differs from what would be written."
    )

    @Flag(help: "Only tell which files are stale.")
    var check = false

    @Option(help: "The directory the files belong in: the repository.")
    var outputRoot = "."

    func run() throws {
        let root = URL(filePath: outputRoot, directoryHint: .isDirectory)
        var stale: [String] = []
        for file in try Generators.files() {
            let place = root.appending(path: file.path)
            if let current = try? String(contentsOf: place, encoding: .utf8), current == file.contents { continue }
            stale.append(file.path)
            guard !check else { continue }
            try FileManager.default.createDirectory(at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
            try file.contents.write(to: place, atomically: true, encoding: .utf8)
            print("\(file.path) written")
        }
        guard check, !stale.isEmpty else { return }
        let lines = stale.map { "\($0) is stale: run `opencrane generate`\n" }.joined()
        FileHandle.standardError.write(Data(lines.utf8))
        throw ExitCode(1)
    }
}
