import JSONValue

// snippet: reading
/// The image of each container of a pod, from the text of an API server's answer.
public func images(ofPod text: String) throws -> [String] {
    let pod = try JSON(parsing: text)
    let containers = pod[at: ["spec", "containers"]]?.arrayValue ?? []
    return containers.compactMap { $0["image"]?.stringValue }
}
// end

// snippet: changing
/// The pod with a label more; objects that are missing on the way are made.
public func labelled(_ pod: JSON, team: String) -> JSON {
    var pod = pod
    pod[at: ["metadata", "labels", "team"]] = .string(team)
    pod[at: ["metadata", "managedFields"]] = nil
    return pod
}
// end

// snippet: coding
/// A Swift type to and from JSON.
public struct Limits: Codable, Hashable, Sendable {
    public var cpu: String
    public var memory: String

    public init(cpu: String, memory: String) {
        self.cpu = cpu
        self.memory = memory
    }
}

/// Equal values give equal bytes: keys are sorted, so the text can be hashed or compared.
public func canonical(_ limits: Limits) throws -> String {
    let json = try JSON(encoding: limits)
    let back = try json.decode(Limits.self)
    precondition(back == limits)
    return json.text()
}
// end

// snippet: errors
/// What is wrong with a text, and at which byte.
public func problem(in text: String) -> String? {
    do {
        _ = try JSON(parsing: text)
        return nil
    } catch {
        return "\(error.code.rawValue) at byte \(error.offset)"
    }
}
// end
