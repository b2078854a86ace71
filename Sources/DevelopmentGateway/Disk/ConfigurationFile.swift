import JSONValue
import OpenClawGateway

/// The rules of `openclaw.json`: what may be in it, how a patch is laid over it, and what nobody is shown.
enum ConfigurationFile {
    /// The sections that there are. Anything else makes the whole file invalid, as with a real gateway.
    static let sections: Set<String> = [
        "gateway", "agents", "bindings", "channels", "models", "tools", "session", "messages", "hooks", "skills", "plugins", "logging",
        "meta",
        "env", "browser", "cron", "ui", "auth", "commands", "discovery", "update", "diagnostics", "wizard",
    ]
    private static let secrets: Set<String> = ["token", "password", "apiKey", "secret", "botToken"]
    private static let redacted: JSON = "__OPENCLAW_REDACTED__"

    /// What is wrong with a configuration; empty when nothing is.
    static func issues(_ config: JSON) -> [JSON] {
        guard let members = config.objectValue else { return [issue("", "the configuration must be an object")] }
        var issues = members.keys.sorted().filter { !sections.contains($0) }.map { issue($0, "unrecognized key \"\($0)\"") }
        if let list = config[at: ["agents", "list"]] {
            guard let entries = list.arrayValue else { return issues + [issue("agents.list", "must be an array")] }
            let ids = entries.compactMap { $0["id"]?.stringValue }
            if ids.count != entries.count { issues.append(issue("agents.list", "every agent needs an id")) }
            if Set(ids).count != ids.count { issues.append(issue("agents.list", "duplicate agent id")) }
        }
        if let port = config[at: ["gateway", "port"]], !(1...65_535).contains(port.integerValue ?? 0) {
            issues.append(issue("gateway.port", "must be a port"))
        }
        return issues
    }

    private static func issue(_ path: String, _ message: String) -> JSON { ["path": .string(path), "message": .string(message)] }

    /// A configuration as clients see it.
    static func shown(_ config: JSON) -> JSON {
        if let members = config.objectValue {
            return .object(
                Dictionary(
                    uniqueKeysWithValues: members.map { key, value in
                        let isSecret = secrets.contains(key) && value.stringValue != nil
                        return (key, isSecret ? redacted : shown(value))
                    }
                )
            )
        }
        if let elements = config.arrayValue { return .array(elements.map(shown)) }
        return config
    }

    /// Lays a patch over a configuration: objects merge, `null` deletes, arrays whose items have ids merge by id, others are replaced.
    ///
    /// - Throws: a failure when an array would become shorter that is not among the paths that may.
    static func merge(_ patch: JSON, over base: JSON, replacing paths: Set<String>, at path: String = "") throws(GatewayFailure) -> JSON {
        if let members = patch.objectValue {
            var result = base.objectValue ?? [:]
            for (key, value) in members.sorted(by: { $0.key < $1.key }) {
                if value.isNull {
                    result[key] = nil
                } else if value == redacted {
                    // Somebody writes back what was shown: the secret stays.
                    continue
                } else {
                    result[key] = try merge(value, over: result[key] ?? .null, replacing: paths, at: path.isEmpty ? key : "\(path).\(key)")
                }
            }
            return .object(result)
        }
        guard let new = patch.arrayValue, let old = base.arrayValue, !paths.contains(path) else { return patch }
        if hasIDs(new), hasIDs(old) {
            var result = old
            for entry in new {
                if let index = result.firstIndex(where: { $0["id"] == entry["id"] }) {
                    result[index] = try merge(entry, over: result[index], replacing: paths, at: "\(path)[]")
                } else {
                    result.append(entry)
                }
            }
            return .array(result)
        }
        guard new.count >= old.count else {
            throw .invalid("config.patch would shrink \(path); list the path in replacePaths to allow it")
        }
        return patch
    }

    private static func hasIDs(_ list: [JSON]) -> Bool { list.allSatisfy { $0["id"]?.stringValue != nil } }
}
