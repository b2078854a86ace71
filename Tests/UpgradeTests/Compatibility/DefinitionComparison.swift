import JSONValue

/// Compares two CustomResourceDefinitions: objects, manifests and programs of the one before must go on working.
struct DefinitionComparison {
    /// What has changed.
    private(set) var findings = Findings()

    init(_ before: JSON, _ after: JSON) {
        compareNames(before["spec"] ?? .null, after["spec"] ?? .null)
        let versions = after[at: ["spec", "versions"]]?.arrayValue ?? []
        for old in before[at: ["spec", "versions"]]?.arrayValue ?? [] {
            let name = old["name"]?.stringValue ?? ""
            guard let new = versions.first(where: { $0["name"] == old["name"] }), new["served"]?.boolValue == true else {
                findings.add(.versionRemoved, name, "it is not served any more")
                continue
            }
            compare(old, new, name)
        }
    }

    private mutating func compareNames(_ before: JSON, _ after: JSON) {
        if before["group"] != after["group"] { findings.add(.groupChanged, "spec.group", "it is another resource") }
        if before["scope"] != after["scope"] { findings.add(.scopeChanged, "spec.scope", "objects have other addresses") }
        let (old, new) = (before["names"] ?? .null, after["names"] ?? .null)
        for name in ["kind", "plural", "singular", "listKind"] where old[name] != new[name] {
            findings.add(.namesChanged, "spec.names.\(name)", "was \(old[name]?.text() ?? "none") and is \(new[name]?.text() ?? "none")")
        }
        for name in ["shortNames", "categories"] {
            for gone in (old[name]?.texts ?? []) where !(new[name]?.texts ?? []).contains(gone) {
                findings.add(.aliasRemoved, "spec.names.\(name)", "\(gone) is gone", isWarning: true)
            }
        }
    }

    private mutating func compare(_ before: JSON, _ after: JSON, _ version: String) {
        if before["storage"] != after["storage"] {
            findings.add(.storageChanged, version, "objects are stored in another version: they need a migration", isWarning: true)
        }
        let (old, new) = (before["subresources"]?.objectValue ?? [:], after["subresources"]?.objectValue ?? [:])
        for name in Set(old.keys).union(new.keys).sorted() where old[name] != new[name] {
            // A status of its own takes writes of it away from the main resource; a scale does not.
            if old[name] == nil, name != "status" { continue }
            findings.add(.subresourceChanged, "\(version) \(name)", "writes go elsewhere")
        }
        let columns = Set((after["additionalPrinterColumns"]?.arrayValue ?? []).compactMap { $0["name"]?.stringValue })
        for column in before["additionalPrinterColumns"]?.arrayValue ?? [] {
            guard let name = column["name"]?.stringValue, !columns.contains(name) else { continue }
            findings.add(.columnRemoved, "\(version) \(name)", "kubectl get does not show it any more", isWarning: true)
        }
        var schemas = SchemaComparison(.stored)
        let path = ["schema", "openAPIV3Schema"]
        schemas.compare(before[at: path] ?? [:], after[at: path] ?? [:], at: "\(version) ")
        findings.add(schemas.findings.all)
    }
}
