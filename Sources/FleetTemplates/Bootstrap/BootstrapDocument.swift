import JSONValue

/// What a machine is born with: where to report, and a credential that is good for one exchange.
///
/// It is readable by every process of the machine, so it holds nothing that is worth anything once the exchange has taken place.
public struct BootstrapDocument: Codable, Sendable, Hashable {
    /// The form of this document.
    public static let version = "opencrane.io/bootstrap/v1"

    /// ``version``.
    public var apiVersion: String
    /// The address of the control plane, without a path.
    public var controlPlaneURL: String
    /// The PEM of the authority the control plane's certificate comes from; `nil` means the machine's own ones.
    public var certificateAuthority: String?
    /// What the machine proves itself with.
    public var credential: String
    /// The machine's name.
    public var machine: String
    /// Where the gateway keeps its state.
    public var stateDirectory: String
    /// Whether the program starts the gateway, as a service of the machine's. Where somebody else does, `false`.
    public var startsGateway: Bool
    /// For how many seconds a control plane that refuses or does not answer is asked again; `nil` means ten minutes.
    public var patienceSeconds: Int?

    /// A document.
    public init(
        controlPlaneURL: String,
        certificateAuthority: String? = nil,
        credential: String,
        machine: String,
        stateDirectory: String,
        startsGateway: Bool
    ) {
        apiVersion = Self.version
        self.controlPlaneURL = controlPlaneURL
        self.certificateAuthority = certificateAuthority
        self.credential = credential
        self.machine = machine
        self.stateDirectory = stateDirectory
        self.startsGateway = startsGateway
    }

    /// The document's text.
    ///
    /// - Throws: never for a document that was made by ``init(controlPlaneURL:certificateAuthority:credential:machine:stateDirectory:startsGateway:)``.
    public func text() throws -> String { try JSON(encoding: self).text(pretty: true) + "\n" }
}

/// What a machine reports, in this order.
public enum BootstrapStage: String, Codable, Sendable, Hashable, CaseIterable, Comparable {
    /// The program runs.
    case started
    /// It has exchanged its credential for the secrets.
    case secrets
    /// It has written the files; the message is their fingerprint.
    case files
    /// It has cloned the repositories.
    case repositories
    /// It has started the gateway, or left it to whoever does.
    case gateway
    /// It is done.
    case ready

    /// Whether a stage comes before another.
    public static func < (left: BootstrapStage, right: BootstrapStage) -> Bool {
        (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
    }
}
