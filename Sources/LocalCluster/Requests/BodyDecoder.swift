import JSONValue
import Yams

/// How bodies are read.
enum BodyDecoder {
    /// Reads an object that is to be created or to replace another one.
    ///
    /// - Parameter kind: The kind that is expected: errors name it.
    static func object(_ bytes: [UInt8], contentType: String?, kind: String) throws(APIError) -> JSON {
        let media = MediaType(contentType ?? "application/json").type
        switch media {
        case "application/json", "", "text/json", "*/*":
            return try json(bytes) { "the object provided is unrecognized (must be of type \(kind)): couldn't get version/kind; \($0)" }
        case "application/yaml", "application/x-yaml":
            return try YAMLBody.json(String(decoding: bytes, as: UTF8.self))
        case ProtobufBody.mediaType:
            return try ProtobufBody.json(bytes)
        default:
            throw .unsupportedMediaType(ResponseFormat.mediaTypes)
        }
    }

    /// What a body says twice: members of JSON objects. What YAML says twice is an error of its own.
    static func duplicates(_ call: APICall, _ validation: WriteOptions.FieldValidation) -> [String] {
        let media = MediaType(call.contentType ?? "application/json").type
        guard validation != .ignore, ["application/json", "", "text/json", "*/*"].contains(media) else { return [] }
        return DuplicateFields.find(in: call.body)
    }

    /// Reads `DeleteOptions`; nil when there is no body.
    static func options(_ bytes: [UInt8], contentType: String?) throws(APIError) -> JSON? {
        guard !bytes.isEmpty else { return nil }
        return try object(bytes, contentType: contentType, kind: "DeleteOptions")
    }

    static func json(_ bytes: [UInt8], _ message: (String) -> String) throws(APIError) -> JSON {
        do throws(JSONError) {
            return try JSON(parsing: bytes)
        } catch {
            let shown = bytes.isEmpty ? "<empty>" : String(decoding: bytes.prefix(512), as: UTF8.self)
            let cause = bytes.isEmpty ? "unexpected end of JSON input" : "\(error)"
            throw .badRequest(message("json parse error: \(cause) (\(shown))"))
        }
    }
}
