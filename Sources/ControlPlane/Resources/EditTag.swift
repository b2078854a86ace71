import HTTPOperations
import HTTPTypes
import JSONValue

/// The version of an object that people edit and that background work notes something of as well.
///
/// A read shows a tag of everything, so that nobody is told that an object is as it was when it is not. A write is only kept back when
/// what people edit has changed since.
struct EditTag: Sendable, Hashable {
    /// Digest of what people edit.
    let edit: String
    /// Digest of everything.
    let whole: String

    /// The tag of an object.
    ///
    /// - Parameters:
    ///   - edit: what people edit of it.
    ///   - whole: all that is shown of it.
    init(edit: some Encodable, whole: some Encodable) throws {
        self.edit = ContentDigest.hexadecimal(of: try JSON(encoding: edit).serialized(), length: 24)
        self.whole = ContentDigest.hexadecimal(of: try JSON(encoding: whole).serialized(), length: 24)
    }

    /// As the header carries it.
    var tag: EntityTag { EntityTag("\(edit).\(whole)") }

    /// Throws 412 when `If-Match` names versions in which people had written something else.
    func requireMatch(_ context: OperationContext) throws(OperationError) {
        guard let header = context.headers[.ifMatch] else { return }
        let names = header.split(separator: ",").map { $0.filter { $0 != " " && $0 != "\t" } }
        guard names.contains(where: { $0 == "*" || $0.hasPrefix("\"\(edit).") }) else { throw .preconditionFailed }
    }
}
