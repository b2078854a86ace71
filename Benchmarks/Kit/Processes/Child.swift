import Foundation
import JSONValue
import NIOConcurrencyHelpers

/// This program once more, in another role.
package final class Child: Sendable {
    private let process: Process
    private let input: FileHandle
    private let reports = NIOLockedValueBox<[JSON]>([])
    private let role: String

    /// Starts it.
    package init(_ arguments: [String]) throws {
        role = arguments.first ?? "?"
        process = Process()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = arguments
        let toChild = Pipe()
        let fromChild = Pipe()
        process.standardInput = toChild
        process.standardOutput = fromChild
        input = toChild.fileHandleForWriting
        let output = fromChild.fileHandleForReading
        let thread = Thread { [reports] in
            var rest = Data()
            while true {
                let piece = output.availableData
                if piece.isEmpty { return }
                rest.append(piece)
                while let newline = rest.firstIndex(of: UInt8(ascii: "\n")) {
                    if let report = try? JSON(parsing: rest[rest.startIndex..<newline]) {
                        reports.withLockedValue { $0.append(report) }
                    }
                    rest = Data(rest[rest.index(after: newline)...])
                }
            }
        }
        try process.run()
        thread.start()
    }

    /// Says a word to it.
    package func say(_ word: String) { input.write(Data("\(word)\n".utf8)) }

    /// The next report that has a member of this name.
    package func next(_ member: String, within limit: Duration = .seconds(120)) async throws -> JSON {
        let found = NIOLockedValueBox<JSON?>(nil)
        try await poll("The report '\(member)' of \(role)", within: limit) {
            let report = reports.withLockedValue { reports -> JSON? in
                guard let index = reports.firstIndex(where: { $0[member] != nil }) else { return nil }
                return reports.remove(at: index)
            }
            found.withLockedValue { $0 = report }
            if report == nil, !process.isRunning { throw BenchError("The process \(role) ended before it reported '\(member)'") }
            return report != nil
        }
        guard let report = found.withLockedValue({ $0 }) else { throw BenchError("No report") }
        return report
    }

    /// Processor time it has taken so far, in seconds.
    package var processorTime: Double {
        let text = (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/stat", encoding: .utf8)) ?? ""
        // The program's name, which may hold anything, ends with the last parenthesis.
        let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return .nan }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// Sends a signal.
    package func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// Ends it, if it is still there.
    package func stop() async {
        try? input.close()
        try? await poll("The end of \(role)", within: .seconds(10)) { !process.isRunning }
        if process.isRunning { signal(SIGKILL) }
    }
}
