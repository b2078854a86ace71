import Foundation
import Glibc
import JSONValue

/// The files of one machine.
struct MachineDirectory: Sendable {
    /// The directory's path.
    let path: String

    var state: String { "\(path)/state" }
    var files: String { "\(path)/files" }
    private var recordPath: String { "\(path)/machine.json" }

    func log(of role: ProcessRole) -> String { "\(path)/\(role.rawValue).log" }

    /// Makes the directory, whole or not at all.
    static func create(at path: String, _ record: MachineRecord, files: [CloudConfig.File]) throws(MachineError) {
        let name = URL(filePath: path).lastPathComponent
        let draft = MachineDirectory(path: URL(filePath: path).deletingLastPathComponent().path + "/.creating-\(name)")
        do {
            try? FileManager.default.removeItem(atPath: draft.path)
            let mode: [FileAttributeKey: Any] = [.posixPermissions: 0o700]
            try FileManager.default.createDirectory(atPath: draft.state, withIntermediateDirectories: true, attributes: mode)
            for file in files {
                let target = URL(filePath: draft.files + file.path)
                try FileManager.default.createDirectory(
                    at: target.deletingLastPathComponent(),
                    withIntermediateDirectories: true,
                    attributes: mode
                )
                guard
                    FileManager.default.createFile(
                        atPath: target.path,
                        contents: Data(file.content.utf8),
                        attributes: [.posixPermissions: NSNumber(value: file.mode)]
                    )
                else { throw CocoaError(.fileWriteUnknown) }
            }
            try draft.write(record)
            try FileManager.default.moveItem(atPath: draft.path, toPath: path)
        } catch {
            throw MachineError(.hostFailure, "The directory of the machine \(name) cannot be made", cause: error)
        }
    }

    /// The record; `nil` when there is none that can be read.
    func read() -> MachineRecord? {
        guard let bytes = SmallFile.bytes(recordPath), let json = try? JSON(parsing: bytes) else { return nil }
        return try? json.decode(MachineRecord.self)
    }

    /// Replaces the record as a whole, so that nobody ever reads half of it.
    func write(_ record: MachineRecord) throws(MachineError) {
        do {
            let part = recordPath + ".part"
            guard
                FileManager.default.createFile(
                    atPath: part,
                    contents: Data(try JSON(encoding: record).serialized(pretty: true)),
                    attributes: [.posixPermissions: 0o600]
                ), rename(part, recordPath) == 0
            else { throw CocoaError(.fileWriteUnknown) }
        } catch {
            throw MachineError(.hostFailure, "The record of the machine \(record.name) cannot be written", cause: error)
        }
    }

    /// The variables that the bootstrap left for the gateway, one `NAME=value` a line.
    func gatewayEnvironment() -> [String: String] {
        var variables: [String: String] = [:]
        for line in (SmallFile.text("\(state)/gateway.env") ?? "").split(separator: "\n") {
            guard let sign = line.firstIndex(of: "="), sign != line.startIndex, !line.hasPrefix("#") else { continue }
            variables[String(line[..<sign])] = String(line[line.index(after: sign)...])
        }
        return variables
    }

    /// Cuts logs that grew past a size. The programs append, so what they write next begins an empty file; the end of what was cut is kept
    /// beside it.
    func cutLogs(past limit: Int) {
        for path in [log(of: .bootstrap), log(of: .gateway)] {
            var information = stat()
            guard stat(path, &information) == 0, information.st_size > limit, let log = FileHandle(forReadingAtPath: path) else { continue }
            defer { try? log.close() }
            try? log.seek(toOffset: UInt64(max(0, Int(information.st_size) - limit / 2)))
            let end = (try? log.read(upToCount: limit / 2)) ?? Data()
            _ = FileManager.default.createFile(atPath: path + ".1", contents: end, attributes: [.posixPermissions: 0o600])
            truncate(path, 0)
        }
    }
}
