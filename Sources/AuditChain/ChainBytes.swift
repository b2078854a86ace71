/// One spelling for one content: every text with its length before it and a mark whether it is there, every number with eight bytes, so that
/// no two contents have the same bytes.
struct ChainBytes {
    private(set) var bytes: [UInt8] = []

    init(_ label: String) {
        bytes.reserveCapacity(512)
        add(label)
    }

    mutating func add(_ number: Int64) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func add(_ text: String?) {
        guard let text else { return bytes.append(0) }
        bytes.append(1)
        add(Int64(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    mutating func add(_ content: [UInt8]) {
        add(Int64(content.count))
        bytes.append(contentsOf: content)
    }
}
