import JSONValue

/// What of the settings a gateway was given, without any value: the paths, so that what is no longer in the settings can be taken back. Pure.
struct AppliedShape: Sendable, Hashable {
    /// Objects with `true` in the places of values.
    private(set) var json: JSON

    /// Nothing.
    static let empty = AppliedShape(json: [:])

    /// A shape that was kept.
    init(json: JSON) { self.json = json.objectValue == nil ? [:] : json }

    /// The shape of what settings ask for. Of skills and plugins it is their configuration only: they are turned off, not taken back.
    ///
    /// - Parameter wanted: a merge patch.
    init(of wanted: JSON) {
        var shape: JSON = [:]
        if let channels = Self.shape(wanted["channels"]) { shape["channels"] = channels }
        if let agents = Self.shape(wanted["agents"]) { shape["agents"] = agents }
        for part in ["skills", "plugins"] {
            for (name, entry) in wanted[at: [part, "entries"]]?.objectValue ?? [:] {
                guard let config = Self.shape(entry["config"]) else { continue }
                shape[at: [part, "entries", name, "config"]] = config
            }
        }
        json = shape
    }

    /// Both of two shapes.
    func union(_ other: AppliedShape) -> AppliedShape { AppliedShape(json: Self.union(json, other.json)) }

    private static func union(_ first: JSON, _ second: JSON) -> JSON {
        guard let left = first.objectValue else { return second }
        guard let right = second.objectValue else { return first }
        return .object(left.merging(right, uniquingKeysWith: union))
    }

    /// Only some of the parts, by their names at the top.
    func only(_ parts: Set<String>) -> AppliedShape {
        AppliedShape(json: .object((json.objectValue ?? [:]).filter { parts.contains($0.key) }))
    }

    /// With the models of another shape in the place of its own.
    func replacingModels(by other: AppliedShape) -> AppliedShape {
        var json = json
        json["agents"] = other.json["agents"]
        return AppliedShape(json: json)
    }

    /// The merge patch that takes back what is not wanted any more: a whole channel, else single values.
    func removals(_ wanted: JSON) -> JSON { Self.removals(json, wanted, isWhole: false, at: []) ?? [:] }

    private static func removals(_ shape: JSON, _ wanted: JSON?, isWhole: Bool, at path: [String]) -> JSON? {
        var removals: [String: JSON] = [:]
        for (name, part) in shape.objectValue ?? [:] {
            let place = path + [name]
            let there = wanted?[name]
            if let there, there.objectValue == nil || part.objectValue == nil { continue }
            if there == nil, isWhole || part.objectValue?.isEmpty ?? true {
                removals[name] = .null
            } else if let inner = Self.removals(part, there, isWhole: place.first == "channels", at: place) {
                removals[name] = inner
            }
        }
        return removals.isEmpty ? nil : .object(removals)
    }

    private static func shape(_ value: JSON?) -> JSON? {
        guard let value, !value.isNull else { return nil }
        guard let members = value.objectValue, !members.isEmpty else { return true }
        return .object(members.compactMapValues { shape($0) })
    }
}
