import Foundation
import HTTPOperations
import KubernetesClient
import Logging
import Postgres

/// What every capability of the control plane is made of.
struct ControlPlaneParts: Sendable {
    /// What the control plane is told.
    let configuration: ControlPlaneConfiguration
    /// The way to Kubernetes.
    let client: KubernetesClient
    /// The way to PostgreSQL.
    let pool: PostgresPool
    /// Writes resources.
    let writer: IntentWriter
    /// Lets people and the platform's own programs in.
    let authenticator: any Authenticator
    /// Lets programs with API keys in, and people and the platform's own programs besides them: `AuthenticatorChain([apiKeys, authenticator])`.
    let apiKeys: APIKeyAuthenticator
    /// The way to the gateways of tenants.
    let gateways: TenantGateways
    /// Takes the log.
    let logger: Logger
    /// The time.
    let now: @Sendable () -> Date
    /// Random numbers from 0 to 1.
    let random: @Sendable () -> Double
}
