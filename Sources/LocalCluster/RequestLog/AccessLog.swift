import Foundation
import NIOConcurrencyHelpers

/// The different things that were asked of a server: what its clients need to be allowed. It is bounded.
///
/// Besides the requests it has what has to be allowed with them: `create` where an apply finds nothing, and `update` of an owner's
/// finalizers where its deletion will wait for an object.
public final class AccessLog: Sendable {
    private static let limit = 10_000
    /// The lines that this process has written to each file: many servers of one process write each line once.
    private static let written = NIOLockedValueBox<[String: Set<String>]>([:])

    private let file: String?
    private let state = NIOLockedValueBox<Set<AccessRecord>>([])

    /// - Parameter file: takes a line for everything new; several processes may write the same one.
    init(file: String?) {
        self.file = file
    }

    /// Everything that was asked for.
    public var records: Set<AccessRecord> { state.withLockedValue { $0 } }

    func add(_ record: AccessRecord) {
        let isNew = state.withLockedValue { $0.count < Self.limit && $0.insert(record).inserted }
        guard isNew, let file else { return }
        let line = record.line
        Self.written.withLockedValue { written in
            guard written[file, default: []].count < Self.limit, written[file, default: []].insert(line).inserted else { return }
            Self.append(line, to: file)
        }
    }

    /// One write at the end of the file: lines of several processes do not mix.
    private static func append(_ line: String, to file: String) {
        let descriptor = open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let bytes = Array(line.utf8)
        _ = write(descriptor, bytes, bytes.count)
    }
}
