/// Finds members that occur more than once in an object of a JSON text: the last one counts, and the others are told of.
struct DuplicateFields {
    private enum Level {
        case object(path: String, seen: Set<String>, member: String)
        case array(path: String, index: Int)
    }

    /// The most that are told of.
    private static let limit = 100

    /// The paths of the members that occur more than once, such as `metadata.name`.
    ///
    /// - Parameter bytes: A text that has been parsed without an error.
    static func find(in bytes: [UInt8]) -> [String] {
        var levels: [Level] = []
        var found: [String] = []
        var expectsName = false
        var index = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "{"):
                levels.append(.object(path: path(of: levels.last), seen: [], member: ""))
                expectsName = true
            case UInt8(ascii: "["):
                levels.append(.array(path: path(of: levels.last), index: 0))
                expectsName = false
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                _ = levels.popLast()
                expectsName = false
            case UInt8(ascii: ","):
                expectsName = false
                switch levels.popLast() {
                case .array(let path, let position): levels.append(.array(path: path, index: position + 1))
                case .some(let object):
                    levels.append(object)
                    expectsName = true
                case nil: break
                }
            case UInt8(ascii: "\""):
                let start = index + 1
                index = end(ofTextAt: start, in: bytes)
                guard expectsName, case .object(let path, var seen, _)? = levels.popLast() else { break }
                let name = String(decoding: bytes[start..<index], as: UTF8.self)
                let place = path.isEmpty ? name : "\(path).\(name)"
                if !seen.insert(name).inserted, !found.contains(place), found.count < limit { found.append(place) }
                levels.append(.object(path: path, seen: seen, member: name))
                expectsName = false
            default: break
            }
            index += 1
        }
        return found
    }

    private static func end(ofTextAt start: Int, in bytes: [UInt8]) -> Int {
        var index = start
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") { index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1 }
        return min(index, bytes.count)
    }

    private static func path(of level: Level?) -> String {
        switch level {
        case .object(let path, _, let member): path.isEmpty ? member : "\(path).\(member)"
        case .array(let path, let index): "\(path)[\(index)]"
        case nil: ""
        }
    }
}
