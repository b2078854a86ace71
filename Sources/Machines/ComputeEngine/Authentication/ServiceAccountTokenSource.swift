import Foundation
import KubernetesClient
import KubernetesModel

/// Exchanges a signed assertion for a token.
struct ServiceAccountTokenSource: AccessTokenSource {
    private static let grant = "urn:ietf:params:oauth:grant-type:jwt-bearer"

    var key: ServiceAccountKey
    var exchange: HTTPExchange
    var time: TimeSource

    func fetch() async throws(MachineError) -> AccessToken {
        let now = Int64(time.timestamp.date.timeIntervalSince1970)
        let assertion = try ServiceAccountAssertion.make(key, now: now)
        let form = "grant_type=\(ComputeCall.encode(Self.grant))&assertion=\(ComputeCall.encode(assertion))"
        let answer = try await exchange.send(
            "POST",
            key.tokenURI,
            headers: [("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json")],
            body: Array(form.utf8)
        )
        return try AccessToken(answer: answer, from: "The token endpoint")
    }
}
