import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue
import Projection

/// What an agent is to be, checked. Pure.
struct AgentOrder: Sendable, Hashable {
    /// Its name.
    var name: String
    /// How it is woken, as it was asked for.
    var heartbeatConfig: JSON?
    /// How it is woken.
    var heartbeat: HeartbeatSettings
    /// Who it is.
    var profile: IdentityProfile
    /// Text for its `IDENTITY.md`.
    var identityTemplate: String?
    /// Text for its `SOUL.md`.
    var soulTemplate: String?

    /// Checks an order for an agent.
    ///
    /// - Throws: ``OperationError`` 422 that names each member that is wrong.
    init(_ request: CreateAgentRequest) throws(OperationError) {
        var problems: [FieldViolation] = []
        if request.boardID == nil { problems.append(FieldViolation(field: "board_id", message: "is required", kind: .missing)) }
        name = Self.name(request.name, &problems)
        heartbeatConfig = Self.object(request.heartbeatConfig)
        heartbeat = try Self.collecting(&problems, heartbeatConfig) { json throws(OperationError) in try HeartbeatSettings(json) }
        profile = try Self.collecting(&problems, request.identityProfile) { json throws(OperationError) in try IdentityProfile(json) }
        identityTemplate = Self.text(request.identityTemplate)
        soulTemplate = Self.text(request.soulTemplate)
        guard problems.isEmpty else { throw .invalid(problems) }
    }

    /// Checks changes of an agent.
    ///
    /// - Throws: ``OperationError`` 403 when they name its status; 422 that names each member that is wrong.
    init(_ request: UpdateAgentRequest, of row: AgentRow) throws(OperationError) {
        if request.status != nil {
            throw OperationError(.forbidden, code: "AGENT_STATUS_CONTROLLED", message: "status is controlled by agent heartbeat")
        }
        var problems: [FieldViolation] = []
        name = request.name.map { Self.name($0, &problems) } ?? row.name
        heartbeatConfig = Self.object(request.heartbeatConfig.applied(to: row.heartbeatConfig))
        heartbeat = try Self.collecting(&problems, heartbeatConfig) { json throws(OperationError) in try HeartbeatSettings(json) }
        profile = try Self.collecting(&problems, request.identityProfile.applied(to: row.identityProfile)) { json throws(OperationError) in
            try IdentityProfile(json)
        }
        identityTemplate = Self.text(request.identityTemplate.applied(to: row.identityTemplate))
        soulTemplate = Self.text(request.soulTemplate.applied(to: row.soulTemplate))
        guard problems.isEmpty else { throw .invalid(problems) }
    }

    /// Makes a row say it.
    func write(to row: inout AgentRow) {
        row.name = name
        row.heartbeatConfig = heartbeatConfig
        row.heartbeat = heartbeat.gateway
        row.missingTolerance = heartbeat.tolerance
        row.identityProfile = profile.json
        row.identityTemplate = identityTemplate
        row.soulTemplate = soulTemplate
    }

    private static func name(_ text: String, _ problems: inout [FieldViolation]) -> String {
        let name = trimmed(text)
        if !(1...120).contains(name.count) {
            problems.append(FieldViolation(field: "name", message: "must have 1 to 120 characters besides blanks at its ends"))
        } else if name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            problems.append(FieldViolation(field: "name", message: "must not have control characters"))
        }
        return name
    }

    private static func object(_ json: JSON?) -> JSON? { json?.objectValue?.isEmpty == false ? json : nil }

    private static func text(_ text: String?) -> String? {
        guard let text, !trimmed(text).isEmpty else { return nil }
        return text
    }

    /// Reads a part; what is wrong with it is put with the rest.
    private static func collecting<Part>(
        _ problems: inout [FieldViolation],
        _ json: JSON?,
        _ read: (JSON?) throws(OperationError) -> Part
    ) throws(OperationError) -> Part {
        do throws(OperationError) { return try read(json) } catch {
            problems += error.fields
            return try read(nil)
        }
    }
}
