import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue
import Observability
import SealedSecrets

/// Keeps the secrets among the settings of instances sealed: tokens of channels, keys of integrations. In the database they are sealed for
/// their row; in answers they are not at all.
struct InstanceSecrets: Sendable {
    /// Seals and opens; nil without keys, when secrets are refused.
    let sealer: SecretSealer?

    /// What is shown in the place of a secret; sent back, it says that the secret stays.
    static let redacted = ConfigurationPlan.redacted
    /// What a sealed secret begins with in the database.
    static let mark = "opencrane-sealed:"

    // MARK: Changing

    /// The settings after a change of the platform's, with every secret sealed.
    ///
    /// - Parameters:
    ///   - request: the change. A secret it names by ``redacted`` stays.
    ///   - config: the settings before.
    ///   - id: the instance.
    /// - Throws: ``OperationError``: 422 when they are too large or name a sealed value, 503 for a secret without keys to seal it with.
    func merged(_ request: PlatformConfigRequest, into config: JSON, of id: UUID) throws(OperationError) -> JSON {
        for part in [request.channels, request.advanced, request.integrations.map(JSON.array), request.skills.map(JSON.array)] {
            guard !Self.hasMark(part ?? .null) else { throw .invalid("", "must not have values that begin with \(Self.mark)") }
        }
        var merged = try InstanceSettings.merged(request, into: config)
        let platform = kept(merged["platform"] ?? [:], of: config["platform"], at: Self.place(id), isSecret: false)
        merged["platform"] = try sealed(platform, at: Self.place(id), isSecret: false)
        return try InstanceSettings.bounded(merged)
    }

    /// The settings with every secret sealed by the current key; nil when they are so already, or there is no key.
    func renewed(_ config: JSON, of id: UUID) -> JSON? {
        guard let sealer, let platform = config["platform"] else { return nil }
        var renewed = config
        renewed["platform"] = try? sealed(
            Self.mapped(platform, isSecret: false) { text, _ in
                guard let value = Self.value(text), let again = try? sealer.reseal(value, at: Self.place(id)) else { return .string(text) }
                return .string(Self.text(again))
            },
            at: Self.place(id),
            isSecret: false
        )
        return renewed["platform"] == nil || renewed == config ? nil : renewed
    }

    // MARK: Using

    /// The settings with their secrets, for the machine alone.
    ///
    /// - Throws: ``OperationError`` 503 when one cannot be opened.
    func opened(_ config: JSON, of id: UUID) throws(OperationError) -> JSON {
        guard let platform = config["platform"], Self.hasMark(platform) else { return config }
        var failure: SealingError?
        var opened = config
        opened["platform"] = Self.mapped(platform, isSecret: false) { text, _ in
            guard text.hasPrefix(Self.mark) else { return .string(text) }
            do throws(SealingError) {
                return .string(try open(text, at: Self.place(id)))
            } catch {
                failure = error
                return Self.redacted
            }
        }
        if let failure {
            throw .unavailable(
                code: failure.code.rawValue,
                message: "A secret of the instance's settings cannot be opened; the operators have to look at OPENCRANE_SEALING_KEYS.",
                retryAfter: 60,
                cause: failure
            )
        }
        return opened
    }

    /// The settings as everybody may see them.
    static func shown(_ config: JSON) -> JSON {
        guard let platform = config["platform"] else { return config }
        var shown = config
        shown["platform"] = mapped(platform, isSecret: false) { text, isSecret in
            text.hasPrefix(mark) || (isSecret && !isReference(text)) ? redacted : .string(text)
        }
        return shown
    }

    // MARK: What is secret

    private static let names = [
        "token", "tokens", "secret", "secrets", "password", "passwords", "passwd", "passphrase", "credential", "credentials",
        "authorization",
        "cookie", "apikey", "apikeys", "accesskey", "privatekey", "secretkey", "encryptkey", "encodingaeskey", "signingkey", "authkey",
        "webhookurl", "connectionstring", "dsn",
    ]

    /// Whether what has a name is secret: as `botToken`, `SLACK_APP_TOKEN`, `signing-secret`, `apiKey`, `NOTION_KEY` are.
    static func isSecret(_ name: String) -> Bool {
        let bare = name.lowercased().filter { $0 != "_" && $0 != "-" && $0 != "." }
        return bare == "key" || names.contains { bare.hasSuffix($0) } || name.hasSuffix("_KEY") || name.hasSuffix("_PAT")
    }

    /// Whether a text only names a variable of the machine's environment, or nothing at all.
    private static func isReference(_ text: String) -> Bool { text.isEmpty || text.wholeMatch(of: /\$\{[A-Za-z_][A-Za-z0-9_]*\}/) != nil }

    private static func place(_ id: UUID) -> RowIdentity {
        RowIdentity(table: "instances", column: "agent_config", key: [id.uuidString.lowercased()])
    }

    // MARK: Walking

    private func sealed(_ value: JSON, at place: RowIdentity, isSecret: Bool) throws(OperationError) -> JSON {
        if let members = value.objectValue {
            var result: [String: JSON] = [:]
            for (name, member) in members { result[name] = try sealed(member, at: place, isSecret: isSecret || Self.isSecret(name)) }
            return .object(result)
        }
        if let elements = value.arrayValue {
            var result: [JSON] = []
            for element in elements { result.append(try sealed(element, at: place, isSecret: isSecret)) }
            return .array(result)
        }
        guard isSecret, let text = value.stringValue, !text.hasPrefix(Self.mark), value != Self.redacted, !Self.isReference(text)
        else { return value }
        guard let sealer else { throw Self.notConfigured }
        do throws(SealingError) {
            return .string(Self.text(try sealer.seal(Secret(text), at: place)))
        } catch {
            throw .invalid("", "has a secret that cannot be sealed: \(error.message)")
        }
    }

    /// New settings in which secrets that were sent back, or sent once more, are the sealed ones of before.
    private func kept(_ new: JSON, of old: JSON?, at place: RowIdentity, isSecret: Bool) -> JSON {
        guard let old else { return new }
        if let members = new.objectValue {
            var result = members
            for (name, member) in members {
                result[name] = kept(member, of: old[name], at: place, isSecret: isSecret || Self.isSecret(name))
            }
            return .object(result)
        }
        if let elements = new.arrayValue {
            let before = old.arrayValue ?? []
            return .array(
                elements.enumerated().map { index, element in
                    let name = Self.name(element)
                    let twin = name == nil ? (index < before.count ? before[index] : nil) : before.first { Self.name($0) == name }
                    return kept(element, of: twin, at: place, isSecret: isSecret)
                }
            )
        }
        guard let text = new.stringValue, let before = old.stringValue, new != old else { return new }
        if new == Self.redacted { return Self.hasMark(old) || isSecret ? old : new }
        return before.hasPrefix(Self.mark) && (try? open(before, at: place)) == text ? old : new
    }

    private static func name(_ element: JSON) -> String? {
        ["id", "name", "slug"].lazy.compactMap { element.objectValue?[$0]?.stringValue }.first
    }

    private static func mapped(_ value: JSON, isSecret: Bool, _ change: (String, Bool) -> JSON) -> JSON {
        if let members = value.objectValue {
            var result: [String: JSON] = [:]
            for (name, member) in members { result[name] = mapped(member, isSecret: isSecret || Self.isSecret(name), change) }
            return .object(result)
        }
        if let elements = value.arrayValue { return .array(elements.map { mapped($0, isSecret: isSecret, change) }) }
        return value.stringValue.map { change($0, isSecret) } ?? value
    }

    private static func hasMark(_ value: JSON) -> Bool {
        if let members = value.objectValue { return members.values.contains(where: hasMark) }
        if let elements = value.arrayValue { return elements.contains(where: hasMark) }
        return value.stringValue?.hasPrefix(mark) ?? false
    }

    // MARK: Sealing

    private func open(_ text: String, at place: RowIdentity) throws(SealingError) -> String {
        guard let value = Self.value(text) else { throw SealingError(.malformed, "\(place) does not hold a sealed value.") }
        guard let sealer else { throw SealingError(.unknownKey, "There is no sealing key to open \(place) with.") }
        return try sealer.openText(value, at: place).reveal()
    }

    private static func text(_ value: SealedValue) -> String { mark + Data(value.bytes).base64EncodedString() }

    private static func value(_ text: String) -> SealedValue? {
        guard text.hasPrefix(mark), let data = Data(base64Encoded: String(text.dropFirst(mark.count))) else { return nil }
        return try? SealedValue(bytes: Array(data))
    }

    private static let notConfigured = OperationError.unavailable(
        code: "SEALING_NOT_CONFIGURED",
        message: "Secrets among the settings are kept sealed only: the operators have to set OPENCRANE_SEALING_KEYS or "
            + "OPENCRANE_SEALING_KEYS_FILE. Nothing was changed.",
        retryAfter: 60
    )

    /// For the document.
    static let refusal = ErrorDeclaration(
        .serviceUnavailable,
        "SEALING_NOT_CONFIGURED",
        "There is a secret among the settings, and no key to seal it with; nothing was changed."
    )
}
