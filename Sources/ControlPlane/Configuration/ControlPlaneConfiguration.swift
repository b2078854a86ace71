import CraneAPI
import HTTPOperations
import Observability

/// What the control plane is told at its start.
public struct ControlPlaneConfiguration: Sendable {
    /// Namespace the tenants and policies live in.
    public var namespace: String
    /// Address the API listens on.
    public var host: String
    /// Port of the API; 0 for any free one.
    public var port: Int
    /// Port of `/healthz`, `/readyz` and `/metrics`; 0 for any free one.
    public var healthPort: Int
    /// The static bearer token.
    public var token: SensitiveString
    /// Isolation tiers that somebody here can provide.
    public var servedTiers: Set<IsolationTier>
    /// Largest request body in bytes.
    public var bodyLimit: Int
    /// Longest time an operation may take.
    public var requestTimeout: Duration
    /// How long Kubernetes may take to take a write before the caller is told that it is pending; less than ``requestTimeout``.
    public var kubernetesTimeout: Duration
    /// How writes that were interrupted are finished.
    public var relay: IntentRelay.Configuration

    /// Makes a configuration.
    ///
    /// - Parameters:
    ///   - namespace: namespace the tenants and policies live in; default `default`.
    ///   - host: address to listen on; default every one.
    ///   - port: port of the API; default 8080.
    ///   - healthPort: port of health and metrics; default 9090.
    ///   - token: the static bearer token.
    ///   - servedTiers: isolation tiers that somebody here can provide; default `shared` and `dedicatedNodes`.
    ///   - bodyLimit: largest request body in bytes; default 1 MiB.
    ///   - requestTimeout: longest time an operation may take; default 30 s.
    ///   - kubernetesTimeout: how long Kubernetes may take to take a write before the caller is told that it is pending; default 10 s.
    ///   - relay: how interrupted writes are finished.
    public init(
        namespace: String = "default",
        host: String = "0.0.0.0",
        port: Int = 8080,
        healthPort: Int = 9090,
        token: SensitiveString,
        servedTiers: Set<IsolationTier> = [.shared, .dedicatedNodes],
        bodyLimit: Int = 1_048_576,
        requestTimeout: Duration = .seconds(30),
        kubernetesTimeout: Duration = .seconds(10),
        relay: IntentRelay.Configuration = .init()
    ) {
        self.namespace = namespace
        self.host = host
        self.port = port
        self.healthPort = healthPort
        self.token = token
        self.servedTiers = servedTiers
        self.bodyLimit = bodyLimit
        self.requestTimeout = requestTimeout
        self.kubernetesTimeout = kubernetesTimeout
        self.relay = relay
    }

    /// Reads a configuration from the environment.
    ///
    /// `OPENCRANE_API_TOKEN` or `OPENCRANE_API_TOKEN_FILE` (required), `NAMESPACE`, `HOST`, `PORT`, `HEALTH_PORT`,
    /// `OPENCRANE_ISOLATION_TIERS` (comma-separated), `OPENCRANE_BODY_LIMIT_BYTES`, `OPENCRANE_REQUEST_TIMEOUT_SECONDS`.
    ///
    /// - Parameters:
    ///   - environment: the variables.
    ///   - readFile: reads a token file.
    /// - Throws: ``ConfigurationError`` without a token, with two, or for a value that cannot be read.
    public init(
        environment: [String: String],
        readFile: (String) throws -> String
    ) throws(ConfigurationError) {
        self.init(token: SensitiveString(try Self.token(environment, readFile)))
        let read = EnvironmentReader(environment: environment)
        namespace = read.text("NAMESPACE") ?? namespace
        host = read.text("HOST") ?? host
        port = try read.integer("PORT", in: 0...65_535) ?? port
        healthPort = try read.integer("HEALTH_PORT", in: 0...65_535) ?? healthPort
        bodyLimit = try read.integer("OPENCRANE_BODY_LIMIT_BYTES", in: 1024...67_108_864) ?? bodyLimit
        requestTimeout = try read.integer("OPENCRANE_REQUEST_TIMEOUT_SECONDS", in: 1...3600).map { .seconds($0) } ?? requestTimeout
        // Whoever waits for a write is told what became of it before the request's time is over.
        kubernetesTimeout = min(kubernetesTimeout, requestTimeout / 3)
        if let tiers = read.text("OPENCRANE_ISOLATION_TIERS") {
            servedTiers = []
            for name in tiers.split(separator: ",").map({ $0.filter { $0 != " " } }) {
                guard let tier = IsolationTier(rawValue: name) else {
                    throw ConfigurationError(
                        variable: "OPENCRANE_ISOLATION_TIERS",
                        message: "\(name) is no isolation tier; there are \(IsolationTier.allCases.map(\.rawValue).joined(separator: ", "))"
                    )
                }
                servedTiers.insert(tier)
            }
        }
    }

    private static func token(
        _ environment: [String: String],
        _ readFile: (String) throws -> String
    ) throws(ConfigurationError) -> String {
        let read = EnvironmentReader(environment: environment)
        switch (read.text("OPENCRANE_API_TOKEN"), read.text("OPENCRANE_API_TOKEN_FILE")) {
        case (let token?, nil): return token
        case (nil, let path?):
            do {
                let text = String(try readFile(path).filter { !$0.isWhitespace })
                guard !text.isEmpty else {
                    throw ConfigurationError(variable: "OPENCRANE_API_TOKEN_FILE", message: "the file \(path) is empty")
                }
                return text
            } catch let error as ConfigurationError {
                throw error
            } catch {
                throw ConfigurationError(
                    variable: "OPENCRANE_API_TOKEN_FILE",
                    message: "the file \(path) cannot be read: \(error)"
                )
            }
        case (.some, .some):
            throw ConfigurationError(
                variable: "OPENCRANE_API_TOKEN",
                message: "is set together with OPENCRANE_API_TOKEN_FILE; set one of the two"
            )
        case (nil, nil):
            throw ConfigurationError(
                variable: "OPENCRANE_API_TOKEN",
                message: "is not set, and without authentication the control plane does not start; make a token with: openssl rand -hex 32"
            )
        }
    }
}

/// The environment says something that cannot be used.
public struct ConfigurationError: Error, CustomStringConvertible {
    /// Stable code.
    public let code = "CONFIGURATION_ERROR"
    /// The variable.
    public let variable: String
    /// What is wrong with it.
    public let message: String
    public var description: String { "\(variable): \(message)" }
}

/// Reads typed values from environment variables; a blank value counts as none.
struct EnvironmentReader {
    let environment: [String: String]

    func text(_ name: String) -> String? {
        environment[name].flatMap { $0.allSatisfy(\.isWhitespace) ? nil : $0 }
    }

    func integer(_ name: String, in range: ClosedRange<Int>) throws(ConfigurationError) -> Int? {
        guard let text = text(name) else { return nil }
        guard let value = Int(text), range.contains(value) else {
            throw ConfigurationError(
                variable: name,
                message: "must be a whole number from \(range.lowerBound) to \(range.upperBound), not \(text)"
            )
        }
        return value
    }
}
