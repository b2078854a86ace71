import CraneAPI
import Foundation
import JSONValue
import ReleaseFixtures

/// What the parts of an installation agree on without a schema between them: operator and control plane, replicas of two versions, the database,
/// machines and pods that run already. By kind, the names that are in use.
struct WireContract: Equatable {
    /// Names by kind.
    var names: [String: Set<String>]

    init(names: [String: Set<String>]) { self.names = names }

    /// Reads what was written down.
    init(_ json: JSON) { names = (json.objectValue ?? [:]).mapValues { Set($0.texts) } }

    /// To write down.
    var json: JSON { .object(names.mapValues { .array($0.sorted().map { .string($0) }) }) }

    /// What was agreed on before and is not any more. Others still write it, or wait for it.
    func removed(since former: WireContract) -> [String] {
        former.names.sorted { $0.key < $1.key }.flatMap { kind, values in
            values.subtracting(names[kind] ?? []).sorted().map { "\(kind): \($0)" }
        }
    }

    /// What this version's sources agree on.
    static func current() throws -> WireContract { try scanned.get() }

    private static let scanned = Result { try scan() }

    private static func scan() throws -> WireContract {
        var names: [String: Set<String>] = [:]
        for file in try sources() {
            let text = try String(contentsOf: file, encoding: .utf8)
            for (kind, mark, pattern) in patterns where text.contains(mark) {
                names[kind, default: []].formUnion(text.captures(pattern))
            }
            guard types.contains(where: { text.contains($0) }) else { continue }
            for (type, constant, value) in text.constants where types.contains(type) {
                names["constants", default: []].insert("\(type).\(constant) = \(value)")
            }
        }
        names["names of objects"] = objectNames
        names["members of statuses"] = try statusMembers()
        let operations = try String(contentsOf: Release.repository.appending(path: "docs/operations.md"), encoding: .utf8)
        names["environment variables"] = Set(
            operations.split(separator: "\n").filter { $0.hasPrefix("| `") }
                .flatMap { String($0.split(separator: "|")[0]).captures(#/`([A-Z][A-Z0-9_]{2,})`/#) }
        )
        return WireContract(names: names)
    }

    /// What is looked for: the kind, a text that files with such names have, and the names.
    private static var patterns: [(kind: String, mark: String, pattern: Regex<(Substring, Substring)>)] {
        [
            ("labels, annotations and other names of the group", "opencrane.io/", #/"([a-z0-9.]*opencrane\.io\/[^"\\ ]+)"/#),
            ("advisory locks", ".named(", #/\.named\("(opencrane[^"]+)"\)/#),
            ("locks of transactions", "hashtextextended", #/hashtextextended\(\\\("([^"]+)"/#),
            ("locks of transactions", "let lock = ", #/let lock = "([^"\\]+)\\/#),
            ("purposes of keys", "static let purpose", #/static let purpose = "([^"]+)"/#),
            ("topics of the outbox", "opic = ", #/static let \w*[tT]opic = "([^"]+)"/#),
            ("commands", "ParsableCommand", #/commandName: "([^"]+)"/#),
        ]
    }

    /// Enumerations of names that are written by one part and read by another.
    static let types: Set<String> = [
        "CraneLabels", "CraneAnnotations", "CraneFinalizer", "CraneGroup", "FieldManagers", "PodAudiences", "ConditionType",
        "ConditionReason", "BootstrapSecret", "BoundNamespace", "ConfigurationFiles",
    ]

    private static func sources() throws -> [URL] {
        let folder = Release.repository.appending(path: "Sources")
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL } ?? []
        return files.filter { $0.pathExtension == "swift" && !$0.pathComponents.contains("OCCore") }
    }

    /// The names of what belongs to a tenant and a customer, for a short name and one that has to be cut.
    private static var objectNames: Set<String> {
        let names = ["mia", String(repeating: "n", count: NameRules.maxTenantName)].flatMap { tenant in
            let names = TenantNames(tenant: tenant)
            return [
                "service account \(names.serviceAccount)", "deployment \(names.deployment)", "service \(names.service)",
                "ingress \(names.ingress)", "network policy \(names.networkPolicy)", "cilium policy \(names.ciliumNetworkPolicy)",
                "encryption key \(names.encryptionKeySecret)", "model key \(names.modelKeySecret)", "bootstrap \(names.bootstrapSecret)",
                "configuration \(names.configMap)", "state \(names.stateClaim)",
            ]
        }
        return Set(names + ["namespace \(BoundNamespace.name(clusterTenant: "corp"))"])
    }

    /// The paths of what operator and control plane read and write in statuses.
    private static func statusMembers() throws -> Set<String> {
        var members: Set<String> = []
        for definition in try Definitions.head() {
            let kind = definition[at: ["spec", "names", "kind"]]?.stringValue ?? ""
            for path in Definitions.paths(definition) where path.hasPrefix("status.") { members.insert("\(kind).\(path)") }
        }
        return members
    }
}

extension String {
    /// What the only group of a pattern has matched, everywhere in the text.
    func captures(_ pattern: Regex<(Substring, Substring)>) -> [String] { matches(of: pattern).map { String($0.output.1) } }

    /// The constants of enumerations and structures: type, name and value.
    fileprivate var constants: [(type: String, name: String, value: String)] {
        var type = ""
        var found: [(String, String, String)] = []
        for line in split(separator: "\n") {
            if let match = line.firstMatch(of: #/^(?:public )?(?:enum|struct|extension) (\w+)/#) { type = String(match.output.1) }
            if let match = line.firstMatch(of: #/^    (?:public )?static let `?(\w+)`? = (".*"|\[.*\]|\w+)$/#) {
                found.append((type, String(match.output.1), String(match.output.2)))
            }
        }
        return found
    }
}
