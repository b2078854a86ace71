import KubernetesModel

/// Reads variables with their types and gathers what is wrong, so that a person sees all of it at once.
struct EnvironmentReader {
    let variables: [String: String]
    private(set) var problems: [OperatorConfigurationError.Problem] = []

    init(_ variables: [String: String]) { self.variables = variables }

    mutating func report(_ name: String, _ message: String) { problems.append(.init(variable: name, message: message)) }

    /// The value without surrounding blanks; `nil` when unset or blank.
    func text(_ name: String) -> String? {
        guard let value = variables[name] else { return nil }
        let trimmed = value.drop { $0.isWhitespace }
        guard let last = trimmed.lastIndex(where: { !$0.isWhitespace }) else { return nil }
        return String(trimmed[...last])
    }

    mutating func required(_ name: String, _ meaning: String) -> String {
        if let value = text(name) { return value }
        report(name, "is missing; set it to \(meaning)")
        return ""
    }

    mutating func flag(_ name: String, default fallback: Bool) -> Bool {
        switch text(name) {
        case nil: return fallback
        case "true": return true
        case "false": return false
        default:
            report(name, "must be true or false")
            return fallback
        }
    }

    mutating func number(_ name: String, default fallback: Int, in range: ClosedRange<Int>) -> Int {
        guard let value = text(name) else { return fallback }
        guard let number = Int(value), range.contains(number) else {
            report(name, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
            return fallback
        }
        return number
    }

    mutating func quantity(_ name: String, default fallback: Quantity) -> Quantity {
        guard let value = text(name) else { return fallback }
        guard let quantity = try? Quantity(parsing: value), quantity > Quantity(0) else {
            report(name, "must be a positive quantity such as 500m or 2Gi")
            return fallback
        }
        return quantity
    }

    mutating func url(_ name: String, default fallback: String) -> String {
        guard let value = text(name) else { return fallback }
        if PlaneEndpoint(value) == nil { report(name, "must be an http or https URL with a host") }
        return value
    }

    mutating func blocks(_ name: String) -> [AddressBlock] {
        var result: [AddressBlock] = []
        for item in (text(name) ?? "").split(separator: ",") {
            let trimmed = item.filter { !$0.isWhitespace }
            if let block = AddressBlock(parsing: trimmed) {
                result.append(block)
            } else {
                report(name, "'\(trimmed)' is no IPv4 block such as 10.0.0.0/8")
            }
        }
        return result
    }

    /// Names between commas; empty when unset.
    func names(_ name: String) -> Set<String> {
        Set((text(name) ?? "").split(separator: ",").map { $0.filter { !$0.isWhitespace } }.filter { !$0.isEmpty })
    }

    mutating func labels(_ name: String, default fallback: [String: String]) -> [String: String] {
        guard let value = text(name) else { return fallback }
        var result: [String: String] = [:]
        for item in value.split(separator: ",") {
            let parts = item.split(separator: "=", maxSplits: 1)
            if parts.count == 2 { result[String(parts[0])] = String(parts[1]) } else { report(name, "'\(item)' is no label=value") }
        }
        return result
    }
}
