/// A set of operations under one base path that share an error envelope, an authenticator and limits.
public struct Surface: Sendable {
    /// Title of the document.
    public var title: String
    /// Version of the document.
    public var version: String
    /// What the surface is for.
    public var description: String
    /// Path before every operation's path, such as `/api/v1`.
    public var basePath: PathTemplate
    /// How errors are written.
    public var envelope: ErrorEnvelope
    /// Who is let in.
    public var authenticator: any Authenticator
    /// How callers may prove who they are, for the document; one of them is enough.
    public var credentials: [CredentialScheme]
    /// Where people log in with a browser, to tell those who are refused; nil where they cannot.
    public var loginPath: String?
    /// What every operation that needs a credential may be refused with, besides what all surfaces have: what the authenticator throws.
    public var errors: [ErrorDeclaration]
    /// The operations.
    public var operations: [Operation]
    /// Largest request body in bytes.
    public var bodyLimit: Int
    /// Longest time an operation may take, unless it says otherwise.
    public var timeout: Duration

    /// Makes a surface.
    ///
    /// - Parameters:
    ///   - title: title of the document.
    ///   - version: version of the document.
    ///   - description: what the surface is for.
    ///   - basePath: path before every operation's path.
    ///   - envelope: how errors are written; default ``ErrorEnvelope/coded``.
    ///   - authenticator: who is let in; default nobody.
    ///   - credential: how callers prove who they are, for the document; default a bearer token.
    ///   - alternativeCredentials: what callers may send instead; default nothing.
    ///   - loginPath: where people log in with a browser; default nowhere.
    ///   - errors: what the authenticator may refuse requests with, for the document; default nothing.
    ///   - operations: the operations.
    ///   - bodyLimit: largest request body in bytes; default 1 MiB.
    ///   - timeout: longest time an operation may take; default 30 s.
    public init(
        title: String,
        version: String,
        description: String = "",
        basePath: PathTemplate,
        envelope: ErrorEnvelope = .coded,
        authenticator: any Authenticator = AuthenticatorChain([]),
        credential: CredentialScheme = .bearer,
        alternativeCredentials: [CredentialScheme] = [],
        loginPath: String? = nil,
        errors: [ErrorDeclaration] = [],
        operations: [Operation],
        bodyLimit: Int = 1_048_576,
        timeout: Duration = .seconds(30)
    ) {
        self.title = title
        self.version = version
        self.description = description
        self.basePath = basePath
        self.envelope = envelope
        self.authenticator = authenticator
        credentials = [credential] + alternativeCredentials
        self.loginPath = loginPath
        self.errors = errors
        self.operations = operations
        self.bodyLimit = bodyLimit
        self.timeout = timeout
    }
}
