import JSONValue
import KubernetesModel

/// Lays objects out in columns.
struct Table {
    var columns: [Column]
    var showsTitles = true
    var isColoured = false

    /// The text of a table with a line for each object; empty when there are none.
    func text(_ objects: [JSON], now: Timestamp) -> String {
        objects.isEmpty ? "" : layOut(objects, atLeast: [], now: now).text
    }

    /// The text, and how wide each column came out.
    ///
    /// - Parameter atLeast: how wide the columns were before; none for a table that begins.
    func layOut(_ objects: [JSON], atLeast before: [Int], now: Timestamp) -> (text: String, widths: [Int]) {
        let rows = objects.map { object in columns.map { $0.cell(object, now: now) } }
        let titles = columns.map(\.title)
        let widths = columns.indices.map { index in
            max(
                before.indices.contains(index) ? before[index] : 0,
                showsTitles ? DisplayText.width(titles[index]) : 0,
                rows.map { DisplayText.width($0[index]) }.max() ?? 0
            )
        }
        var lines = showsTitles ? [line(titles, widths, isTitle: true)] : []
        lines += rows.map { line($0, widths, isTitle: false) }
        return (lines.joined(separator: "\n") + "\n", widths)
    }

    private func line(_ cells: [String], _ widths: [Int], isTitle: Bool) -> String {
        var text = ""
        for (index, cell) in cells.enumerated() {
            let isLast = index == cells.count - 1
            let padding = isLast ? "" : String(repeating: " ", count: widths[index] - DisplayText.width(cell) + 3)
            let isState = !isTitle && isColoured && columns[index].style == .state
            text += (isState ? Self.coloured(cell) : cell) + padding
        }
        return text
    }

    /// Green for what is well, red for what needs somebody, yellow for what is under way.
    private static func coloured(_ cell: String) -> String {
        let colour =
            switch cell.lowercased() {
            case "running", "ready", "true", "created", "updated": 32
            case "error", "failed", "degraded", "false", "missing-source", "missing-projection", "field-mismatch": 31
            case "pending", "provisioning", "terminating", "suspended": 33
            default: 0
            }
        return colour == 0 ? cell : "\u{1B}[\(colour)m\(cell)\u{1B}[0m"
    }
}
