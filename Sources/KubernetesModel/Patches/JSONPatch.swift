import JSONValue

/// JSON patch (RFC 6902): a list of operations, done all or not at all.
public struct JSONPatch: Sendable, Hashable {
    /// One operation.
    public enum Operation: Sendable, Hashable {
        /// Adds a member, or inserts an element.
        case add(JSONPointer, JSON)
        /// Removes what is there.
        case remove(JSONPointer)
        /// Replaces what is there.
        case replace(JSONPointer, JSON)
        /// Moves what is there.
        case move(from: JSONPointer, to: JSONPointer)
        /// Copies what is there.
        case copy(from: JSONPointer, to: JSONPointer)
        /// Goes on only if the value there is equal.
        case test(JSONPointer, JSON)
    }

    /// Why a patch is malformed or cannot be applied.
    public struct Failure: Error, Sendable, Hashable, CustomStringConvertible {
        /// Kinds of failure, for programs.
        public enum Code: String, Sendable {
            /// The document is no patch.
            case malformed
            /// A path leads nowhere.
            case missing
            /// A `test` operation found another value.
            case testFailed
        }
        /// The kind of failure.
        public var code: Code
        /// A sentence for people.
        public var description: String

        init(_ code: Code, _ description: String) {
            self.code = code
            self.description = description
        }
    }

    /// The operations in their order.
    public var operations: [Operation]

    /// A patch of operations.
    public init(operations: [Operation]) { self.operations = operations }

    /// Reads a patch document.
    ///
    /// - Throws: ``Failure`` with `malformed`.
    public init(_ json: JSON) throws(Failure) {
        guard case .array(let entries) = json else { throw Failure(.malformed, "A JSON patch is an array of operations") }
        operations = []
        for (index, entry) in entries.enumerated() { operations.append(try Self.operation(entry, index)) }
    }

    private static func operation(_ entry: JSON, _ index: Int) throws(Failure) -> Operation {
        func pointer(_ member: String) throws(Failure) -> JSONPointer {
            guard let text = entry[member]?.stringValue, let pointer = JSONPointer(parsing: text) else {
                throw Failure(.malformed, "Operation \(index) has no valid '\(member)'")
            }
            return pointer
        }
        func value() throws(Failure) -> JSON {
            guard let value = entry["value"] else { throw Failure(.malformed, "Operation \(index) has no 'value'") }
            return value
        }
        switch entry["op"]?.stringValue {
        case "add": return .add(try pointer("path"), try value())
        case "remove": return .remove(try pointer("path"))
        case "replace": return .replace(try pointer("path"), try value())
        case "move": return .move(from: try pointer("from"), to: try pointer("path"))
        case "copy": return .copy(from: try pointer("from"), to: try pointer("path"))
        case "test": return .test(try pointer("path"), try value())
        default: throw Failure(.malformed, "Operation \(index) has no known 'op'")
        }
    }

    /// The document with all operations done.
    ///
    /// - Throws: ``Failure`` with `missing` or `testFailed`.
    public func apply(to document: JSON) throws(Failure) -> JSON {
        var result = document
        for operation in operations {
            switch operation {
            case .add(let path, let value): try Self.add(value, at: path.tokens[...], in: &result)
            case .remove(let path): _ = try Self.remove(path, in: &result)
            case .replace(let path, let value):
                _ = try Self.existing(path, in: result)
                try Self.replace(value, at: path.tokens[...], in: &result)
            case .move(let from, let to):
                let value = try Self.remove(from, in: &result)
                try Self.add(value, at: to.tokens[...], in: &result)
            case .copy(let from, let to):
                let value = try Self.existing(from, in: result)
                try Self.add(value, at: to.tokens[...], in: &result)
            case .test(let path, let value):
                guard path.value(in: result) == value else { throw Failure(.testFailed, "Testing value \(path) failed") }
            }
        }
        return result
    }

    private static func existing(_ path: JSONPointer, in document: JSON) throws(Failure) -> JSON {
        guard let value = path.value(in: document) else { throw Failure(.missing, "There is nothing at \(path)") }
        return value
    }

    private static func missing(_ token: String) -> Failure { Failure(.missing, "There is nothing at '\(token)'") }

    private static func add(_ value: JSON, at path: ArraySlice<String>, in document: inout JSON) throws(Failure) {
        guard let token = path.first else {
            document = value
            return
        }
        if path.count > 1 {
            try descend(token, in: &document) { (child: inout JSON) throws(Failure) in try add(value, at: path.dropFirst(), in: &child) }
            return
        }
        switch document {
        case .object: document[token] = value
        case .array(var elements):
            guard let index = token == "-" ? elements.count : JSONPointer.index(token, below: elements.count + 1) else {
                throw missing(token)
            }
            elements.insert(value, at: index)
            document = .array(elements)
        default: throw missing(token)
        }
    }

    private static func replace(_ value: JSON, at path: ArraySlice<String>, in document: inout JSON) throws(Failure) {
        guard let token = path.first else {
            document = value
            return
        }
        try descend(token, in: &document) { (child: inout JSON) throws(Failure) in
            try replace(value, at: path.dropFirst(), in: &child)
        }
    }

    private static func remove(_ path: JSONPointer, in document: inout JSON) throws(Failure) -> JSON {
        let value = try existing(path, in: document)
        try remove(at: path.tokens[...], in: &document)
        return value
    }

    private static func remove(at path: ArraySlice<String>, in document: inout JSON) throws(Failure) {
        guard let token = path.first else {
            document = .null
            return
        }
        if path.count > 1 {
            try descend(token, in: &document) { (child: inout JSON) throws(Failure) in try remove(at: path.dropFirst(), in: &child) }
        } else if case .array(var elements) = document, let index = JSONPointer.index(token, below: elements.count) {
            elements.remove(at: index)
            document = .array(elements)
        } else {
            document[token] = nil
        }
    }

    private static func descend(
        _ token: String,
        in document: inout JSON,
        _ change: (inout JSON) throws(Failure) -> Void
    ) throws(Failure) {
        switch document {
        case .object(var members):
            guard var child = members[token] else { throw missing(token) }
            try change(&child)
            members[token] = child
            document = .object(members)
        case .array(var elements):
            guard let index = JSONPointer.index(token, below: elements.count) else { throw missing(token) }
            try change(&elements[index])
            document = .array(elements)
        default: throw missing(token)
        }
    }
}
