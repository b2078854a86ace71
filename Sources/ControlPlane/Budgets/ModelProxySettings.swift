import Foundation
import ModelProxy
import Observability
import SealedSecrets

/// How the control plane manages the model proxy.
struct ModelProxySettings: Sendable {
    /// The team of the proxy that all keys of tenants belong to: its ceiling is everybody's.
    static let team = "opencrane"

    /// The way to the proxy; nil without one.
    var client: ModelProxyClient?
    /// What a tenant may spend in a month that names nothing else.
    var defaultBudget = USD(50)
    /// Where alerts go; nil for nowhere.
    var webhook: String?
    /// Seals the keys of providers; nil without keys to seal with.
    var sealer: SecretSealer?
    /// Time between two readings of what was spent.
    var collecting: Duration = .seconds(60)
    /// How old a reading may be that is shown as what is spent now.
    var freshness: Duration = .seconds(60)
    /// Time between two looks at tenants whose keys may have to change.
    var watching: Duration = .seconds(10)
    /// How long after a look a key is looked at again although nothing has changed.
    var rechecking: Duration = .seconds(600)
    /// Time between two looks at what the proxy has to be told.
    var delivering: Duration = .seconds(1)

    /// No proxy.
    init() {}

    /// Reads the settings.
    ///
    /// - Throws: ``ConfigurationError`` for an address without a master key, or the other way round, and for values that cannot be read.
    init(_ read: EnvironmentReader, _ readFile: (String) throws -> String) throws(ConfigurationError) {
        let endpoint = read.text("LITELLM_ENDPOINT")
        let masterKey = try read.secret("LITELLM_MASTER_KEY", readFile)
        switch (endpoint, masterKey) {
        case (nil, nil): break
        case (let endpoint?, let masterKey?):
            do {
                client = try ModelProxyClient(endpoint: endpoint, masterKey: SensitiveString(masterKey))
            } catch {
                throw ConfigurationError(variable: "LITELLM_ENDPOINT", message: error.message)
            }
        case (.some, nil):
            throw ConfigurationError(variable: "LITELLM_MASTER_KEY", message: "is not set although LITELLM_ENDPOINT is")
        case (nil, .some):
            throw ConfigurationError(variable: "LITELLM_ENDPOINT", message: "is not set although LITELLM_MASTER_KEY is")
        }
        if let text = read.text("LITELLM_DEFAULT_MONTHLY_BUDGET_USD") {
            guard let amount = Double(text), (0...1_000_000_000).contains(amount) else {
                throw ConfigurationError(
                    variable: "LITELLM_DEFAULT_MONTHLY_BUDGET_USD",
                    message: "must be a number of dollars from 0 to 1000000000"
                )
            }
            defaultBudget = USD(amount)
        }
        if let text = read.text("OPENCRANE_BUDGET_WEBHOOK_URL") {
            guard let url = URLComponents(string: text), ["http", "https"].contains(url.scheme?.lowercased() ?? ""),
                url.host?.isEmpty == false, url.user == nil, url.password == nil
            else {
                throw ConfigurationError(
                    variable: "OPENCRANE_BUDGET_WEBHOOK_URL",
                    message: "must be an http:// or https:// URL without credentials"
                )
            }
            webhook = text
        }
        guard read.text("OPENCRANE_SEALING_KEYS") != nil || read.text("OPENCRANE_SEALING_KEYS_FILE") != nil else { return }
        do {
            sealer = try SealingKeyring.load(variable: "OPENCRANE_SEALING_KEYS", environment: read.environment).map(SecretSealer.init)
        } catch {
            throw ConfigurationError(variable: "OPENCRANE_SEALING_KEYS", message: error.message)
        }
    }

    /// What the key of a tenant is to be.
    ///
    /// - Parameters:
    ///   - tenant: the tenant's name.
    ///   - budget: what it may spend in a month; nil for the default.
    ///   - email: its owner, whose account it belongs to.
    func wish(tenant: String, budget: Double?, email: String) -> ModelKeyWish {
        ModelKeyWish(
            alias: Self.alias(tenant),
            budget: budget.map { max(.zero, USD($0)) } ?? defaultBudget,
            team: Self.team,
            user: Self.account(email)
        )
    }

    /// Name of a tenant's key in the proxy.
    static func alias(_ tenant: String) -> String { "opencrane-\(tenant)" }

    /// The account of an owner: addresses differ in case and mean the same.
    static func account(_ email: String) -> String { email.lowercased() }
}
