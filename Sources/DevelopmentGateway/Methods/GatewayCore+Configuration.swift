import Foundation
import JSONValue
import OpenClawGateway

extension GatewayCore {
    /// The configuration as clients see it.
    func configurationAnswer() throws -> JSON {
        let text = try disk.configurationText()
        let config = try config()
        let shown = ConfigurationFile.shown(config)
        let issues = ConfigurationFile.issues(config)
        var answer: JSON = [
            "path": .string(disk.configurationURL.path), "exists": .bool(text != nil), "raw": .string(shown.text(pretty: true)),
            "parsed": shown,
            "valid": .bool(issues.isEmpty), "config": shown, "issues": .array(issues),
        ]
        if let text { answer["hash"] = .string(GatewayDisk.hash(of: text)) }
        return answer
    }

    func patchConfiguration(_ params: JSON) throws -> CallOutcome {
        try checkBase(params)
        let patch = try parsed(params)
        guard patch.objectValue != nil else { throw GatewayFailure.invalid("config.patch raw must be an object") }
        let paths = Set((params["replacePaths"]?.arrayValue ?? []).compactMap(\.stringValue))
        guard paths.count <= 256 else { throw GatewayFailure.invalid("invalid params: at /replacePaths: too many items") }
        return try write(try ConfigurationFile.merge(patch, over: try config(), replacing: paths), restarts: true)
    }

    func replaceConfiguration(_ params: JSON, restarts: Bool) throws -> CallOutcome {
        try checkBase(params)
        return try write(try parsed(params), restarts: restarts)
    }

    private func checkBase(_ params: JSON) throws {
        guard let text = try disk.configurationText() else { return }
        guard let base = params["baseHash"]?.stringValue, !base.isEmpty else {
            throw GatewayFailure.invalid("config base hash required; re-run config.get and retry")
        }
        guard base == GatewayDisk.hash(of: text) else {
            throw GatewayFailure.invalid("config changed since last load; re-run config.get and retry")
        }
    }

    private func parsed(_ params: JSON) throws -> JSON {
        let raw = try text(params, "raw")
        do { return try JSON(parsing: raw) } catch { throw GatewayFailure.invalid("invalid config: raw is not JSON") }
    }

    private func write(_ config: JSON, restarts: Bool) throws -> CallOutcome {
        let issues = ConfigurationFile.issues(config)
        guard issues.isEmpty else {
            let first = issues[0]
            throw GatewayFailure.invalid(
                "invalid config: \(first["path"]?.stringValue ?? ""): \(first["message"]?.stringValue ?? "")",
                ["issues": .array(issues)]
            )
        }
        _ = try disk.writeConfiguration(config)
        let answer: JSON = [
            "ok": true, "path": .string(disk.configurationURL.path), "config": ConfigurationFile.shown(config), "restart": .null,
        ]
        var outcome = CallOutcome.done(answer)
        outcome.restarts = restarts && configuration.restartsOnChange
        return outcome
    }
}
