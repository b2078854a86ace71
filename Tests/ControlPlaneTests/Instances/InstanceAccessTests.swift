import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue
import Logging
import NIOHTTP1
import Testing

@testable import ControlPlane

@Suite struct InstanceAccessTests {
    private static let paths: [(HTTPMethod, String, JSON?)] = [
        (.GET, "", nil), (.GET, "/logs", nil), (.GET, "/platform-config", nil), (.PATCH, "/platform-config", [:]),
        (.PATCH, "/model-policy", [:]), (.PATCH, "/consent", ["consent_debug_access": true]), (.DELETE, "", nil),
    ]

    @Test func anotherOrganisationsIsNotThereAndAnotherCustomersIsForbidden() async throws {
        try await withInstances { stage in
            let mine = try await stage.apiKey(customer: "c1")
            let theirs = try await stage.apiKey(customer: "c2")
            let foreign = try await stage.apiKey(role: "admin", organization: "org_b")
            let whole = try await stage.apiKey()
            let admin = try await stage.apiKey(role: "admin")
            let (id, _, key) = try await stage.ordered(["idempotency_key": "k"], key: mine)
            #expect(try await stage.row(id).customerID == "c1")
            for (method, path, body) in Self.paths {
                let hidden = try await stage.instances(method, "/\(id)\(path)", body, key: foreign)
                #expect(hidden.status == 404 && hidden.body == ["detail": "Instance not found"], "\(method) \(path)")
                let refused = try await stage.instances(method, "/\(id)\(path)", body, key: theirs)
                #expect(refused.status == 403 && refused.body["detail"]?.stringValue?.isEmpty == false, "\(method) \(path)")
                let nobody = try await stage.instances(method, "/\(UUID().uuidString.lowercased())\(path)", body, key: mine)
                #expect(nobody.status == 404 && nobody.body == hidden.body)
                guard method == .GET else { continue }
                for known in [mine, whole, admin] { #expect(try await stage.instances(method, "/\(id)\(path)", key: known).status == 200) }
            }
            #expect(try await stage.instances(.GET, "/by-key/\(key)", key: theirs).status == 403)
            #expect(try await stage.instances(.GET, "/by-key/\(key)", key: foreign).body["found"] == false)
            // Lists show what is the caller's business.
            let shared = try await stage.ordered(["agent_name": "shared"], key: whole)
            func listed(_ key: String) async throws -> Set<String> {
                Set((try await stage.instances(.GET, key: key).body["instances"]?.arrayValue ?? []).compactMap { $0["id"]?.stringValue })
            }
            for (known, wanted) in [
                (mine, [id, shared.id]), (theirs, [shared.id]), (whole, [id, shared.id]), (admin, [id, shared.id]), (foreign, []),
            ] {
                #expect(try await listed(known) == Set(wanted))
            }
            // Only administrators, and keys of the whole organisation, order for others.
            var body = Stage.order
            body["customer_id"] = "c2"
            #expect(try await stage.instances(.POST, "", body, key: mine).status == 403)
            for known in [theirs, whole, admin] { #expect(try await stage.instances(.POST, "", body, key: known).status == 200) }
        }
    }

    @Test func scopesAndRolesAreDemanded() async throws {
        try await withInstances { stage in
            let reader = try await stage.apiKey(role: "admin", scopes: ["instances:read"])
            let writer = try await stage.apiKey(role: "admin", scopes: ["instances:read", "instances:write"])
            let member = try await stage.apiKey()
            let (id, _, _) = try await stage.ordered(key: writer)
            for (method, path, body) in Self.paths {
                let wanted = method == .GET ? 200 : 403
                #expect(try await stage.instances(method, "/\(id)\(path)", body, key: reader).status == wanted, "\(method) \(path)")
            }
            #expect(try await stage.instances(.POST, "", Stage.order, key: reader).status == 403)
            #expect(try await stage.instances(.DELETE, "/\(id)", key: writer).status == 403)
            #expect(try await stage.instances(.POST, "/cleanup", key: writer).status == 403)
            #expect(try await stage.instances(.POST, "/admin/\(id)/rotate-key", key: member).status == 403)
            #expect(try await stage.instances(.DELETE, "/\(id)", key: member).status == 200)
            let stranger = try await Stage.send(.GET, stage.base + "/v1/instances")
            #expect(stranger.status == 401 && stranger.body["detail"]?.stringValue?.isEmpty == false)
        }
    }

    private func caller(
        _ roles: Set<Role>,
        organization: String? = nil,
        email: String? = nil,
        customer: String? = nil,
        acting: [(String, String)] = []
    ) throws -> InstanceCaller {
        var headers = HTTPFields()
        for (name, value) in acting { headers[try #require(HTTPField.Name(name))] = value }
        return try InstanceCaller(
            OperationContext(
                operationID: "o",
                requestID: "r",
                principal: Principal(
                    subject: "s",
                    roles: roles,
                    method: "m",
                    organization: organization,
                    email: email,
                    customer: customer
                ),
                headers: headers,
                path: "/",
                query: [],
                logger: Logger(label: "test")
            )
        )
    }

    @Test func theCallerIsInOneOrganisation() throws {
        let platform = try caller([.platformAdmin])
        #expect(platform.organization == "platform" && platform.seesAll && platform.isAdministrator && platform.customer == nil)
        let acting = try caller([.platformAdmin], acting: [("X-OpenCrane-Organization", "org_a")])
        #expect(acting.organization == "org_a" && !acting.seesAll && acting.isAdministrator)
        let forPerson = try caller([.platformAdmin], acting: [("X-OpenCrane-User", "Mia@x.example")])
        #expect(forPerson.organization == "user:mia@x.example" && forPerson.customer == "Mia@x.example" && !forPerson.seesAll)
        #expect(!forPerson.isAdministrator, "who acts for a person may do what the person may")
        let person = try caller([.owner], email: "mia@x.example")
        #expect(person.organization == "user:mia@x.example" && person.customer == "mia@x.example" && !person.isAdministrator)
        let member = try caller([.owner], organization: "org_a", email: "mia@x.example")
        #expect(member.organization == "org_a" && member.customer == "mia@x.example")
        let both = [("X-OpenCrane-Organization", "org_a"), ("X-OpenCrane-User", "mia@x.example")]
        #expect(try caller([.platformAdmin], acting: both).organization == "org_a")
        #expect(try caller([.platformAdmin], acting: both).email == "mia@x.example")
        #expect(throws: OperationError.self) { try caller([.owner], email: "m@x", acting: [("X-OpenCrane-Organization", "org_a")]) }
        #expect(throws: OperationError.self) { try caller([.viewer]) }
        // A platform administrator with an organisation of its own stays in it.
        #expect(try caller([.platformAdmin], organization: "org_c").seesAll == false)
    }
}
