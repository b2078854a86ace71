import HTTPTypes

/// The successful answer an operation declares: its status and what the document says about it.
public struct Answer<Value: Codable & Sendable>: Sendable {
    let status: HTTPResponse.Status
    let description: String
    let headers: [String: String]
    let alternatives: [HTTPResponse.Status: String]

    /// Declares an answer.
    ///
    /// - Parameters:
    ///   - status: its status.
    ///   - type: type of its body.
    ///   - description: what it means.
    ///   - headers: headers it carries, with their meaning; default none.
    ///   - alternatives: further successful statuses with the same body, with their meaning; default none.
    public init(
        _ status: HTTPResponse.Status,
        _ type: Value.Type,
        _ description: String,
        headers: [String: String] = [:],
        alternatives: [HTTPResponse.Status: String] = [:]
    ) {
        self.status = status
        self.description = description
        self.headers = headers
        self.alternatives = alternatives
    }
}

extension Answer {
    /// 200 with a body.
    public static func ok(_ type: Value.Type, _ description: String, headers: [String: String] = [:]) -> Answer {
        Answer(.ok, type, description, headers: headers)
    }

    /// 201 with a body.
    public static func created(_ type: Value.Type, _ description: String, headers: [String: String] = [:]) -> Answer {
        Answer(.created, type, description, headers: headers)
    }

    /// 200 with an array of which one page is sent; `Link` names the next.
    public static func page<Item>(_ type: Item.Type, _ description: String) -> Answer where Value == [Item] {
        Answer(.ok, [Item].self, description, headers: PageLink.declaration)
    }

    /// 200 with an object that holds one page of a list; `Link` names the next.
    public static func page(of type: Value.Type, _ description: String) -> Answer {
        Answer(.ok, type, description, headers: PageLink.declaration)
    }
}

extension Answer where Value == NoContent {
    /// 204 without a body.
    public static func noContent(_ description: String) -> Answer { Answer(.noContent, NoContent.self, description) }
}

/// The body of an answer without one.
public struct NoContent: Codable, Sendable, Hashable {
    /// Nothing.
    public init() {}
}

/// The parameters of an operation without any.
public struct NoParameters: Decodable, Sendable, Hashable {
    /// Nothing.
    public init() {}
}
