import NIOHTTP1

/// A method in a table of cases, where the type's own literals cannot be inferred.
enum HTTPMethodName: String, Sendable {
    case GET, PUT, POST, DELETE

    var method: HTTPMethod { HTTPMethod(rawValue: rawValue) }
}
