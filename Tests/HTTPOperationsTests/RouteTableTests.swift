import Testing

@testable import HTTPOperations

@Suite struct RouteTableTests {
    private func table() throws -> RouteTable<String> {
        var table = RouteTable<String>()
        try table.insert(method: "GET", template: "/tenants/{name}", value: "get")
        try table.insert(method: "DELETE", template: "/tenants/{name}", value: "delete")
        try table.insert(method: "GET", template: "/tenants/drift", value: "drift")
        try table.insert(method: "POST", template: "/tenants/{name}/suspend", value: "suspend")
        try table.insert(method: "GET", template: "/a/{x}/c", value: "axc")
        try table.insert(method: "GET", template: "/a/b/d", value: "abd")
        return table
    }

    private func found(_ match: RouteTable<String>.Match) -> String? {
        switch match {
        case .found(let value, let parameters):
            "\(value) \(parameters.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }.joined(separator: ","))"
        case .methodNotAllowed(let allowed): "allow \(allowed.joined(separator: ","))"
        case .unknown: nil
        }
    }

    static let cases: [(String, [String], String?)] = [
        ("GET", ["tenants", "mia"], "get name=mia"),
        ("GET", ["tenants", "drift"], "drift "),
        ("DELETE", ["tenants", "drift"], "allow GET"),
        ("PUT", ["tenants", "mia"], "allow DELETE,GET"),
        ("POST", ["tenants", "mia", "suspend"], "suspend name=mia"),
        ("GET", ["a", "b", "c"], "axc x=b"),
        ("GET", ["a", "b", "d"], "abd "),
        ("GET", ["tenants", ""], nil),
        ("GET", ["tenants"], nil),
        ("GET", [], nil),
    ]

    @Test(arguments: cases)
    func findsTheRoute(method: String, parts: [String], expected: String?) throws {
        #expect(found(try table().match(method: method, parts: parts)) == expected)
    }

    @Test func refusesTheSameShapeTwice() throws {
        var table = try table()
        #expect(throws: RouteTable<String>.Conflict.self) {
            try table.insert(method: "GET", template: "/tenants/{other}", value: "again")
        }
    }
}

@Suite struct RequestTargetTests {
    @Test func decodesPathAndQuery() throws {
        let target = try #require(RequestTarget(parsing: "/a%20b/c%2Fd?x=1+2&y=%C3%A9&z&=q"))
        #expect(target.parts == ["a b", "c/d"])
        #expect(target.query.map { "\($0.name):\($0.value)" } == ["x:1 2", "y:é", "z:", ":q"])
    }

    @Test(arguments: ["/%", "/%4", "/%zz", "/%ff", "/a%00b", "/a?x=%00", "/a?%f0=1"])
    func refusesBrokenEscapes(text: String) {
        #expect(RequestTarget(parsing: text) == nil)
    }

    @Test func keepsTheTrailingSlash() throws {
        #expect(try #require(RequestTarget(parsing: "/tenants/")).parts == ["tenants", ""])
    }
}
