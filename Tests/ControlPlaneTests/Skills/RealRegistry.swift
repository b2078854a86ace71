import Foundation
import Testing

/// The registry of the distribution project, as a process of its own.
///
/// - Parameter body: gets the registry's URL.
func withRealRegistry<Value: Sendable>(_ body: @Sendable (String) async throws -> Value) async throws -> Value {
    let directory = FileManager.default.temporaryDirectory.appending(path: "registry-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let configuration = """
        version: 0.1
        log: {level: info, formatter: json, accesslog: {disabled: true}}
        storage: {filesystem: {rootdirectory: \(directory.path)/data}, delete: {enabled: true}}
        http: {addr: 127.0.0.1:0, secret: test}

        """
    let file = directory.appending(path: "config.yml")
    try configuration.write(to: file, atomically: true, encoding: .utf8)
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/docker-registry")
    process.arguments = ["serve", file.path]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    let log = directory.appending(path: "log")
    _ = FileManager.default.createFile(atPath: log.path, contents: nil)
    process.standardError = try FileHandle(forWritingTo: log)
    try process.run()
    defer {
        process.terminate()
        process.waitUntilExit()
    }
    var url: String?
    let deadline = ContinuousClock.now + .seconds(20)
    while url == nil, ContinuousClock.now < deadline {
        let text = try String(contentsOf: log, encoding: .utf8)
        if let range = text.range(of: "listening on 127.0.0.1:") {
            url = "http://127.0.0.1:" + text[range.upperBound...].prefix { $0.isNumber }
        } else {
            try await Task.sleep(for: .milliseconds(20))  // wait: a process of its own writes the line
        }
    }
    return try await body(try #require(url, "the registry does not listen"))
}
