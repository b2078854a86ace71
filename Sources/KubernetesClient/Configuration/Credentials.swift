import JSONValue

/// What a client sends to show who it is, besides a client certificate.
public enum Credentials: Sendable, CustomStringConvertible, CustomReflectable {
    /// Nothing.
    case none
    /// A bearer token that does not change.
    case bearer(String)
    /// A file with a bearer token, read again every minute, because service account tokens rotate.
    case tokenFile(String)
    /// A name and a password.
    case basic(user: String, password: String)
    /// A program that prints credentials (`client.authentication.k8s.io`).
    case exec(ExecPlugin)

    /// Names the kind of credentials, never their content.
    public var description: String {
        switch self {
        case .none: "none"
        case .bearer: "bearer <redacted>"
        case .tokenFile(let path): "token file \(path)"
        case .basic(let user, _): "basic \(user):<redacted>"
        case .exec(let plugin): "exec \(plugin.command)"
        }
    }

    /// Shows no children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// A program that prints credentials, as kubeconfig's `exec` names it.
public struct ExecPlugin: Sendable, Hashable {
    /// The program: a path, or a name looked up in `PATH`.
    public var command: String
    /// Its arguments.
    public var arguments: [String]
    /// Environment variables added to this process's own.
    public var environment: [String: String]
    /// The version of the exchange: `client.authentication.k8s.io/v1` or `…/v1beta1`.
    public var apiVersion: String
    /// What to tell a person whose machine lacks the program.
    public var installHint: String?
    /// Whether the program is told about the cluster.
    public var providesClusterInfo: Bool
    /// What the program is told about the cluster besides, of the cluster's extension `client.authentication.k8s.io/exec`.
    public var clusterConfiguration: JSON?
    /// Whether the program wants to ask somebody.
    public var interactiveMode: InteractiveMode

    /// Whether a program wants to ask somebody. This client never lets it: its standard input is empty.
    public enum InteractiveMode: String, Sendable, Hashable {
        /// It asks nobody.
        case never = "Never"
        /// It can do without.
        case ifAvailable = "IfAvailable"
        /// It cannot do without, so it is not run and an error says so.
        case always = "Always"
    }

    /// Describes a program. Defaults: no arguments, `client.authentication.k8s.io/v1`, can do without asking.
    public init(
        command: String,
        arguments: [String] = [],
        environment: [String: String] = [:],
        apiVersion: String = "client.authentication.k8s.io/v1",
        installHint: String? = nil,
        providesClusterInfo: Bool = false,
        clusterConfiguration: JSON? = nil,
        interactiveMode: InteractiveMode = .ifAvailable
    ) {
        self.command = command
        self.arguments = arguments
        self.environment = environment
        self.apiVersion = apiVersion
        self.installHint = installHint
        self.providesClusterInfo = providesClusterInfo
        self.clusterConfiguration = clusterConfiguration
        self.interactiveMode = interactiveMode
    }
}
