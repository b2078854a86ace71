import Foundation
import JSONValue

/// What an ID token must say to be believed (OpenID Connect Core 1.0 section 3.1.3.7).
struct IDTokenRules: Sendable {
    let issuer: String
    let clientID: String
    let trustedAudiences: Set<String>
    let algorithms: Set<SigningAlgorithm>
    let clockSkew: Duration

    init(_ configuration: OpenIDConfiguration) {
        issuer = configuration.issuer
        clientID = configuration.clientID
        trustedAudiences = configuration.trustedAudiences
        algorithms = configuration.algorithms
        clockSkew = configuration.clockSkew
    }

    /// The algorithm of a token, if it may be used.
    ///
    /// - Throws: ``OpenIDError`` with `tokenAlgorithm`.
    func algorithm(of token: SignedToken) throws(OpenIDError) -> SigningAlgorithm {
        guard let algorithm = SigningAlgorithm(rawValue: token.algorithm), algorithms.contains(algorithm) else {
            throw OpenIDError(.tokenAlgorithm, "The ID token is signed with \(token.algorithm.prefix(20)), which is not allowed.")
        }
        return algorithm
    }

    /// Checks the claims of a token whose signature holds.
    ///
    /// - Parameters:
    ///   - nonce: of the login; `nil` when the token must not be bound to one.
    ///   - accessToken: that came with it, for `at_hash`.
    ///   - now: the wall clock.
    /// - Throws: ``OpenIDError``.
    func check(_ claims: JSON, algorithm: SigningAlgorithm, nonce: String?, accessToken: String?, now: Date) throws(OpenIDError) {
        guard claims["iss"]?.stringValue == issuer else { throw OpenIDError(.tokenIssuer, "The ID token is of another issuer.") }
        try checkAudience(claims)
        try checkTimes(claims, now: now)
        if let nonce {
            guard let claimed = claims["nonce"]?.stringValue, ConstantTime.areEqual(claimed, nonce) else {
                throw OpenIDError(.tokenNonce, "The ID token belongs to another login.")
            }
        }
        if let hash = claims["at_hash"], let accessToken {
            guard let text = hash.stringValue, ConstantTime.areEqual(text, algorithm.halfHash(of: accessToken)) else {
                throw OpenIDError(.tokenAccessHash, "The ID token belongs to another access token.")
            }
        }
        guard let subject = claims["sub"]?.stringValue, (1...255).contains(subject.utf8.count) else {
            throw OpenIDError(.tokenClaims, "The ID token does not say who the person is (sub).")
        }
    }

    private func checkAudience(_ claims: JSON) throws(OpenIDError) {
        let audiences: [String]
        switch claims["aud"] {
        case .string(let one): audiences = [one]
        case .array(let several):
            audiences = several.compactMap(\.stringValue)
            guard audiences.count == several.count else { throw OpenIDError(.tokenAudience, "An audience of the ID token is no text.") }
        default: throw OpenIDError(.tokenAudience, "The ID token does not say whom it is meant for (aud).")
        }
        guard audiences.contains(clientID) else { throw OpenIDError(.tokenAudience, "The ID token is meant for another client.") }
        guard audiences.allSatisfy({ $0 == clientID || trustedAudiences.contains($0) }) else {
            throw OpenIDError(.tokenAudience, "The ID token is meant for others as well, who are not trusted.")
        }
        let party = claims["azp"]
        guard party == nil || party?.stringValue == clientID else {
            throw OpenIDError(.tokenAuthorizedParty, "The ID token was asked for by another client.")
        }
        guard Set(audiences).count == 1 || party != nil else {
            throw OpenIDError(.tokenAuthorizedParty, "The ID token has several audiences and does not say who asked for it (azp).")
        }
    }

    private func checkTimes(_ claims: JSON, now: Date) throws(OpenIDError) {
        let seconds = now.timeIntervalSince1970
        let skew = Double(clockSkew.components.seconds) + Double(clockSkew.components.attoseconds) / 1e18
        func time(_ name: String) throws(OpenIDError) -> Double? {
            guard let value = claims[name] else { return nil }
            guard let number = value.numberValue, number.isFinite else {
                throw OpenIDError(.tokenClaims, "The claim \(name) of the ID token is no time.")
            }
            return number
        }
        guard let expiry = try time("exp") else { throw OpenIDError(.tokenClaims, "The ID token does not say how long it is valid (exp).") }
        guard let issued = try time("iat") else { throw OpenIDError(.tokenClaims, "The ID token does not say when it was issued (iat).") }
        guard seconds < expiry + skew else { throw OpenIDError(.tokenExpired, "The ID token is no longer valid; compare the clocks.") }
        guard issued <= seconds + skew else {
            throw OpenIDError(.tokenNotYetValid, "The ID token was issued in the future; compare the clocks.")
        }
        if let start = try time("nbf"), start > seconds + skew {
            throw OpenIDError(.tokenNotYetValid, "The ID token is not valid yet; compare the clocks.")
        }
    }
}
