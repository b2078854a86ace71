import Foundation
import JSONValue
import KubernetesModel

/// Bodies in the API's binary form, as JSON: kubectl and Go clients send built-in kinds so. Answers are always JSON.
enum ProtobufBody {
    static let mediaType = "application/vnd.kubernetes.protobuf"

    private static let magic: [UInt8] = Array("k8s\0".utf8)

    /// Reads `runtime.Unknown` with one object in it.
    static func json(_ bytes: [UInt8]) throws(APIError) -> JSON {
        let parsed: JSON?
        do throws(ProtobufReader.Malformed) {
            parsed = try document(bytes)
        } catch {
            throw .badRequest("the body is no object in the binary form of Kubernetes")
        }
        guard let parsed else { throw .unsupportedMediaType(["application/json", "application/yaml"]) }
        return parsed
    }

    /// Nil when the kind is not known in this form.
    private static func document(_ bytes: [UInt8]) throws(ProtobufReader.Malformed) -> JSON? {
        guard bytes.starts(with: magic) else { throw ProtobufReader.Malformed() }
        var apiVersion = ""
        var kind = ""
        var raw: ArraySlice<UInt8> = []
        var reader = ProtobufReader(bytes.dropFirst(magic.count))
        while let (number, value) = try reader.next() {
            guard case .data(let data) = value else { continue }
            if number == 2 { raw = data }
            guard number == 1 else { continue }
            var typeMeta = ProtobufReader(data)
            while let (number, value) = try typeMeta.next() {
                guard case .data(let text) = value else { continue }
                if number == 1 { apiVersion = String(decoding: text, as: UTF8.self) }
                if number == 2 { kind = String(decoding: text, as: UTF8.self) }
            }
        }
        guard let message = ProtobufTypes.message(apiVersion: apiVersion, kind: kind) else { return nil }
        var object = try object(raw, message: message, depth: 0)
        object["apiVersion"] = .string(apiVersion)
        object["kind"] = .string(kind)
        return .object(object)
    }

    private static func object(_ bytes: ArraySlice<UInt8>, message: String, depth: Int) throws(ProtobufReader.Malformed) -> [String: JSON] {
        guard depth < 64, let fields = ProtobufTypes.fields(message) else { throw ProtobufReader.Malformed() }
        var object: [String: JSON] = [:]
        var reader = ProtobufReader(bytes)
        while let (number, value) = try reader.next() {
            guard let field = fields[number] else { continue }
            switch field.shape {
            case .one: object[field.name] = try self.value(value, type: field.type, depth: depth + 1)
            case .repeated:
                let element = try self.value(value, type: field.type, depth: depth + 1)
                object[field.name] = .array((object[field.name]?.arrayValue ?? []) + [element])
            case .map:
                guard case .data(let entry) = value else { throw ProtobufReader.Malformed() }
                let (key, element) = try mapEntry(entry, type: field.type, depth: depth + 1)
                var members = object[field.name]?.objectValue ?? [:]
                members[key] = element
                object[field.name] = .object(members)
            case .inlined:
                guard case .data(let inner) = value else { throw ProtobufReader.Malformed() }
                object.merge(try self.object(inner, message: field.type, depth: depth + 1)) { $1 }
            }
        }
        return object
    }

    private static func mapEntry(
        _ bytes: ArraySlice<UInt8>,
        type: String,
        depth: Int
    ) throws(ProtobufReader.Malformed) -> (key: String, value: JSON) {
        var key = ""
        var element: JSON = type == "string" || type == "bytes" ? "" : .null
        var reader = ProtobufReader(bytes)
        while let (number, value) = try reader.next() {
            if number == 1, case .data(let data) = value { key = String(decoding: data, as: UTF8.self) }
            if number == 2 { element = try self.value(value, type: type, depth: depth) }
        }
        return (key, element)
    }

    private static func value(
        _ value: ProtobufReader.Value,
        type: String,
        depth: Int
    ) throws(ProtobufReader.Malformed) -> JSON {
        switch (value, type) {
        case (.integer(let number), "bool"): return .bool(number != 0)
        case (.integer(let number), _): return .integer(Int64(bitPattern: number))
        case (.bits64(let bits), _): return .number(Double(bitPattern: bits))
        case (.bits32(let bits), _): return .number(Double(Float(bitPattern: bits)))
        case (.data(let data), "string"): return .string(String(decoding: data, as: UTF8.self))
        case (.data(let data), "bytes"): return .string(Data(data).base64EncodedString())
        case (.data(let data), "Quantity"): return try scalar(data, field: 1)
        case (.data(let data), "IntOrString"): return try intOrString(data)
        case (.data(let data), "Time"): return try time(data, hasFraction: false)
        case (.data(let data), "MicroTime"): return try time(data, hasFraction: true)
        case (.data(let data), "FieldsV1"), (.data(let data), "RawExtension"): return try embedded(data)
        case (.data(let data), "authenticationExtraValue"), (.data(let data), "authorizationExtraValue"):
            return try object(data, message: type, depth: depth)["items"] ?? []
        case (.data(let data), _): return .object(try object(data, message: type, depth: depth))
        }
    }

    private static func scalar(_ bytes: ArraySlice<UInt8>, field: Int) throws(ProtobufReader.Malformed) -> JSON {
        var reader = ProtobufReader(bytes)
        while let (number, value) = try reader.next() {
            if number == field, case .data(let data) = value { return .string(String(decoding: data, as: UTF8.self)) }
        }
        return "0"
    }

    private static func intOrString(_ bytes: ArraySlice<UInt8>) throws(ProtobufReader.Malformed) -> JSON {
        var isText = false
        var number: Int64 = 0
        var text = ""
        var reader = ProtobufReader(bytes)
        while let (field, value) = try reader.next() {
            switch (field, value) {
            case (1, .integer(let kind)): isText = kind == 1
            case (2, .integer(let value)): number = Int64(bitPattern: value)
            case (3, .data(let data)): text = String(decoding: data, as: UTF8.self)
            default: continue
            }
        }
        return isText ? .string(text) : .integer(number)
    }

    private static func time(_ bytes: ArraySlice<UInt8>, hasFraction: Bool) throws(ProtobufReader.Malformed) -> JSON {
        var seconds: Int64 = 0
        var nanos: Int64 = 0
        var isSet = false
        var reader = ProtobufReader(bytes)
        while let (field, value) = try reader.next() {
            guard case .integer(let number) = value else { continue }
            isSet = true
            if field == 1 { seconds = Int64(bitPattern: number) }
            if field == 2 { nanos = Int64(bitPattern: number) }
        }
        guard isSet, abs(seconds) < 253_402_300_800 else { return .null }
        let timestamp = Timestamp(microseconds: seconds * 1_000_000 + nanos / 1000)
        return .string(hasFraction ? timestamp.microTime : timestamp.wholeSeconds.description)
    }

    private static func embedded(_ bytes: ArraySlice<UInt8>) throws(ProtobufReader.Malformed) -> JSON {
        var reader = ProtobufReader(bytes)
        while let (number, value) = try reader.next() {
            if number == 1, case .data(let data) = value, let json = try? JSON(parsing: data) { return json }
        }
        return .null
    }
}
