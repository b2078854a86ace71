import NIOCore

/// Cuts a stream of bytes into lines.
struct LineSplitter {
    private var rest = ByteBuffer()
    private let maximumLength: Int

    /// - Parameter maximumLength: the longest line in bytes; a longer one is an error.
    init(maximumLength: Int) { self.maximumLength = maximumLength }

    /// Adds a piece and takes the lines that are complete, without their ends. Empty lines are left out.
    ///
    /// - Throws: ``KubernetesError`` with code `tooLarge`.
    mutating func append(_ piece: ByteBuffer) throws -> [ByteBuffer] {
        var searched = rest.readableBytes
        if searched == 0 { rest = piece } else { rest.writeImmutableBuffer(piece) }
        var lines: [ByteBuffer] = []
        while true {
            let view = rest.readableBytesView
            guard let newline = view[view.index(view.startIndex, offsetBy: searched)...].firstIndex(of: UInt8(ascii: "\n")) else { break }
            let length = newline - view.startIndex
            guard let line = rest.readSlice(length: length) else { break }
            rest.moveReaderIndex(forwardBy: 1)
            searched = 0
            if !line.readableBytesView.allSatisfy({ $0 == UInt8(ascii: "\r") || $0 == UInt8(ascii: " ") }) { lines.append(line) }
        }
        guard rest.readableBytes <= maximumLength else {
            throw KubernetesError(.tooLarge, "A line of the watch is larger than \(maximumLength) bytes")
        }
        if rest.readableBytes == 0 { rest = ByteBuffer() }
        return lines
    }

    /// What follows the last complete line.
    var remainder: ByteBuffer { rest }
}
