import Foundation
import NIOConcurrencyHelpers

/// Where log lines go.
public struct LogOutput: Sendable {
    private let writer: @Sendable ([UInt8]) -> Void

    /// Hands each line, with its newline, to a closure that may be called from many threads at once.
    public init(_ writer: @escaping @Sendable ([UInt8]) -> Void) { self.writer = writer }

    /// Standard error; each line is one write, so that lines of several threads do not mix.
    public static let standardError = LogOutput(descriptor: .standardError)

    /// Standard output.
    public static let standardOutput = LogOutput(descriptor: .standardOutput)

    private init(descriptor: FileHandle) {
        let handle = NIOLockedValueBox(descriptor)
        writer = { line in
            // A log that cannot be written must not stop the program.
            handle.withLockedValue { try? $0.write(contentsOf: line) }
        }
    }

    func write(_ line: [UInt8]) { writer(line) }
}
