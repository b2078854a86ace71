import Foundation
import JSONValue
import KubernetesModel
import NIOCore

/// Makes errors of answers that are no success.
enum StatusDecoding {
    /// The error of an answer: the server's own status where it sent one, else one made of the code.
    ///
    /// - Parameters:
    ///   - code: the HTTP status code, 300 or above.
    ///   - location: where a redirection leads to.
    ///   - isCreation: whether the request was to create something.
    static func error(
        code: Int,
        body: ByteBuffer,
        retryAfter: Duration?,
        location: String? = nil,
        isCreation: Bool = false
    ) -> KubernetesError {
        let json = try? body.withUnsafeReadableBytes { (bytes: UnsafeRawBufferPointer) throws -> JSON in try JSON(parsing: bytes) }
        if let json, json["kind"]?.stringValue == "Status", var status = try? json.decode(Status.self) {
            if (status.code ?? 0) == 0 { status.code = code }
            if status.reason?.isEmpty ?? true { status.reason = StatusReason(code: code, isCreation: isCreation).rawValue }
            return .status(status, retryAfter: retryAfter)
        }
        var message = "The server answered \(code)"
        if (300..<400).contains(code) {
            message += " and leads to \(location ?? "nowhere"), which an API server does not do: is there a login or a proxy before it?"
        }
        let text = excerpt(body)
        if !text.isEmpty { message += ": \(text)" }
        let reason = StatusReason(code: code, isCreation: isCreation).rawValue
        return .status(Status(code: code, reason: reason, message: message), retryAfter: retryAfter)
    }

    /// The beginning of a text that is no JSON of the API, in one line and without the marks of HTML, for whoever looks for the cause: proxies
    /// and web servers answer in their own ways.
    static func excerpt(_ body: ByteBuffer) -> String {
        let beginning = String(buffer: body.getSlice(at: body.readerIndex, length: min(body.readableBytes, 4096)) ?? ByteBuffer())
        var text = ""
        var isMark = false
        let isHTML = beginning.lowercased().contains("<html") || beginning.lowercased().contains("<!doctype")
        for character in beginning {
            if isHTML, character == "<" { isMark = true }
            if !isMark, let value = character.unicodeScalars.first?.value, value >= 32, character != "\u{FFFD}" {
                text.append(character)
            } else {
                text.append(" ")
            }
            if isHTML, character == ">" { isMark = false }
        }
        let line = text.split(separator: " ").joined(separator: " ")
        return line.count > 200 ? line.prefix(200) + "…" : line
    }
}
