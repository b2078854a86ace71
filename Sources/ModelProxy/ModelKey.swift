import Crypto
import JSONValue

/// What a key of the model proxy is to be.
public struct ModelKeyWish: Sendable, Hashable {
    /// Its name; unique in the proxy.
    public var alias: String
    /// What may be spent with it in a period; nil without a ceiling.
    public var budget: USD?
    /// The period, as the proxy writes it: `30d` starts anew on the first of each month.
    public var duration: String
    /// The team it belongs to, whose ceiling is everybody's.
    public var team: String
    /// The account it belongs to.
    public var user: String

    /// What a key is to be.
    public init(alias: String, budget: USD?, duration: String = "30d", team: String, user: String) {
        self.alias = alias
        self.budget = budget
        self.duration = duration
        self.team = team
        self.user = user
    }
}

/// A key as the model proxy has it, without its value.
public struct ModelKey: Sendable, Hashable {
    /// Its name.
    public var alias: String
    /// The SHA-256 of its value in hexadecimal, which is what the proxy keeps of it.
    public var hash: String
    /// Its ceiling.
    public var budget: USD?
    /// Its period.
    public var duration: String?
    /// The team it belongs to.
    public var team: String?
    /// The account it belongs to.
    public var user: String?
    /// What was spent with it in the period.
    public var spend: USD

    /// A key.
    public init(
        alias: String,
        hash: String,
        budget: USD? = nil,
        duration: String? = nil,
        team: String? = nil,
        user: String? = nil,
        spend: USD = .zero
    ) {
        self.alias = alias
        self.hash = hash
        self.budget = budget
        self.duration = duration
        self.team = team
        self.user = user
        self.spend = spend
    }

    /// A key of an answer; nil when there is no hash in it.
    init?(_ json: JSON) {
        guard let hash = (json["token"] ?? json["token_id"])?.stringValue, !hash.isEmpty else { return nil }
        self.init(
            alias: json["key_alias"]?.stringValue ?? "",
            hash: hash,
            budget: json["max_budget"]?.numberValue.map { USD($0) },
            duration: json["budget_duration"]?.stringValue,
            team: json["team_id"]?.stringValue,
            user: json["user_id"]?.stringValue,
            spend: USD(json["spend"]?.numberValue ?? 0)
        )
    }

    /// Whether it is what is wished.
    public func meets(_ wish: ModelKeyWish) -> Bool {
        alias == wish.alias && budget == wish.budget && duration == wish.duration && team == wish.team && user == wish.user
    }

    /// The hash of a value.
    public static func hash(of value: String) -> String {
        SHA256.hash(data: Array(value.utf8)).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}

/// What is to be done about the key of a tenant. Pure.
public enum ModelKeyStep: Sendable, Hashable {
    /// Everything is as it should be.
    case nothing
    /// Make one. What was spent in the period with keys before it counts for it too.
    case generate(ModelKeyWish, spend: USD)
    /// Change the one there is, so that its value stays.
    case update(ModelKeyWish, hash: String)
    /// Take away the one there is, and make another: nobody has its value.
    case rotate(ModelKeyWish, spend: USD)
    /// Take away the one there is.
    case delete(alias: String)

    /// Decides.
    ///
    /// A key whose value never reached its Secret is of no use to anybody: after a crash between the two it is replaced, so that at any time
    /// at most one key of an alias lives. So is one of another team: the proxy moves keys between teams only with their accounts.
    ///
    /// - Parameters:
    ///   - wanted: what the key is to be; nil for none.
    ///   - known: the key of the alias that the proxy has; nil for none.
    ///   - held: hash of the value in the tenant's Secret; nil for none.
    ///   - carried: what was spent in the period with keys that have been revoked.
    public init(wanted: ModelKeyWish?, known: ModelKey?, held: String?, carried: USD = .zero) {
        switch (wanted, known) {
        case (nil, nil): self = .nothing
        case (nil, let known?): self = .delete(alias: known.alias)
        case (let wanted?, nil): self = .generate(wanted, spend: carried)
        case (let wanted?, let known?):
            if known.hash != held || known.team != wanted.team {
                self = .rotate(wanted, spend: max(known.spend, carried))
            } else {
                self = known.meets(wanted) ? .nothing : .update(wanted, hash: known.hash)
            }
        }
    }
}
