import Foundation
import JSONValue

/// What a measured process tells the one that started it, and hears from it: lines over standard output and input.
package enum ParentLink {
    /// Tells something.
    package static func report(_ value: JSON) { FileHandle.standardOutput.write(Data(value.serialized() + [UInt8(ascii: "\n")])) }

    /// The words that come in; the end when the parent is gone.
    package static func commands() -> AsyncStream<String> {
        AsyncStream { continuation in
            let thread = Thread {
                while let line = readLine() { continuation.yield(line) }
                continuation.finish()
            }
            thread.start()
        }
    }

    /// Ends this process when the parent is gone. For processes that get no commands.
    package static func dieWithParent() {
        let thread = Thread {
            while readLine() != nil {}
            exit(1)
        }
        thread.start()
    }
}
