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
    /// The static bearer token; nil when people log in, and nothing else is needed.
    public var token: SensitiveString?
    /// How people log in.
    var authentication = AuthenticationConfiguration()
    /// The token of the provision flow; nil turns it off.
    public var platformToken: SensitiveString?
    /// What fleets are ordered with.
    public var fleet: FleetConfiguration
    /// ConfigMap with templates of fleets, in ``platformNamespace``; nil for those of the platform alone.
    public var fleetTemplates: String?
    /// Namespace of the platform's services.
    public var platformNamespace = "opencrane"
    /// The most agents of a board whose tenant names no number.
    public var boardCapacity = 20
    /// How agents are made and looked after.
    var agents = AgentSettings()
    /// The address of this API as agents on machines reach it, without a path, for their `TOOLS.md`; nil leaves it out.
    public var agentsAddress: String? {
        get { agents.baseURL }
        set { agents.baseURL = newValue }
    }
    /// What instances can be ordered, and how they are looked after.
    var instances = InstanceConfiguration()
    /// How instances are asked.
    var instanceProxies = InstanceProxyConfiguration()
    /// How long what nobody needs any more is kept.
    var retention = RetentionSettings()
    /// How figures of the installation are taken, and who is told of drift.
    var metrics = MetricsSettings()
    /// How skills are scanned, and where their content is pushed to.
    var skills = SkillConfiguration()
    /// How third-party sources are fetched.
    var sources = SourceConfiguration()
    /// Where the retrieval service is, which keeps who may know what.
    var retrieval = RetrievalConfiguration()
    /// Where the platform's issuer of certificates is.
    var platformDNS = PlatformDNSSettings()
    /// Where pods reach MCP servers, as contracts say it; nil for nowhere.
    var contractGateway: String?
    /// Where pods fetch skills, as contracts say it; nil for nowhere.
    var contractRegistry: String?
    /// How the streams of fleets are fed.
    var fleetFeed = FeedLimits()
    /// How the model proxy is managed.
    var modelProxy = ModelProxySettings()
    /// How long bringing the files of agents up to date may take.
    var templateSync = TemplateSync.Limits()
    /// How the streams of agents are fed.
    var agentFeed = FeedLimits(interval: .seconds(1))
    /// Isolation tiers that somebody here can provide.
    public var servedTiers: Set<IsolationTier>
    /// Largest request body in bytes.
    public var bodyLimit: Int
    /// How many proxies stand before the API, each of which appends to `X-Forwarded-For`; what limits count by is found with it.
    public var trustedProxies = 0
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
    ///   - token: the static bearer token; nil when people log in.
    ///   - platformToken: the token of the provision flow; default none, which turns it off.
    ///   - fleet: what fleets are ordered with.
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
        token: SensitiveString?,
        platformToken: SensitiveString? = nil,
        fleet: FleetConfiguration = .init(),
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
        self.platformToken = platformToken
        self.fleet = fleet
        self.servedTiers = servedTiers
        self.bodyLimit = bodyLimit
        self.requestTimeout = requestTimeout
        self.kubernetesTimeout = kubernetesTimeout
        self.relay = relay
    }

    /// Reads a configuration from the environment.
    ///
    /// `OPENCRANE_API_TOKEN` or `OPENCRANE_API_TOKEN_FILE` (required unless `OIDC_ISSUER_URL` is set), the variables of the identity provider
    /// (`OIDC_…`), `NAMESPACE`, `HOST`, `PORT`, `HEALTH_PORT`,
    /// `OPENCRANE_PLATFORM_TOKEN` or `OPENCRANE_PLATFORM_TOKEN_FILE`, `OPENCRANE_MACHINE_PROVIDER`, `OPENCRANE_FLEET_PLANS`,
    /// `OPENCRANE_FLEET_OWNER_EMAIL`, `AGENT_BOARD_CAPACITY`, `MACHINE_TEMPLATES_CONFIGMAP`, `POD_NAMESPACE`,
    /// `INSTANCE_CATALOG_FILE`, `INSTANCE_ORDER_LIMIT`, `INSTANCE_BOOTSTRAP_TIMEOUT_SECONDS`, `OPENCRANE_ISOLATION_TIERS` (comma-separated),
    /// `LITELLM_ENDPOINT`, `LITELLM_MASTER_KEY` or `LITELLM_MASTER_KEY_FILE`, `LITELLM_DEFAULT_MONTHLY_BUDGET_USD`,
    /// `OPENCRANE_BUDGET_WEBHOOK_URL`, `OPENCRANE_SEALING_KEYS` or `OPENCRANE_SEALING_KEYS_FILE`,
    /// `COGNEE_ENDPOINT`, `COGNEE_API_TOKEN` or `COGNEE_API_TOKEN_FILE`, `COGNEE_PERMISSIONS_TIMEOUT_MS`, `MCP_GATEWAY_URL`,
    /// `SKILL_REGISTRY_URL`, `CONTROL_PLANE_INTERNAL_URL`, `PLATFORM_DNS_ISSUER_KIND`,
    /// `PLATFORM_DNS_ISSUER_NAMESPACE`, `CERT_MANAGER_NAMESPACE`,
    /// `OPENCRANE_BODY_LIMIT_BYTES`, `OPENCRANE_REQUEST_TIMEOUT_SECONDS`, `OPENCRANE_TRUSTED_PROXIES`.
    ///
    /// - Parameters:
    ///   - environment: the variables.
    ///   - readFile: reads a token file.
    /// - Throws: ``ConfigurationError`` when nobody could come in, with two tokens, or for a value that cannot be read.
    public init(
        environment: [String: String],
        readFile: (String) throws -> String
    ) throws(ConfigurationError) {
        let read = EnvironmentReader(environment: environment)
        let authentication = try AuthenticationConfiguration(read, readFile)
        let token = try read.secret("OPENCRANE_API_TOKEN", readFile)
        guard token != nil || authentication.openID != nil else { throw .nobodyCanComeIn }
        self.init(token: token.map { SensitiveString($0) })
        self.authentication = authentication
        namespace = read.text("NAMESPACE") ?? namespace
        host = read.text("HOST") ?? host
        port = try read.integer("PORT", in: 0...65_535) ?? port
        healthPort = try read.integer("HEALTH_PORT", in: 0...65_535) ?? healthPort
        bodyLimit = try read.integer("OPENCRANE_BODY_LIMIT_BYTES", in: 1024...67_108_864) ?? bodyLimit
        trustedProxies = try read.integer("OPENCRANE_TRUSTED_PROXIES", in: 0...16) ?? trustedProxies
        requestTimeout = try read.integer("OPENCRANE_REQUEST_TIMEOUT_SECONDS", in: 1...3600).map { .seconds($0) } ?? requestTimeout
        // Whoever waits for a write is told what became of it before the request's time is over.
        kubernetesTimeout = min(kubernetesTimeout, requestTimeout / 3)
        // What a lost replica has left open is taken up when nobody can be at it any more: Kubernetes' time, and the database's.
        relay.lease = kubernetesTimeout + .seconds(10)
        platformToken = try read.secret("OPENCRANE_PLATFORM_TOKEN", readFile)
            .map { SensitiveString($0) }
        fleet = try FleetConfiguration(read)
        instances = try InstanceConfiguration(read, readFile)
        retention = try RetentionSettings(read)
        metrics = try MetricsSettings(read)
        skills = try SkillConfiguration(read, readFile)
        sources = SourceConfiguration(read)
        modelProxy = try ModelProxySettings(read, readFile)
        retrieval = try RetrievalConfiguration(read, readFile)
        platformDNS = try PlatformDNSSettings(read, namespace: namespace)
        contractGateway = read.text("MCP_GATEWAY_URL")
        // Skills are delivered by the control plane itself unless another registry is named.
        contractRegistry = read.text("SKILL_REGISTRY_URL") ?? read.text("CONTROL_PLANE_INTERNAL_URL")
        fleetTemplates = read.text("MACHINE_TEMPLATES_CONFIGMAP")
        platformNamespace = read.text("POD_NAMESPACE") ?? platformNamespace
        boardCapacity = try read.integer("AGENT_BOARD_CAPACITY", in: 1...200) ?? boardCapacity
        agentsAddress = read.text("MACHINE_CONTROL_PLANE_URL")
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
