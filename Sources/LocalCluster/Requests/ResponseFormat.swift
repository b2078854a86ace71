/// The form in which objects are sent, chosen by the `Accept` header.
struct ResponseFormat: Sendable, Hashable {
    enum Shape: Sendable, Hashable {
        case object
        /// `as=Table`.
        case table
        /// `as=PartialObjectMetadata` or `as=PartialObjectMetadataList`.
        case partialMetadata
    }

    enum Encoding: String, Sendable, Hashable {
        case json = "application/json"
        case yaml = "application/yaml"
    }

    var shape: Shape = .object
    var encoding: Encoding = .json
    var isPretty = false

    static let mediaTypes = ["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"]

    /// Chooses the first entry of the header that can be served; protobuf cannot, so clients fall back to what they name after it.
    static func negotiate(_ accept: String?) throws(APIError) -> ResponseFormat {
        guard let accept, !accept.isEmpty else { return ResponseFormat() }
        for entry in accept.split(separator: ",") {
            let media = MediaType(entry)
            guard let encoding = encoding(of: media.type) else { continue }
            guard let shape = media.parameters["as"] else { return ResponseFormat(shape: .object, encoding: encoding) }
            guard media.parameters["g"] ?? "meta.k8s.io" == "meta.k8s.io", ["v1", "v1beta1"].contains(media.parameters["v"] ?? "v1") else {
                continue
            }
            switch shape {
            case "Table": return ResponseFormat(shape: .table, encoding: encoding)
            case "PartialObjectMetadata", "PartialObjectMetadataList": return ResponseFormat(shape: .partialMetadata, encoding: encoding)
            default: continue
            }
        }
        throw .notAcceptable(mediaTypes)
    }

    private static func encoding(of type: String) -> Encoding? {
        switch type {
        case "application/json", "*/*", "application/*", "text/json": .json
        case "application/yaml", "application/x-yaml": .yaml
        default: nil
        }
    }
}

/// A media type with its parameters (RFC 9110, 8.3.1).
struct MediaType: Sendable, Hashable {
    var type: String
    var parameters: [String: String] = [:]

    init(_ text: some StringProtocol) {
        let parts = text.split(separator: ";").map { $0.trimmingBlanks }
        type = parts.first?.lowercased() ?? ""
        for part in parts.dropFirst() {
            let pair = part.split(separator: "=", maxSplits: 1).map { $0.trimmingBlanks }
            if pair.count == 2 { parameters[pair[0].lowercased()] = pair[1] }
        }
    }
}

extension StringProtocol {
    /// Without blanks, tabs and line ends at both ends.
    var trimmingBlanks: String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\n" || $0 == "\r" || $0 == "\r\n" }
        return String(drop(while: isBlank).reversed().drop(while: isBlank).reversed())
    }
}
