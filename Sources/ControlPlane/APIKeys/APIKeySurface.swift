import Foundation
import HTTPOperations
import ServiceLifecycle

/// The surface by which the keys of programs are made, seen and taken back, and what works for it in the background.
struct APIKeySurface: Sendable {
    /// What is served.
    let surfaces: [Surface]
    /// What has to run.
    let services: [any Service]

    /// Makes the surface.
    ///
    /// - Parameters:
    ///   - parts: what it is made of.
    ///   - makeKey: makes a key, for an id or with a new one.
    init(
        _ parts: ControlPlaneParts,
        makeKey: @escaping @Sendable (UUID?) -> APIKey = { APIKey(id: $0 ?? UUID(), secret: Self.randomBytes()) }  // edge: new secrets
    ) {
        let writer = MutationWriter(pool: parts.pool, now: parts.now)
        surfaces = [
            Surface(
                title: "OpenCrane API keys",
                version: "1.0.0",
                description: "Keys by which programs use the API.",
                basePath: "/v1/api-keys",
                envelope: .detail,
                authenticator: AuthenticatorChain([parts.apiKeys, parts.authenticator]),
                credential: APIKeyAuthenticator.credentials[0],
                alternativeCredentials: Array(APIKeyAuthenticator.credentials.dropFirst()),
                errors: APIKeyAuthenticator.errors,
                operations: APIKeyOperations(
                    keys: APIKeyRepository(pool: parts.pool),
                    authenticator: parts.apiKeys,
                    writer: writer,
                    now: parts.now,
                    makeKey: makeKey
                ).operations,
                bodyLimit: min(parts.configuration.bodyLimit, 16_384),
                timeout: parts.configuration.requestTimeout
            )
        ]
        services = [MutationKeeper(writer: writer, logger: parts.logger)]
    }

    private static func randomBytes() -> [UInt8] {
        var generator = SystemRandomNumberGenerator()  // edge: new secrets
        return (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
}
