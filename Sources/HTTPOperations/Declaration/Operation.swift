import HTTPTypes
import JSONValue
import Schema

/// One operation of a surface: everything the server, the document and the role table need to know of it, in one declaration.
///
/// Make it with one of the typed initialisers; the generic parts are erased here. Schemas are derived when a responder or document is
/// built, so that a declaration itself cannot fail.
public struct Operation: Sendable {
    /// The parts that are not typed.
    public let label: OperationLabel
    /// Whether it reads a body.
    public let takesBody: Bool
    /// Whether that body is the form of a page in place of JSON.
    var takesForm = false
    /// What that body is when it is content as it is.
    var content: ContentDeclaration? = nil
    /// States its parameters, body and answers for the document.
    let describe: @Sendable (inout SchemaDeriver) throws -> OperationShape
    /// Derives schemas, compiles validators, and returns what does the work.
    let prepare: @Sendable () throws -> OperationHandler
}

/// Does an operation: takes the undecoded input, validates and decodes it, answers.
typealias OperationHandler = @Sendable (OperationInput, OperationContext) async throws -> OperationResponse

/// The undecoded input of an operation.
struct OperationInput: Sendable {
    /// Values of the path parameters.
    var path: [String: String]
    /// Query items.
    var query: [(name: String, value: String)]
    /// The body, when the operation takes one and the request has one.
    var body: JSON?
    /// The body of an operation that takes content as it is.
    var content: [UInt8]? = nil
}

/// The typed parts of an operation as schemas.
public struct OperationShape: Sendable, Hashable {
    /// Its parameters: path, query, header.
    public var parameters: [ParameterDeclaration]
    /// Schema of its request body.
    public var body: JSONSchema?
    /// Name of the component that an in-line body schema becomes; nil leaves it in line.
    public var bodyName: String? = nil
    /// Whether a request without a body is refused.
    public var isBodyRequired: Bool = true
    /// Media type of its request body.
    public var bodyMediaType: String = "application/json"
    /// Largest request body in bytes; nil for the surface's.
    public var bodyLimit: Int? = nil
    /// Its successful answers.
    public var responses: [ResponseDeclaration]
    /// Whether query items it does not know are refused.
    public var refusesUnknownParameters: Bool = true
}

/// The parts of a declaration that are not typed.
public struct OperationLabel: Sendable, Hashable {
    /// HTTP method.
    public let method: HTTPRequest.Method
    /// Path below the surface's base path.
    public let path: PathTemplate
    /// Stable id, in lower camel case (OpenAPI `operationId`).
    public let id: String
    /// One line on what it does.
    public let summary: String
    /// More than one line, if need be.
    public let description: String?
    /// The group it belongs to.
    public let tag: String
    /// Who may call it.
    public let access: Access
    /// Request headers it takes note of.
    public let headers: [HeaderDeclaration]
    /// Its own refusals, besides those every operation has.
    public let errors: [ErrorDeclaration]
    /// Longest time it may take; nil for the surface's.
    public let timeout: Duration?

    /// Labels an operation.
    ///
    /// - Parameters:
    ///   - method: HTTP method.
    ///   - path: path below the surface's base path.
    ///   - id: stable id, in lower camel case.
    ///   - summary: one line on what it does.
    ///   - description: more than one line; default none.
    ///   - tag: the group it belongs to.
    ///   - access: who may call it.
    ///   - headers: request headers it takes note of; default none.
    ///   - errors: its own refusals; default none.
    ///   - timeout: longest time it may take; default the surface's.
    public init(
        _ method: HTTPRequest.Method,
        _ path: PathTemplate,
        id: String,
        summary: String,
        description: String? = nil,
        tag: String,
        access: Access,
        headers: [HeaderDeclaration] = [],
        errors: [ErrorDeclaration] = [],
        timeout: Duration? = nil
    ) {
        self.method = method
        self.path = path
        self.id = id
        self.summary = summary
        self.description = description
        self.tag = tag
        self.access = access
        self.headers = headers
        self.errors = errors
        self.timeout = timeout
    }
}
