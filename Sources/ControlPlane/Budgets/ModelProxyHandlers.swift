import AsyncHTTPClient
import Foundation
import JSONValue
import ModelProxy
import NIOCore
import NIOHTTP1
import Observability
import Postgres
import SealedSecrets

/// Tells the model proxy which ceiling holds.
struct CeilingHandler: OutboxHandler {
    let topic = BudgetRepository.ceilingTopic
    let maximumAttempts: Int? = nil
    let proxy: ModelProxyClient
    let budgets: BudgetRepository

    func deliver(_ entry: OutboxEntry) async throws {
        guard let scope = BudgetScope(key: entry.key) else { throw OutboxRejection(message: "\(entry.key) is no scope of a ceiling.") }
        let team = ModelProxySettings.team
        switch scope {
        case .global: try await proxy.setTeam(team, limit: try await budgets.global(in: budgets.pool).limit)
        case .account(let name):
            try await budgets.requireTeam(proxy)
            try await proxy.setAccount(name, in: team, limit: try await budgets.account(name, in: budgets.pool)?.limit)
        case .tenant: throw OutboxRejection(message: "The ceiling of a tenant is its key's.")
        }
    }
}

/// Gives the model proxy the keys of providers.
struct ProviderKeyHandler: OutboxHandler {
    let topic = ProviderKeyRepository.topic
    let maximumAttempts: Int? = nil
    let proxy: ModelProxyClient
    let keys: ProviderKeyRepository
    let sealer: SecretSealer?
    let now: @Sendable () -> Date

    func deliver(_ entry: OutboxEntry) async throws {
        let provider = ProviderName(known: entry.key)
        guard let (sealed, revision) = try await keys.sealed(entry.key) else {
            return try await proxy.deleteCredential(provider.credential)
        }
        guard let sealer else {
            throw SealingError(.unknownKey, "There is no sealing key to open the key of a provider with.")
        }
        let key = try sealer.openText(sealed, at: ProviderKeyRepository.place(entry.key))
        try await proxy.setCredential(provider.credential, provider: provider.upstream, key: key.reveal())
        try await keys.told(entry.key, revision: revision, now: now())
    }
}

/// Tells somebody that a spend has passed a threshold, in either direction.
struct BudgetAlertHandler: OutboxHandler {
    let topic = BudgetRepository.alertTopic
    /// A transition is told when the receiver is back, however long that takes: no other reading tells it again. There are few of them.
    let maximumAttempts: Int? = nil
    let url: String
    var http: HTTPClient = .shared
    var timeout: TimeAmount = .seconds(5)

    func deliver(_ entry: OutboxEntry) async throws {
        var body = entry.payload
        // Whoever gets an alert twice, because the answer was lost, knows it by its id.
        body["id"] = .string("budget-alert-\(entry.id)")
        body["type"] = "budget.transition"
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.headers.add(name: "Idempotency-Key", value: "budget-alert-\(entry.id)")
        request.body = .bytes(body.serialized())
        let response = try await http.execute(request, timeout: timeout)
        guard (200..<300).contains(response.status.code) else { throw AlertRefused(status: Int(response.status.code)) }
    }
}

/// The receiver of alerts did not take one.
struct AlertRefused: Error, CustomStringConvertible {
    /// Stable code.
    let code = "ALERT_REFUSED"
    /// What it answered.
    let status: Int
    var description: String { "The receiver of alerts answered \(status)." }
}
