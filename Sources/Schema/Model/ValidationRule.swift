import JSONValue

/// A rule in the Common Expression Language (KEP-2876), one entry of `x-kubernetes-validations`.
public struct ValidationRule: Sendable, Hashable {
    /// The expression; `self` is the value, `oldSelf` the value before an update.
    public var rule: String
    /// What to tell a person when the rule does not hold.
    public var message: String?
    /// An expression that gives the message.
    public var messageExpression: String?
    /// The machine-readable reason, for instance `FieldValueInvalid`.
    public var reason: String?
    /// The field to blame, relative to the value, for instance `.machine`.
    public var fieldPath: String?
    /// Whether a rule with `oldSelf` is also evaluated on creation.
    public var optionalOldSelf: Bool?

    /// A rule and what to tell a person when it does not hold.
    public init(
        _ rule: String,
        message: String? = nil,
        messageExpression: String? = nil,
        reason: String? = nil,
        fieldPath: String? = nil,
        optionalOldSelf: Bool? = nil
    ) {
        self.rule = rule
        self.message = message
        self.messageExpression = messageExpression
        self.reason = reason
        self.fieldPath = fieldPath
        self.optionalOldSelf = optionalOldSelf
    }

    /// Reads one entry of `x-kubernetes-validations`.
    init(parsing json: JSON, at location: String) throws(SchemaError) {
        guard let rule = json["rule"]?.stringValue else {
            throw SchemaError(.malformed, "\(location): a validation rule needs a member \"rule\" that is a string")
        }
        self.init(
            rule,
            message: json["message"]?.stringValue,
            messageExpression: json["messageExpression"]?.stringValue,
            reason: json["reason"]?.stringValue,
            fieldPath: json["fieldPath"]?.stringValue,
            optionalOldSelf: json["optionalOldSelf"]?.boolValue
        )
    }

    /// The entry as JSON.
    var json: JSON {
        var json: JSON = ["rule": .string(rule)]
        json["message"] = message.map(JSON.string)
        json["messageExpression"] = messageExpression.map(JSON.string)
        json["reason"] = reason.map(JSON.string)
        json["fieldPath"] = fieldPath.map(JSON.string)
        json["optionalOldSelf"] = optionalOldSelf.map(JSON.bool)
        return json
    }
}
