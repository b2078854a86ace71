import ArgumentParser
import Foundation
import ProcessRuntime

/// Options of commands that run pods as processes.
struct ProcessOptions: ParsableArguments {
    @Option(
        name: .customLong("image"),
        help: ArgumentHelp(
            "The program that stands for an image, and may be given several times. Pods with such images run as processes.",
            valueName: "name:tag=program"
        )
    )
    var imagePrograms: [String] = []

    @Option(
        name: .customLong("forward"),
        help: ArgumentHelp(
            "A port of 127.0.0.1 that leads to a Service; may be given several times.",
            valueName: "namespace/service:port=port"
        )
    )
    var forwardings: [String] = []

    /// Whether nothing was asked for.
    var isEmpty: Bool { imagePrograms.isEmpty && forwardings.isEmpty }

    /// Programs by image.
    ///
    /// - Parameter image: the image that this very program stands for when no other is given.
    /// - Throws: `ValidationError` when a program is none.
    func images(default image: String?) throws -> ImageMap {
        var result = ImageMap()
        do {
            for entry in imagePrograms {
                let parts = entry.split(separator: "=", maxSplits: 1).map(String.init)
                guard parts.count == 2 else { throw ValidationError("'\(entry)' is not of the form NAME:TAG=PROGRAM.") }
                let program = URL(filePath: parts[1]).standardizedFileURL.path(percentEncoded: false)
                guard FileManager.default.isExecutableFile(atPath: program) else {
                    throw ValidationError("'\(parts[1])' is no program that could stand for the image \(parts[0]).")
                }
                try result.add(parts[0], program: program)
            }
            if result.isEmpty, let image { try result.add(image, program: LocalGateway.executable) }
        } catch let error as ProcessRuntimeError {
            throw ValidationError(error.message)
        }
        return result
    }

    /// What leads where.
    ///
    /// - Throws: `ValidationError`.
    func forwards() throws -> [ServiceForward] {
        do { return try forwardings.map { try ServiceForward(parsing: $0) } } catch let error as ProcessRuntimeError {
            throw ValidationError(error.message)
        }
    }
}
