/// Whether two words are one slip of the keyboard or two apart.
enum Nearness {
    /// Whether at most two letters must be changed, added or taken away, and less than half of the word.
    static func isNear(_ left: String, _ right: String) -> Bool {
        if left.utf8.count == right.utf8.count, left.utf8.sorted() == right.utf8.sorted() { return true }
        let allowed = min(2, max(1, right.utf8.count / 3))
        return right.hasPrefix(left) && left.utf8.count > 2 || distance(Array(left.utf8), Array(right.utf8)) <= allowed
    }

    /// The Levenshtein distance.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var row = Array(0...right.count)
        for (index, letter) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for (column, other) in right.enumerated() {
                let above = row[column + 1]
                row[column + 1] = min(above + 1, row[column] + 1, diagonal + (letter == other ? 0 : 1))
                diagonal = above
            }
        }
        return row[right.count]
    }
}
