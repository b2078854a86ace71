import Foundation
import NIOCore
import NIOPosix

/// Sends what is appended to a file, as long as somebody writes it.
struct LogFollower: Sendable {
    /// How long nothing is looked for, and how much is sent at once.
    private static let pause: Duration = .milliseconds(200)
    private static let piece = 1 << 20

    let path: String
    /// What is sent at first.
    let shown: [UInt8]
    /// Where in the file the rest begins.
    let offset: UInt64
    /// Whether nobody writes it any more.
    let isOver: @Sendable () -> Bool

    /// Sends until nobody writes any more, or the task is cancelled.
    func run(_ write: (ByteBuffer) async throws -> Void) async throws {
        try await write(ByteBuffer(bytes: shown))
        var offset = offset
        while true {
            // What was written before the end is sent after it.
            let isOver = isOver()
            let position = offset
            let (begin, bytes) = try await NIOThreadPool.singleton.runIfActive { try Self.read(path, from: position) }
            if !bytes.isEmpty {
                try await write(ByteBuffer(bytes: bytes))
                offset = begin + UInt64(bytes.count)
            } else if isOver {
                return
            } else {
                try await Task.sleep(for: Self.pause)
            }
        }
    }

    /// What a file has from a place on; a file that has become shorter was begun again.
    private static func read(_ path: String, from offset: UInt64) throws -> (begin: UInt64, bytes: Data) {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        defer { try? file.close() }
        let begin = try file.seekToEnd() < offset ? 0 : offset
        try file.seek(toOffset: begin)
        return (begin, try file.read(upToCount: piece) ?? Data())
    }
}
