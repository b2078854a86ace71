import CraneAPI
import JSONValue
import Yams

/// What instances can be ordered: where, how large, and as what.
struct InstanceCatalog: Sendable, Hashable {
    /// A place machines are made in.
    struct Region: Sendable, Hashable {
        var id: String
        /// Who makes the machines.
        var provider: MachineProviderName
        /// The provider's zone; nil for its default.
        var zone: String?
    }

    /// A size.
    struct Tier: Sendable, Hashable {
        var id: String
        /// Name for people.
        var name: String
        /// The size in the provider's terms; nil for its default.
        var machineType: String?
        /// Size of the disk in gigabytes; nil for the provider's default.
        var diskGb: Int?
    }

    /// What an instance is for.
    struct Preset: Sendable, Hashable {
        var id: String
        /// The template its agents are made from.
        var template: String
    }

    /// The preset of an order that names none.
    static let defaultPreset = "personal_assistant"

    /// The regions by id.
    var regions: [String: Region]
    /// The tiers by id.
    var tiers: [String: Tier]
    /// The presets by id.
    var presets: [String: Preset]

    /// The catalogue of a platform that was given none.
    ///
    /// - Parameter provider: who makes the machines.
    static func builtIn(_ provider: MachineProviderName) -> InstanceCatalog {
        let region = Region(id: provider == .local ? "local" : "default", provider: provider)
        let sizes = [
            ("small", "Small", "e2-standard-2", 20), ("medium", "Medium", "e2-standard-4", 40), ("large", "Large", "e2-standard-8", 80),
        ]
        let tiers = sizes.map { id, name, machineType, disk in
            Tier(
                id: id,
                name: name,
                machineType: provider == .gce ? machineType : nil,
                diskGb: provider == .local ? nil : disk
            )
        }
        return InstanceCatalog(
            regions: [region.id: region],
            tiers: Dictionary(tiers.map { ($0.id, $0) }) { first, _ in first },
            presets: [
                defaultPreset: Preset(id: defaultPreset, template: "single-agent"),
                "team": Preset(id: "team", template: "standard-7-agent"),
            ]
        )
    }
}

/// A catalogue cannot be used.
struct InstanceCatalogError: Error, Sendable, Hashable, CustomStringConvertible {
    let code = "INSTANCE_CATALOG_INVALID"
    /// Where, for instance `regions[1].provider`; empty for the whole.
    let path: String
    /// What is wrong there.
    let message: String
    var description: String { path.isEmpty ? message : "\(path): \(message)" }
}

extension InstanceCatalog {
    /// Reads a catalogue in YAML or JSON.
    ///
    /// - Parameter text: `regions` (`id`, `provider`, `zone`), `tiers` (`id`, `name`, `machineType`, `diskGb`) and `presets` (`id`, `template`).
    /// - Throws: ``InstanceCatalogError`` that names the first thing that is wrong.
    init(parsing text: String) throws(InstanceCatalogError) {
        let json: JSON
        do { json = try YAMLDecoder().decode(JSON.self, from: text) } catch {
            throw InstanceCatalogError(path: "", message: "the text is neither YAML nor JSON")
        }
        let root = try Entry(json, path: "", known: ["regions", "tiers", "presets"])
        regions = try root.entries("regions", known: ["id", "provider", "zone"]) { entry throws(InstanceCatalogError) in
            let name = try entry.text("provider", limit: 63)
            guard let provider = MachineProviderName(rawValue: name) else {
                let known = MachineProviderName.allCases.map(\.rawValue).joined(separator: ", ")
                throw entry.error("provider", "must be one of \(known), not \(name)")
            }
            return Region(id: try entry.id(), provider: provider, zone: try entry.optionalText("zone", limit: 128))
        }
        tiers = try root.entries("tiers", known: ["id", "name", "machineType", "diskGb"]) { entry throws(InstanceCatalogError) in
            Tier(
                id: try entry.id(),
                name: try entry.text("name", limit: 120),
                machineType: try entry.optionalText("machineType", limit: 128),
                diskGb: try entry.optionalInteger("diskGb", in: 1...65_536)
            )
        }
        presets = try root.entries("presets", known: ["id", "template"]) { entry throws(InstanceCatalogError) in
            Preset(id: try entry.id(), template: try entry.text("template", limit: 253))
        }
    }

    /// An object of the text, and where it stands.
    private struct Entry {
        let members: [String: JSON]
        let path: String

        init(_ json: JSON, path: String, known: Set<String>) throws(InstanceCatalogError) {
            guard let members = json.objectValue else { throw InstanceCatalogError(path: path, message: "must be a mapping") }
            self.members = members
            self.path = path
            if let stranger = members.keys.sorted().first(where: { !known.contains($0) }) {
                throw error(stranger, "is not known; there are \(known.sorted().joined(separator: ", "))")
            }
        }

        func error(_ member: String, _ message: String) -> InstanceCatalogError {
            InstanceCatalogError(path: path.isEmpty ? member : "\(path).\(member)", message: message)
        }

        func entries<Value>(
            _ member: String,
            known: Set<String>,
            _ read: (Entry) throws(InstanceCatalogError) -> Value
        ) throws(InstanceCatalogError) -> [String: Value] {
            guard let list = members[member]?.arrayValue, !list.isEmpty else {
                throw error(member, "must be a list with one entry at least")
            }
            guard list.count <= 200 else { throw error(member, "must have at most 200 entries") }
            var found: [String: Value] = [:]
            for (index, json) in list.enumerated() {
                let entry = try Entry(json, path: "\(member)[\(index)]", known: known)
                let value = try read(entry)
                guard found.updateValue(value, forKey: try entry.id()) == nil else { throw entry.error("id", "is there twice") }
            }
            return found
        }

        func id() throws(InstanceCatalogError) -> String {
            let id = try text("id", limit: 63)
            guard id.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._-]*/) != nil else {
                throw error("id", "must consist of letters, digits, dots, dashes and underscores, and begin with a letter or digit")
            }
            return id
        }

        func text(_ member: String, limit: Int) throws(InstanceCatalogError) -> String {
            guard let text = try optionalText(member, limit: limit) else { throw error(member, "is missing") }
            return text
        }

        func optionalText(_ member: String, limit: Int) throws(InstanceCatalogError) -> String? {
            guard let json = members[member], !json.isNull else { return nil }
            guard let text = json.stringValue, (1...limit).contains(text.utf8.count) else {
                throw error(member, "must be a text of 1 to \(limit) bytes")
            }
            return text
        }

        func optionalInteger(_ member: String, in range: ClosedRange<Int>) throws(InstanceCatalogError) -> Int? {
            guard let json = members[member], !json.isNull else { return nil }
            guard let value = json.integerValue.flatMap({ Int(exactly: $0) }), range.contains(value) else {
                throw error(member, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
            }
            return value
        }
    }
}
