import Foundation

/// The registry of the distribution project, as a process of its own.
///
/// - Parameters:
///   - password: what the user `crane` is let in with; nil lets everybody in.
///   - body: gets the registry's URL.
public func withRealRegistry<Value: Sendable>(password: String? = nil, _ body: @Sendable (String) async throws -> Value) async throws
    -> Value
{
    let directory = FileManager.default.temporaryDirectory.appending(path: "registry-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    var configuration = """
        version: 0.1
        log: {level: info, formatter: json, accesslog: {disabled: true}}
        storage: {filesystem: {rootdirectory: \(directory.path)/data}, delete: {enabled: true}}
        http: {addr: 127.0.0.1:0, secret: test}

        """
    if let password {
        // htpasswd wants bcrypt; perl asks the system's crypt, which has it.
        let hash = try await run(
            "/usr/bin/env",
            ["perl", "-e", "print crypt($ARGV[0], '$2b$04$' . 'abcdefghijklmnopqrstuu')", password]
        )
        try "crane:\(hash)\n".write(to: directory.appending(path: "htpasswd"), atomically: true, encoding: .utf8)
        configuration += "auth: {htpasswd: {realm: test, path: \(directory.path)/htpasswd}}\n"
    }
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
    guard let url else { throw RegistryFailure(message: "the registry does not listen") }
    return try await body(url)
}

private func run(_ executable: String, _ arguments: [String]) async throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: executable)
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw RegistryFailure(message: "\(executable) ended with \(process.terminationStatus)") }
    return String(decoding: data, as: UTF8.self)
}

/// The registry could not be started.
struct RegistryFailure: Error, CustomStringConvertible {
    let message: String
    var description: String { message }
}
