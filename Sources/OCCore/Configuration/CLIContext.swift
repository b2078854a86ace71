import Foundation
import KubernetesModel

/// What a command needs of the world around it; tests give their own.
public struct CLIContext: Sendable {
    /// The process environment.
    public var environment: [String: String]
    /// Writes to standard output; the text has its line breaks.
    public var output: @Sendable (String) -> Void
    /// Writes to standard output what is shown this once: it is not lost when that cannot be written and a person looks on.
    public var reveal: @Sendable (String) -> Void
    /// Writes to standard error; the text has its line breaks.
    public var errors: @Sendable (String) -> Void
    /// Reads a file, or standard input for `-`.
    public var readFile: @Sendable (String) throws -> [UInt8]
    /// Asks for a secret: one line of standard input, not echoed when that is a terminal.
    public var readSecret: @Sendable (String) throws -> String
    /// Where the credentials are kept.
    public var credentials: CredentialsFile
    /// Whether standard output is a terminal.
    public var isTerminal: Bool
    /// Whether standard error is a terminal.
    public var isErrorTerminal: Bool
    /// How large the terminal of standard error is now, in cells; `nil` when there is none that says.
    public var terminalSize: @Sendable () -> (columns: Int, rows: Int)?
    /// Whether standard input is a terminal.
    public var isInputTerminal: Bool
    /// Opens a page in a browser; false when there is none.
    public var openPage: @Sendable (String) -> Bool
    /// Waits.
    public var sleep: @Sendable (Duration) async throws -> Void
    /// The current time.
    public var now: @Sendable () -> Timestamp
    /// Carries requests to a server.
    public var transport: any RESTTransport

    /// The context of the command that runs.
    @TaskLocal public static var current: CLIContext = .process

    /// A context.
    public init(
        environment: [String: String],
        output: @escaping @Sendable (String) -> Void,
        reveal: (@Sendable (String) -> Void)? = nil,
        errors: @escaping @Sendable (String) -> Void,
        readFile: @escaping @Sendable (String) throws -> [UInt8],
        readSecret: @escaping @Sendable (String) throws -> String,
        credentials: CredentialsFile,
        isTerminal: Bool,
        isErrorTerminal: Bool? = nil,
        terminalSize: @escaping @Sendable () -> (columns: Int, rows: Int)? = { nil },
        isInputTerminal: Bool = false,
        openPage: @escaping @Sendable (String) -> Bool = { _ in false },
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },  // edge: the wait for a person
        now: @escaping @Sendable () -> Timestamp,
        transport: any RESTTransport
    ) {
        self.environment = environment
        self.output = output
        self.reveal = reveal ?? output
        self.errors = errors
        self.readFile = readFile
        self.readSecret = readSecret
        self.credentials = credentials
        self.isTerminal = isTerminal
        self.isErrorTerminal = isErrorTerminal ?? isTerminal
        self.terminalSize = terminalSize
        self.isInputTerminal = isInputTerminal
        self.openPage = openPage
        self.sleep = sleep
        self.now = now
        self.transport = transport
    }

    /// Whether text may be coloured: on a terminal, unless `NO_COLOR` is set (https://no-color.org).
    var mayColour: Bool { isTerminal && isColourWanted }

    /// The same for standard error.
    var mayColourErrors: Bool { isErrorTerminal && isColourWanted }

    /// Whether what was written to standard error can be written over.
    var mayRedraw: Bool { isErrorTerminal && environment["TERM"] != "dumb" }

    private var isColourWanted: Bool { (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb" }

    /// The context of the process itself.
    static let process: CLIContext = {
        StandardStream.prepare()
        let environment = ProcessInfo.processInfo.environment
        return CLIContext(
            environment: environment,
            output: { StandardStream.output.writeOrEnd($0) },
            reveal: { StandardStream.output.writeOrEnd($0, isSecret: true) },
            // Who does not want to hear of errors does not.
            errors: { _ = StandardStream.errors.write($0) },
            readFile: { path in
                if path == "-" { return Array(try FileHandle.standardInput.readToEnd() ?? Data()) }
                return Array(try Data(contentsOf: URL(filePath: path)))
            },
            readSecret: Terminal.readSecret,
            credentials: CredentialsFile(environment: environment),
            isTerminal: Terminal.isTerminal(FileHandle.standardOutput),
            isErrorTerminal: Terminal.isTerminal(FileHandle.standardError),
            terminalSize: { Terminal.size(FileHandle.standardError.fileDescriptor).map { ($0.columns, $0.rows) } },
            isInputTerminal: Terminal.isTerminal(FileHandle.standardInput),
            openPage: { Terminal.open($0, environment) },
            now: { Timestamp(Date()) },
            transport: HTTPClientTransport()
        )
    }()
}
