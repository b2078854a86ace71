import JSONValue
import NIOHTTP1
import Postgres
import Testing

@testable import ControlPlane

@Suite struct BadInputTests {
    struct Bad: Sendable {
        var what: String
        var method = HTTPMethodName.POST
        var path = "/tenants"
        var text: String?
        var token: String? = Stage.token
        var headers: [(String, String)] = []
        var status: Int
        var code: String
        var fields: [String] = []
    }

    private static let good = #""displayName":"X","email":"x@corp.example""#

    static let table: [Bad] = [
        Bad(what: "no token", token: nil, status: 401, code: "UNAUTHORIZED"),
        Bad(what: "a wrong token", token: "wrong-token-0123456789", status: 401, code: "UNAUTHORIZED"),
        Bad(what: "an empty token", token: "", status: 401, code: "UNAUTHORIZED"),
        Bad(what: "not JSON", text: "{not json", status: 400, code: "MALFORMED_REQUEST"),
        Bad(what: "no body", status: 400, code: "MALFORMED_REQUEST"),
        Bad(what: "YAML", text: "name: x", headers: [("Content-Type", "text/yaml")], status: 415, code: "UNSUPPORTED_MEDIA_TYPE"),
        Bad(what: "too large", text: "{\"x\":\"" + String(repeating: "x", count: 70_000) + "\"}", status: 413, code: "PAYLOAD_TOO_LARGE"),
        Bad(what: "a list", text: "[]", status: 422, code: "VALIDATION_ERROR", fields: [""]),
        Bad(what: "null", text: "null", status: 422, code: "VALIDATION_ERROR", fields: [""]),
        Bad(what: "nothing in it", text: "{}", status: 422, code: "VALIDATION_ERROR", fields: ["displayName", "email", "name"]),
        Bad(what: "a number for a name", text: "{\"name\":7,\(good)}", status: 422, code: "VALIDATION_ERROR", fields: ["name"]),
        Bad(
            what: "an unknown member",
            text: "{\"name\":\"x\",\"colour\":1,\(good)}",
            status: 422,
            code: "VALIDATION_ERROR",
            fields: ["colour"]
        ),
        Bad(
            what: "an unknown member inside",
            text: "{\"name\":\"x\",\"resources\":{\"disk\":\"1\"},\(good)}",
            status: 422,
            code: "VALIDATION_ERROR",
            fields: ["resources.disk"]
        ),
        Bad(what: "upper case", text: "{\"name\":\"Mia\",\(good)}", status: 422, code: "VALIDATION_ERROR", fields: ["name"]),
        Bad(what: "a path for a name", text: "{\"name\":\"a/b\",\(good)}", status: 422, code: "VALIDATION_ERROR", fields: ["name"]),
        Bad(
            what: "a name over 63 characters",
            text: "{\"name\":\"\(String(repeating: "x", count: 64))\",\(good)}",
            status: 422,
            code: "VALIDATION_ERROR",
            fields: ["name"]
        ),
        Bad(
            what: "an address without @",
            text: #"{"name":"x","displayName":"X","email":"x"}"#,
            status: 422,
            code: "VALIDATION_ERROR",
            fields: ["email"]
        ),
        Bad(
            what: "suspended at creation",
            text: "{\"name\":\"x\",\"suspended\":true,\(good)}",
            status: 422,
            code: "VALIDATION_ERROR",
            fields: ["suspended"]
        ),
        Bad(
            what: "a negative budget",
            text: "{\"name\":\"x\",\"monthlyBudgetUsd\":-1,\(good)}",
            status: 422,
            code: "VALIDATION_ERROR",
            fields: ["monthlyBudgetUsd"]
        ),
        Bad(
            what: "a required member cleared",
            method: .PUT,
            path: "/tenants/mia",
            text: #"{"email":null}"#,
            status: 422,
            code: "VALIDATION_ERROR",
            fields: ["email"]
        ),
        Bad(
            what: "a name in an update",
            method: .PUT,
            path: "/tenants/mia",
            text: #"{"name":"leo"}"#,
            status: 422,
            code: "VALIDATION_ERROR",
            fields: ["name"]
        ),
        Bad(what: "an unknown path", method: .GET, path: "/nothing", status: 404, code: "NOT_FOUND"),
        Bad(what: "a method that is not there", method: .PUT, path: "/tenants", text: "{}", status: 405, code: "METHOD_NOT_ALLOWED"),
        Bad(what: "a wrong limit", method: .GET, path: "/tenants?limit=0", status: 422, code: "VALIDATION_ERROR", fields: ["limit"]),
        Bad(what: "a huge limit", method: .GET, path: "/tenants?limit=1001", status: 422, code: "VALIDATION_ERROR", fields: ["limit"]),
        Bad(what: "an unknown parameter", method: .GET, path: "/tenants?limt=1", status: 422, code: "VALIDATION_ERROR", fields: ["limt"]),
        Bad(what: "a NUL in a name", method: .GET, path: "/tenants/a%00b", status: 400, code: "MALFORMED_REQUEST"),
        Bad(
            what: "a customer with an impossible domain",
            path: "/cluster-tenants",
            text: #"{"name":"c","displayName":"C","baseDomain":"-x"}"#,
            status: 422,
            code: "VALIDATION_ERROR",
            fields: ["baseDomain"]
        ),
        Bad(
            what: "a customer with an unknown tier",
            path: "/cluster-tenants",
            text: #"{"name":"c","displayName":"C","isolationTier":"solid"}"#,
            status: 422,
            code: "VALIDATION_ERROR",
            fields: ["isolationTier"]
        ),
        Bad(
            what: "dedicated without a pool",
            path: "/cluster-tenants",
            text: #"{"name":"c","displayName":"C","isolationTier":"dedicatedNodes","compute":{"mode":"dedicated"}}"#,
            status: 422,
            code: "VALIDATION_ERROR",
            fields: ["compute"]
        ),
        Bad(
            what: "a policy with an impossible block",
            path: "/policies",
            text: #"{"name":"p","egressRules":[{"cidr":"10.0.0.0/64"}]}"#,
            status: 422,
            code: "VALIDATION_ERROR",
            fields: ["egressRules[0].cidr"]
        ),
    ]

    @Test func everyBadRequestIsRefusedAndChangesNothing() async throws {
        try await withStage { stage in
            #expect(try await stage.send(.POST, "/tenants", Stage.tenant).status == 201)
            for bad in Self.table {
                let answer = try await stage.send(bad.method.method, bad.path, text: bad.text, token: bad.token, headers: bad.headers)
                #expect(answer.status == bad.status, "\(bad.what): \(answer.body.text())")
                #expect(answer.code == bad.code, "\(bad.what)")
                #expect(answer.body["error"]?.stringValue?.isEmpty == false, "\(bad.what)")
                #expect(answer.fields.sorted() == bad.fields, "\(bad.what): \(answer.body.text())")
                #expect(answer.headers.contains(name: "X-Request-Id"), "\(bad.what)")
            }
            #expect(try await stage.rows("select name from tenants") == ["mia"])
            #expect(try await stage.rows("select name from cluster_tenants") == [])
            #expect(try await stage.rows("select name from write_intents") == ["mia"])
        }
    }
}
