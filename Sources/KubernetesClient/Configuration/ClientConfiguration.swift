import Foundation
import KubernetesModel

/// Everything a client needs to know to reach an API server.
public struct ClientConfiguration: Sendable {
    /// The address of the server: `https://host:port`, perhaps with a path before `/api`.
    public var server: String
    /// How the server is checked and the client identified on the connection.
    public var tls: ClientTLS
    /// What is sent with each request.
    public var credentials: Credentials
    /// The namespace of the context. Default: `default`.
    public var namespace: String
    /// The `User-Agent` header. Default: ``userAgent(program:version:)`` with the name of this process.
    public var userAgent: String
    /// In whose name the requests are made; `nil` for the client's own. Default: `nil`.
    public var impersonation: Impersonation?
    /// The time for one attempt of a call, with its body. Default: 30 s.
    public var requestTimeout: Duration
    /// The time for a call with all its attempts and the delays between them, at least that of one attempt. Default: 90 s.
    public var callTimeout: Duration
    /// The time for making a connection. Default: 10 s.
    public var connectTimeout: Duration
    /// After what time the server is asked to end a watch. Default: 25 s, so that a dead watch is replaced within 30 s. A longer time spares
    /// requests, one for each watch and time, and is that much later noticed to be dead; more than 290 s is not allowed by some proxies.
    public var watchTimeout: Duration
    /// How much longer than `watchTimeout` a silent watch is believed in. Default: 5 s.
    public var watchIdleMargin: Duration
    /// The time until a watch is answered at all. Default: 20 s, more than the 15 s for which a busy API server lets a request wait.
    public var watchOpenTimeout: Duration
    /// How many connections may be open at once; each watch holds one under HTTP/1.1. Default: 512.
    public var maximumConnections: Int
    /// The largest answer that is read, in bytes. Default: 256 MiB.
    public var maximumResponseBytes: Int
    /// A proxy: `http://host:port`, which may have `user:password@` before the host, or `socks5://host:port`. Default: none;
    /// ``load(environment:kubeconfig:context:)`` and ``inCluster(environment:directory:)`` look for one in the environment.
    public var proxy: String?
    /// When calls are repeated.
    public var retry: RetryPolicy
    /// How many requests the client makes of itself in a time; see ``RateLimit`` for why hardly anybody needs it. Default: no limit.
    public var rateLimit: RateLimit?

    /// Makes a configuration; see the properties for the defaults.
    public init(
        server: String,
        tls: ClientTLS = .init(),
        credentials: Credentials = .none,
        namespace: String = "default",
        userAgent: String = ClientConfiguration.userAgent()
    ) {
        self.server = server
        self.tls = tls
        self.credentials = credentials
        self.namespace = namespace
        self.userAgent = userAgent
        requestTimeout = .seconds(30)
        callTimeout = .seconds(90)
        connectTimeout = .seconds(10)
        watchTimeout = .seconds(25)
        watchIdleMargin = .seconds(5)
        watchOpenTimeout = .seconds(20)
        maximumConnections = 512
        maximumResponseBytes = 256 << 20
        proxy = nil
        retry = .default
    }
}

extension ClientConfiguration {
    /// Finds the configuration as controller-runtime does: the given file, else the files of `KUBECONFIG` merged, else the service account of a pod,
    /// else `~/.kube/config`. A proxy that the configuration does not name is taken from `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`.
    ///
    /// - Parameters:
    ///   - environment: the environment variables. Default: this process's.
    ///   - path: a kubeconfig file to use instead of what the environment names.
    ///   - context: the context to use instead of the current one.
    /// - Throws: ``KubernetesError`` with code `configuration` when there is none or it is not usable.
    public static func load(
        environment: [String: String] = ProcessInfo.processInfo.environment,
        kubeconfig path: String? = nil,
        context: String? = nil
    ) throws -> ClientConfiguration {
        if environment["KUBERNETES_SERVICE_HOST"] != nil, context == nil, path == nil, environment["KUBECONFIG"]?.isEmpty ?? true {
            return try inCluster(environment: environment)
        }
        var found = try named(environment: environment, kubeconfig: path, context: context)
        if found.proxy == nil { found.proxy = ProxyEnvironment.proxy(for: found.server, environment: environment) }
        return found
    }

    private static func named(environment: [String: String], kubeconfig path: String?, context: String?) throws -> ClientConfiguration {
        if let path { return try ClientConfiguration(kubeconfig: .load(paths: [path]), context: context) }
        if let list = environment["KUBECONFIG"], !list.isEmpty {
            let paths = list.split(separator: ":").map(String.init)
            return try ClientConfiguration(kubeconfig: .load(paths: paths, mayBeMissing: true), context: context)
        }
        let home = environment["HOME"] ?? NSHomeDirectory()
        return try ClientConfiguration(kubeconfig: .load(paths: ["\(home)/.kube/config"]), context: context)
    }

    /// The configuration of a program in a pod: the service account's token, which rotates, and the cluster's authority.
    ///
    /// - Parameters:
    ///   - environment: must have `KUBERNETES_SERVICE_HOST` and `KUBERNETES_SERVICE_PORT`. Default: this process's.
    ///   - directory: where the service account is mounted. Default: what `KUBERNETES_SERVICE_ACCOUNT_DIRECTORY` names, for pods that are
    ///     processes of a machine, else `/var/run/secrets/kubernetes.io/serviceaccount`.
    /// - Throws: ``KubernetesError`` with code `configuration` outside of a pod.
    public static func inCluster(
        environment: [String: String] = ProcessInfo.processInfo.environment,
        directory: String? = nil
    ) throws -> ClientConfiguration {
        let directory =
            directory ?? environment["KUBERNETES_SERVICE_ACCOUNT_DIRECTORY"] ?? "/var/run/secrets/kubernetes.io/serviceaccount"
        guard let host = environment["KUBERNETES_SERVICE_HOST"], let port = environment["KUBERNETES_SERVICE_PORT"] else {
            throw KubernetesError(
                .configuration,
                "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set: this is no pod; give a kubeconfig"
            )
        }
        guard FileManager.default.isReadableFile(atPath: "\(directory)/token") else {
            throw KubernetesError(
                .configuration,
                "\(directory)/token cannot be read: mount a service account token (automountServiceAccountToken)"
            )
        }
        let namespace = try? String(contentsOfFile: "\(directory)/namespace", encoding: .utf8)
        var result = ClientConfiguration(
            server: "https://\(host.contains(":") ? "[\(host)]" : host):\(port)",
            tls: ClientTLS(certificateAuthority: .file("\(directory)/ca.crt")),
            credentials: .tokenFile("\(directory)/token"),
            namespace: namespace?.trimmingCharacters(in: .whitespacesAndNewlines) ?? "default"
        )
        result.proxy = ProxyEnvironment.proxy(for: result.server, environment: environment)
        return result
    }

    /// The configuration of a context of a kubeconfig.
    ///
    /// - Parameter context: Default: the current context.
    /// - Throws: ``KubernetesError`` with code `configuration` when something it names is missing.
    public init(kubeconfig: Kubeconfig, context: String? = nil) throws { self = try kubeconfig.configuration(context: context) }

    /// The configuration of a context of a kubeconfig's text.
    ///
    /// - Throws: ``KubernetesError`` with code `configuration` when the text is malformed or something it names is missing.
    public init(kubeconfigYAML yaml: String, context: String? = nil) throws {
        try self.init(kubeconfig: Kubeconfig(yaml: yaml), context: context)
    }
}
