import JSONValue

/// A document of a file that says what it describes: `kind`, and either a Kubernetes object or the members of a body.
struct ResourceDocument {
    var type: ResourceDeclaration
    /// The name it gives.
    var name: String
    /// The names of what it is part of (`parents` in the document).
    var parents: [String]
    /// The body of a request.
    var body: JSON
    /// Whether it is to be suspended; `nil` when the document does not say.
    var isSuspended: Bool?
    /// What the document says and REST does not keep.
    var ignored: [String]

    /// Reads the documents of files, all of them before any is used.
    static func read(files: [String], _ context: CLIContext) throws -> [ResourceDocument] {
        try files.flatMap { file in
            try read(String(decoding: try InputFile.read(file, context), as: UTF8.self), source: file)
        }
    }

    /// Reads the documents of a YAML or JSON text.
    static func read(_ text: String, source: String) throws -> [ResourceDocument] {
        try RequestBody.raw(text, source: source).map { try make($0, source) }
    }

    private static func make(_ document: JSON, _ source: String) throws -> ResourceDocument {
        guard let kind = document["kind"]?.stringValue else {
            throw OCError(
                .usage,
                code: "BAD_FILE",
                "A document of \(source) does not say its kind",
                details: ["Add for instance `kind: Tenant`, or use `oc create TYPE -f`."]
            )
        }
        if let version = document["apiVersion"]?.stringValue, !version.hasPrefix("opencrane.io/") {
            throw OCError(.usage, code: "BAD_FILE", "\(source) describes a \(kind) of \(version), which is not OpenCrane's")
        }
        let type = try Catalogue.find(kind)
        var body = RequestBody.flattened(document)
        let parents = (body["parents"]?.arrayValue ?? []).compactMap(\.stringValue)
        for member in type.readOnly.union(["apiVersion", "kind", "parents"]) { body[member] = nil }
        // A policy is read in another form than it is written in.
        if type.kind == "AccessPolicy", let rules = body["domainRules"] {
            body["domains"] = rules.objectValue.map { .object($0.filter { $0.key != "defaultDeny" }) }
            body["domainRules"] = nil
        }
        let isSuspended = type.action("suspend") == nil ? nil : body["suspended"]?.boolValue
        if type.action("suspend") != nil { body["suspended"] = nil }
        let ignored = ["labels", "annotations", "namespace"].filter { document[at: ["metadata", $0]] != nil }.map { "metadata.\($0)" }
        guard let name = body["name"]?.stringValue ?? body[type.nameMember]?.stringValue ?? (type.arguments.isEmpty ? "" : nil) else {
            throw OCError(.usage, code: "BAD_FILE", "A \(type.singular) of \(source) has no name")
        }
        guard parents.count == type.parents else {
            throw OCError(
                .usage,
                code: "BAD_FILE",
                "The \(type.singular) \"\(name)\" of \(source) needs `parents`: \(type.arguments.dropLast().joined(separator: ", "))"
            )
        }
        return ResourceDocument(type: type, name: name, parents: parents, body: body, isSuspended: isSuspended, ignored: ignored)
    }

    /// The words that name the object at the server; `nil` when there is none.
    ///
    /// Objects of types with identifiers are found by their names.
    func find(_ reader: ResourceReader) async throws -> [String]? {
        if type.arguments.isEmpty { return [] }
        guard type.nameMember == "name" else {
            let objects = try await reader.list(Target(type: type, parents: parents, names: []))
            return objects.first { $0["name"]?.stringValue == name }.map { parents + [type.name(of: $0)] }
        }
        do {
            _ = try await reader.object(type, parents + [name])
            return parents + [name]
        } catch let error as OCError where error.exit == .notFound {
            return nil
        }
    }
}
