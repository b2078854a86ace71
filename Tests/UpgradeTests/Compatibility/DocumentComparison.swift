import JSONValue

/// Compares two OpenAPI 3.1 documents: callers that were written for the one before must go on working.
struct DocumentComparison {
    /// What has changed.
    private(set) var findings = Findings()
    private let before: JSON
    private let after: JSON
    private var sent = SchemaComparison(.sent)
    private var received = SchemaComparison(.received)

    init(_ before: JSON, _ after: JSON) {
        (self.before, self.after) = (before, after)
        let old = { (reference: String) in Self.resolve(reference, in: before) }
        let new = { (reference: String) in Self.resolve(reference, in: after) }
        (sent.resolveBefore, sent.resolveAfter, received.resolveBefore, received.resolveAfter) = (old, new, old, new)
        for (path, item) in before["paths"]?.members ?? [] {
            let other = after["paths"]?[path] ?? .null
            let servers = (item["servers"] ?? before["servers"], other["servers"] ?? after["servers"])
            for (method, operation) in item.members where Self.methods.contains(method) {
                let place = "\(method.uppercased()) \(path)"
                guard let now = other[method] else {
                    findings.add(.operationRemoved, place, "the operation is gone")
                    continue
                }
                if servers.0 != servers.1 { findings.add(.addressChanged, place, "it is served under another address") }
                compare(operation, now, place)
            }
        }
        findings.add(sent.findings.all)
        findings.add(received.findings.all)
    }

    private static let methods: Set<String> = ["get", "put", "post", "delete", "patch", "head", "options"]

    private static func resolve(_ reference: String, in document: JSON) -> JSON? {
        guard reference.hasPrefix("#/") else { return nil }
        return document[at: reference.dropFirst(2).split(separator: "/").map(String.init)]
    }

    private mutating func compare(_ old: JSON, _ new: JSON, _ place: String) {
        if old["operationId"] != new["operationId"] {
            findings.add(
                .operationRenamed,
                place,
                "operationId names a function in generated clients: it was \(old["operationId"]?.text() ?? "none")"
            )
        }
        compareAccess(old, new, place)
        compareParameters(old, new, place)
        compareBodies(old["requestBody"], new["requestBody"], place)
        compareAnswers(old["responses"] ?? .null, new["responses"] ?? .null, place)
    }

    private mutating func compareAccess(_ old: JSON, _ new: JSON, _ place: String) {
        let ways = (old["security"] ?? before["security"], new["security"] ?? after["security"])
        let (had, has) = (ways.0?.arrayValue ?? [], ways.1?.arrayValue ?? [])
        // Without a requirement anybody may come in.
        if has.isEmpty { return }
        if had.isEmpty { return findings.add(.accessNarrowed, place, "it needs a credential now") }
        for way in had where !has.contains(way) { findings.add(.accessNarrowed, place, "\(way.text()) does not open it any more") }
        let roles = (old["x-opencrane-roles"]?.texts ?? [], new["x-opencrane-roles"]?.texts ?? [])
        for role in roles.0 where !roles.1.contains(role) { findings.add(.accessNarrowed, place, "\(role) may not call it any more") }
    }

    private mutating func compareParameters(_ old: JSON, _ new: JSON, _ place: String) {
        func key(_ parameter: JSON) -> String { "\(parameter["in"]?.stringValue ?? "") \(parameter["name"]?.stringValue ?? "")" }
        let (had, has) = (old["parameters"]?.arrayValue ?? [], new["parameters"]?.arrayValue ?? [])
        for parameter in had where !has.contains(where: { key($0) == key(parameter) }) {
            findings.add(.parameterRemoved, "\(place) \(key(parameter))", "the parameter is gone")
        }
        for parameter in has {
            let name = "\(place) \(key(parameter))"
            let former = had.first { key($0) == key(parameter) }
            if parameter["required"]?.boolValue == true, former?["required"]?.boolValue != true {
                findings.add(.parameterRequired, name, "the parameter is required now")
            }
            if let former { sent.compare(former["schema"] ?? [:], parameter["schema"] ?? [:], at: name) }
        }
    }

    private mutating func compareBodies(_ old: JSON?, _ new: JSON?, _ place: String) {
        if new?["required"]?.boolValue == true, old?["required"]?.boolValue != true {
            findings.add(.bodyRequired, place, "a body is required now")
        }
        for (type, content) in old?["content"]?.members ?? [] {
            guard let other = new?["content"]?[type] else {
                findings.add(.contentRemoved, "\(place) body", "\(type) is not taken any more")
                continue
            }
            sent.compare(content["schema"] ?? [:], other["schema"] ?? [:], at: "\(place) body")
        }
    }

    private mutating func compareAnswers(_ old: JSON, _ new: JSON, _ place: String) {
        for (status, answer) in old.members {
            guard let other = new[status] else {
                // That something cannot fail any more in some way breaks nobody.
                if status < "400" { findings.add(.answerRemoved, "\(place) \(status)", "it does not answer so any more") }
                continue
            }
            for (type, content) in answer["content"]?.members ?? [] {
                guard let shape = other["content"]?[type] else {
                    findings.add(.contentRemoved, "\(place) \(status)", "it does not answer with \(type) any more")
                    continue
                }
                received.compare(content["schema"] ?? [:], shape["schema"] ?? [:], at: "\(place) \(status)")
            }
            for (name, _) in answer["headers"]?.members ?? [] where other["headers"]?[name] == nil {
                findings.add(.headerRemoved, "\(place) \(status) \(name)", "the header is gone")
            }
        }
    }
}
