import JSONValue

extension JSON {
    /// Sets a member where there is none, or only `null`.
    mutating func fill(_ path: [String], _ value: JSON) {
        if self[at: path] ?? .null == .null { self[at: path] = value }
    }

    /// Changes a member where there is one.
    mutating func change(_ path: [String], _ body: (inout JSON) -> Void) {
        guard var value = self[at: path], !value.isNull else { return }
        body(&value)
        self[at: path] = value
    }

    /// Changes every element of a list where there is one.
    mutating func changeEach(_ path: [String], _ body: (inout JSON) -> Void) {
        guard case .array(var elements)? = self[at: path] else { return }
        for index in elements.indices { body(&elements[index]) }
        self[at: path] = .array(elements)
    }

    /// The text at a path; empty when there is none.
    func text(at path: String...) -> String { self[at: path]?.stringValue ?? "" }

    /// The elements at a path; none when there is no list.
    func list(at path: String...) -> [JSON] { self[at: path]?.arrayValue ?? [] }

    /// The members at a path; none when there is no object.
    func members(at path: String...) -> [String: JSON] { self[at: path]?.objectValue ?? [:] }
}
