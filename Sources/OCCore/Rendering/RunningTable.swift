import JSONValue
import KubernetesModel

/// A table that grows: its columns keep their places, so that later lines stand below the first ones.
struct RunningTable {
    private var table: Table
    private var widths: [Int] = []
    private var hasTitles: Bool

    /// A table without lines yet.
    init(columns: [Column], showsTitles: Bool, isColoured: Bool) {
        table = Table(columns: columns, showsTitles: showsTitles, isColoured: isColoured)
        hasTitles = showsTitles
    }

    /// Further lines; the first call begins with the titles. An object that is gone has `(gone)` at the end of its line.
    mutating func lines(_ objects: [(object: JSON, isGone: Bool)], now: Timestamp) -> String {
        table.showsTitles = hasTitles
        hasTitles = false
        let (text, widths) = table.layOut(objects.map(\.object), atLeast: self.widths, now: now)
        self.widths = widths
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        let first = lines.count - objects.count
        for (index, object) in objects.enumerated() where object.isGone { lines[first + index] += "   (gone)" }
        return lines.joined(separator: "\n") + "\n"
    }
}
