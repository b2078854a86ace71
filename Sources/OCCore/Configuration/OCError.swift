/// Why a command did not do what it was asked, and the exit code that says so.
public struct OCError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kinds of failure, as scripts see them.
    public enum Exit: Int32, Sendable, Hashable {
        /// Anything not named below.
        case failure = 1
        /// The command line makes no sense.
        case usage = 2
        /// The object does not exist.
        case notFound = 3
        /// No token, a wrong one, or one that may not do this.
        case unauthorised = 4
        /// The object exists already, or was changed meanwhile.
        case conflict = 5
        /// The server does not answer.
        case unreachable = 6
        /// `diff` or `doctor` could not look at everything: their 1 says that they found something.
        case incomplete = 8
    }

    /// What kind of failure it is.
    public var exit: Exit
    /// A stable code, for programs.
    public var code: String
    /// A sentence for people.
    public var message: String
    /// Further lines, for instance one for each field that is wrong.
    public var details: [String]
    /// The server's id of the request.
    public var requestID: String?
    /// The HTTP status of the server's refusal; `nil` when it was none.
    public var status: Int?
    /// The seconds after which the server wants to be asked again.
    public var retryAfter: Int?

    /// Makes an error.
    public init(_ exit: Exit, code: String, _ message: String, details: [String] = [], requestID: String? = nil) {
        self.exit = exit
        self.code = code
        self.message = message
        self.details = details
        self.requestID = requestID
    }

    /// The text for standard error: the sentence, the code, the request, and the details below.
    public var description: String {
        let head = "Error: \(message) (\(code))" + (requestID.map { " request-id \($0)" } ?? "")
        // Much of it comes from the server, or from a file: nothing in it may move the cursor.
        return DisplayText.lines(([head] + details.map { "  \($0)" }).joined(separator: "\n"))
    }
}
