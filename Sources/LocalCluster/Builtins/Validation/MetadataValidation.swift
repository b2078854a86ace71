import JSONValue
import KubernetesModel

/// What names look like.
enum NameRule: Sendable, Hashable {
    /// Most kinds: `example.com`.
    case subdomain
    /// Namespaces: `my-name`.
    case label
    /// Services: a label that begins with a letter.
    case serviceLabel
    /// Anything that is a segment of a path (roles and bindings).
    case pathSegment

    static let subdomainMessage =
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an "
        + "alphanumeric character (e.g. 'example.com', regex used for validation is "
        + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
    static let labelMessage =
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an "
        + "alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"

    /// What is wrong with a name.
    func problems(_ name: String) -> [String] {
        switch self {
        case .subdomain:
            if name.utf8.count > 253 { return ["must be no more than 253 characters"] }
            return Self.isSubdomain(name) ? [] : [Self.subdomainMessage]
        case .label:
            if name.utf8.count > 63 { return ["must be no more than 63 characters"] }
            return Self.isLabel(name) ? [] : [Self.labelMessage]
        case .serviceLabel:
            if name.utf8.count > 63 { return ["must be no more than 63 characters"] }
            return Self.isLabel(name) && name.first?.isLetter == true
                ? []
                : [
                    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and "
                        + "end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is "
                        + "'[a-z]([-a-z0-9]*[a-z0-9])?')"
                ]
        case .pathSegment:
            if name == "." || name == ".." { return ["may not be '\(name)'"] }
            return ["/", "%"].filter { name.contains($0) }.map { "may not contain '\($0)'" }
        }
    }

    /// Whether a text is a DNS label of RFC 1123 in lower case.
    static func isLabel(_ text: some StringProtocol) -> Bool {
        guard let first = text.utf8.first, let last = Array(text.utf8).last, isAlphanumeric(first), isAlphanumeric(last) else {
            return false
        }
        return text.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
    }

    /// Whether a text is a DNS name of RFC 1123 in lower case.
    static func isSubdomain(_ text: some StringProtocol) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { isLabel($0) }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

/// Validation of `metadata`.
enum MetadataValidation {
    /// What is wrong with the metadata of an object to be created.
    static func create(_ object: JSON, isNamespaced: Bool, nameRule: NameRule) -> [FieldError] {
        let metadata = object["metadata"] ?? [:]
        var errors: [FieldError] = []
        let name = metadata["name"]?.stringValue ?? ""
        if name.isEmpty {
            errors.append(FieldError(.required, "metadata.name", "name or generateName is required"))
        } else {
            errors += nameRule.problems(name).map { FieldError(.invalid, "metadata.name", $0, badValue: .string(name)) }
        }
        if isNamespaced, metadata["namespace"]?.stringValue ?? "" == "" { errors.append(FieldError(.required, "metadata.namespace")) }
        return errors + common(metadata)
    }

    /// What is wrong with the metadata of an object to be changed.
    static func update(_ new: JSON, old: JSON) -> [FieldError] {
        let metadata = new["metadata"] ?? [:]
        let before = old["metadata"] ?? [:]
        var errors = common(metadata)
        for field in ["name", "namespace", "uid", "creationTimestamp"] where metadata[field] ?? .null != before[field] ?? .null {
            errors.append(.immutable("metadata.\(field)", metadata[field]))
        }
        if let deletion = before["deletionTimestamp"], !deletion.isNull {
            let known = Set(strings(before["finalizers"]))
            let added = strings(metadata["finalizers"]).filter { !known.contains($0) }
            if !added.isEmpty {
                let list = added.map { JSON.string($0).text() }.joined(separator: ", ")
                errors.append(
                    FieldError(
                        .forbidden,
                        "metadata.finalizers",
                        "no new finalizers can be added if the object is being deleted, found new finalizers []string{\(list)}"
                    )
                )
            }
        }
        return errors
    }

    /// What is wrong with the finalizers of a built-in kind: besides those of Kubernetes itself, they name whose they are.
    static func finalizerErrors(_ object: JSON) -> [FieldError] {
        let metadata = object["metadata"] ?? [:]
        return strings(metadata["finalizers"]).filter { !$0.contains("/") && !standardFinalizers.contains($0) }.map { finalizer in
            FieldError(
                .invalid,
                "metadata.finalizers",
                "name is neither a standard finalizer name nor is it fully qualified",
                badValue: .string(finalizer)
            )
        }
    }

    /// What a custom resource is warned of: finalizers, new ones, that do not name whose they are.
    static func finalizerWarnings(_ object: JSON, old: JSON?) -> [String] {
        let known = Set(strings(old?["metadata"]?["finalizers"]))
        return strings(object["metadata"]?["finalizers"]).filter {
            !$0.contains("/") && !standardFinalizers.contains($0) && !known.contains($0)
        }
        .map { finalizer in
            "metadata.finalizers: \(JSON.string(finalizer).text()): prefer a domain-qualified finalizer name including a path (/) to avoid "
                + "accidental conflicts with other finalizer writers"
        }
    }

    private static let standardFinalizers: Set<String> = ["kubernetes", "orphan", "foregroundDeletion"]

    private static func common(_ metadata: JSON) -> [FieldError] {
        var errors: [FieldError] = []
        for (key, value) in (metadata["labels"]?.objectValue ?? [:]).sorted(by: { $0.key < $1.key }) {
            errors += labelErrors(key: key, value: value.stringValue ?? "", field: "metadata.labels")
        }
        var size = 0
        for (key, value) in (metadata["annotations"]?.objectValue ?? [:]).sorted(by: { $0.key < $1.key }) {
            size += key.utf8.count + (value.stringValue ?? "").utf8.count
            if let problem = qualifiedNameProblem(key.lowercased()) {
                errors.append(FieldError(.invalid, "metadata.annotations", problem, badValue: .string(key)))
            }
        }
        if size > 262_144 { errors.append(FieldError(.tooLong, "metadata.annotations", "must have at most 262144 bytes")) }
        for finalizer in strings(metadata["finalizers"]) {
            if let problem = qualifiedNameProblem(finalizer) {
                errors.append(FieldError(.invalid, "metadata.finalizers", problem, badValue: .string(finalizer)))
            }
        }
        return errors + ownerErrors(metadata["ownerReferences"]?.arrayValue ?? [])
    }

    /// What is wrong with a label.
    static func labelErrors(key: String, value: String, field: String) -> [FieldError] {
        var errors: [FieldError] = []
        if let problem = qualifiedNameProblem(key) { errors.append(FieldError(.invalid, field, problem, badValue: .string(key))) }
        if value.utf8.count > 63 {
            errors.append(FieldError(.invalid, field, "must be no more than 63 characters", badValue: .string(value)))
        } else if !value.isEmpty, !isNamePart(value) {
            errors.append(
                FieldError(
                    .invalid,
                    field,
                    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end "
                        + "with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
                        + "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
                    badValue: .string(value)
                )
            )
        }
        return errors
    }

    private static func ownerErrors(_ owners: [JSON]) -> [FieldError] {
        var errors: [FieldError] = []
        var controller: String?
        for owner in owners {
            let name = owner["name"]?.stringValue ?? ""
            for member in ["apiVersion", "kind", "name", "uid"] where owner[member]?.stringValue ?? "" == "" {
                errors.append(
                    FieldError(
                        .invalid,
                        "metadata.ownerReferences.\(member == "apiVersion" ? "version" : member)",
                        "\(member == "apiVersion" ? "version" : member) must not be empty",
                        badValue: ""
                    )
                )
            }
            guard owner["controller"] == true else { continue }
            if let controller {
                errors.append(
                    FieldError(
                        .invalid,
                        "metadata.ownerReferences",
                        "Only one reference can have Controller set to true. Found \"true\" in references for \(controller) and \(name)",
                        badValue: .array(owners)
                    )
                )
            } else {
                controller = name
            }
        }
        return errors
    }

    /// What is wrong with a name like `example.com/app`; `nil` when nothing is.
    static func qualifiedNameProblem(_ text: String) -> String? {
        let parts = text.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        if parts.count > 2 || text.isEmpty { return "a qualified name \(qualifiedNameForm)" }
        if parts.count == 2 {
            if parts[0].isEmpty { return "prefix part must be non-empty" }
            if !NameRule.isSubdomain(parts[0]) || parts[0].utf8.count > 253 { return "prefix part \(NameRule.subdomainMessage)" }
        }
        let name = parts.last ?? ""
        if name.isEmpty { return "name part must be non-empty" }
        if name.utf8.count > 63 { return "name part must be no more than 63 characters" }
        return isNamePart(name) ? nil : "name part \(qualifiedNameForm)"
    }

    private static let qualifiedNameForm =
        "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  "
        + "or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"

    private static func isNamePart(_ text: some StringProtocol) -> Bool {
        func isEdge(_ byte: UInt8) -> Bool {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        guard let first = text.utf8.first, let last = Array(text.utf8).last, isEdge(first), isEdge(last) else { return false }
        return text.utf8.allSatisfy { isEdge($0) || "-_.".utf8.contains($0) }
    }

    private static func strings(_ json: JSON?) -> [String] { (json?.arrayValue ?? []).compactMap(\.stringValue) }
}
