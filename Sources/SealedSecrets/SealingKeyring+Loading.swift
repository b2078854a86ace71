import Foundation
import Observability

extension SealingKeyring {
    /// Largest key file that is read, in bytes.
    public static let largestFile = 64 << 10

    /// Reads keys from text: one `id:base64` a line, the current key first. Empty lines and those that begin with `#` do not count.
    ///
    /// A semicolon may stand for the end of a line, for places that keep one line only.
    ///
    /// - Throws: ``SealingError`` with `invalidKey`; the message names the line, never what it says.
    public init(parsing text: SensitiveString) throws(SealingError) {
        var keys: [SealingKey] = []
        let lines = text.reveal().split(omittingEmptySubsequences: false) { $0.isNewline || $0 == ";" }
        for (index, line) in lines.enumerated() {
            let entry = line.trimmingCharacters(in: .whitespaces)
            if entry.isEmpty || entry.hasPrefix("#") { continue }
            let parts = entry.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { throw SealingError(.invalidKey, "Line \(index + 1) of the sealing keys is not id:base64.") }
            do {
                keys.append(try SealingKey(id: String(parts[0]), base64: Secret(String(parts[1]))))
            } catch {
                throw SealingError(error.code, "Line \(index + 1) of the sealing keys: \(error.message)")
            }
        }
        guard let first = keys.first else { throw SealingError(.invalidKey, "There is no sealing key; give at least one id:base64.") }
        try self.init(current: first, older: Array(keys.dropFirst()))
    }

    /// Reads keys from a file that ``init(parsing:)`` understands.
    ///
    /// - Throws: ``SealingError`` with `keysUnreadable` or `invalidKey`.
    public init(file path: String) throws(SealingError) {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw SealingError(.keysUnreadable, "The file of sealing keys, \(path), cannot be opened.")
        }
        defer { try? handle.close() }
        let data: Data
        do { data = try handle.read(upToCount: Self.largestFile + 1) ?? Data() } catch {
            throw SealingError(.keysUnreadable, "The file of sealing keys, \(path), cannot be read.")
        }
        guard data.count <= Self.largestFile else {
            throw SealingError(.keysUnreadable, "The file of sealing keys, \(path), is larger than \(Self.largestFile) bytes.")
        }
        guard let text = String(data: data, encoding: .utf8) else { throw SealingError(.invalidKey, "The file \(path) is not text.") }
        try self.init(parsing: Secret(text))
    }

    /// Reads keys from variables of an environment: `NAME` holds the keys themselves, `NAME_FILE` the path of a file with them.
    ///
    /// - Parameters:
    ///   - variable: `NAME`.
    ///   - environment: the variables.
    /// - Returns: `nil` when neither variable is set, or both are empty.
    /// - Throws: ``SealingError`` with `invalidKey` when both are set or the keys are wrong, `keysUnreadable` when the file is.
    public static func load(variable: String, environment: [String: String]) throws(SealingError) -> SealingKeyring? {
        let text = environment[variable].flatMap { $0.isEmpty ? nil : $0 }
        let path = environment[variable + "_FILE"].flatMap { $0.isEmpty ? nil : $0 }
        switch (text, path) {
        case (nil, nil): return nil
        case (let text?, nil): return try SealingKeyring(parsing: Secret(text))
        case (nil, let path?): return try SealingKeyring(file: path)
        case (.some, .some): throw SealingError(.invalidKey, "Set \(variable) or \(variable)_FILE, not both.")
        }
    }
}
