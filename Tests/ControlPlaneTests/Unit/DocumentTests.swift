import CraneAPI
import Foundation
import JSONValue
import KubernetesModel
import Testing

@testable import ControlPlane

@Suite struct DocumentTests {
    private static var root: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
    }

    @Test func theCheckedInDocumentIsCurrent() throws {
        let file = Self.root.appending(path: ControlPlane.documentPath)
        #expect(try String(contentsOf: file, encoding: .utf8) == ControlPlane.openAPIText(), "run `opencrane generate`")
    }

    @Test func everyCodeThatIsThrownIsDeclared() throws {
        let text = try ControlPlane.openAPIText()
        var codes: Set<String> = []
        for folder in ["Sources/ControlPlane", "Sources/HTTPOperations"] {
            let files = try #require(FileManager.default.enumerator(at: Self.root.appending(path: folder), includingPropertiesForKeys: nil))
            for case let file as URL in files where file.pathExtension == "swift" {
                let source = try String(contentsOf: file, encoding: .utf8)
                for match in source.matches(of: /[^a-z ]\s*code: "((?:\\\([A-Za-z.]+\))?[A-Z_]+|[a-z_]+)"/) {
                    let code = String(match.output.1)
                    guard let end = code.lastIndex(of: ")") else {
                        codes.insert(code)
                        continue
                    }
                    codes.formUnion(ResourceKind.allCases.map { $0.codePrefix + code[code.index(after: end)...] })
                }
            }
        }
        // These two are said of paths that are no operation.
        codes.subtract(["NOT_FOUND", "METHOD_NOT_ALLOWED"])
        // These are members of good answers: what a device's grant stands at (RFC 8628 section 3.5), and why a source was not fetched.
        codes.subtract(["access_denied", "authorization_pending", "expired_token", "slow_down"])
        codes.subtract(["DATABASE_FAILURE", "SOURCE_TIMED_OUT", "SOURCE_INTERRUPTED"])
        #expect(codes.count > 20)
        #expect(codes.filter { !text.contains("`\($0)`") }.sorted() == [])
    }

    @Test func statusesFollowFromWhatAnOperationTakes() throws {
        let paths = try JSON(parsing: ControlPlane.openAPIText())["paths"]
        func statuses(_ path: String, _ method: String) -> Set<String> {
            Set((paths?[path]?[method]?["responses"]?.objectValue ?? [:]).keys)
        }
        #expect(statuses("/tenants/{name}", "get").contains("304"))
        #expect(!statuses("/tenants", "get").contains("304"))
        #expect(statuses("/tenants", "post").contains("408"))
        #expect(statuses("/tenants/drift", "get").contains("422"))
        let update = paths?["/tenants/{name}"]?["put"]?["responses"]
        #expect(update?["409"]?["description"]?.stringValue?.contains("`TENANT_TERMINATING`") == true)
        #expect(update?["200"]?["headers"]?["ETag"] != nil)
    }

    /// Methods and paths of the document, without what a path says of its server.
    private func operations() throws -> [(method: String, path: String, operation: JSON)] {
        let paths = try #require(try JSON(parsing: ControlPlane.openAPIText())["paths"]?.objectValue)
        return paths.flatMap { path, item in
            (item.objectValue ?? [:]).filter { $0.key != "servers" }.map { (method: $0.key, path: path, operation: $0.value) }
        }
    }

    /// Every operation, one a line: whoever adds or takes away one says so here.
    private static let listed: [String] = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "operations.txt")
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map(String.init)
    }()

    @Test func everyDocumentedOperationIsThere() throws {
        #expect(try operations().map { "\($0.method) \($0.path)" }.sorted() == Self.listed)
    }

    @Test func otherSurfacesStandAtTheRootWithTheirOwnCredentials() throws {
        let document = try JSON(parsing: ControlPlane.openAPIText())
        for (path, method, credential) in [
            ("/api/tenants", "post", "platformToken"), ("/api/fleet", "get", "bearerAuth"),
            ("/v1/bootstrap/secrets", "post", "machineCredential"),
        ] {
            let item = document["paths"]?[path]
            #expect(item?["servers"] == [["url": "/"]])
            #expect(item?[method]?["security"] == [.object([credential: []])])
            #expect(document[at: ["components", "securitySchemes", credential]] != nil)
        }
        let fleet = document[at: ["components", "schemas", "FleetAnswer"]]
        #expect(fleet?["required"] == ["fleet", "ok"])
        #expect(fleet?["properties"]?["fleet"]?["type"] == ["object", "null"])
    }

    /// What callers have to know before they are refused, or sent elsewhere.
    @Test func theDocumentSaysWhatIsTakenAndWhatComesBack() throws {
        let document = try JSON(parsing: ControlPlane.openAPIText())
        func operation(_ path: String, _ method: String) -> JSON? { document["paths"]?[path]?[method] }
        func parameter(_ path: String, _ method: String, _ name: String) -> JSON? {
            operation(path, method)?["parameters"]?.arrayValue?.first { $0["name"]?.stringValue == name }?["schema"]
        }
        // Wrong keys of programs are counted wherever programs are let in.
        let limited = try operations().filter { $0.operation["security"]?.arrayValue?.contains(["apiKey": []]) == true }
        #expect(limited.count > 10 && limited.allSatisfy { $0.operation["responses"]?["429"] != nil })
        // Who is not logged in is sent to the login.
        #expect(operation("/auth/device/activate", "get")?["responses"]?["302"]?["headers"]?["Location"] != nil)
        #expect(parameter("/providers/keys/{provider}", "put", "provider")?["pattern"] == "^[A-Za-z][A-Za-z0-9_-]*$")
        #expect(parameter("/ai-budget/accounts/{userId}", "put", "userId")?["pattern"] != nil)
        // Printable ASCII, three bytes each at most: four thousand others would be more than a request line holds.
        #expect(parameter("/auth/callback", "get", "code")?["pattern"] == "^[\\x20-\\x7E]*$")
        let content = operation("/skills/catalog/{id}/content", "put")?["requestBody"]?["content"]?["text/markdown"]?["schema"]
        #expect(content?["minLength"] == 1)
        let schemas = document[at: ["components", "schemas"]]
        #expect(schemas?[at: ["DatasetMemberships", "properties", "org", "items", "enum"]] == ["default"])
        // The id of a new credential is given by the control plane.
        let creation = operation("/mcp-servers/{id}/credentials", "post")?["requestBody"]?["content"]?["application/json"]?["schema"]
        #expect(creation == ["$ref": "#/components/schemas/McpServerCredentialCreate"])
        #expect(schemas?[at: ["McpServerCredentialCreate", "properties", "id"]] == nil)
        // Pods and people do not show the same tokens.
        let workloads = try operations().filter { $0.path.hasPrefix("/api/internal/") }
        #expect(workloads.count > 5 && workloads.allSatisfy { $0.operation["security"] == [["workloadToken": []]] })
    }

    @Test func requestsAreDescribedByTheCustomResources() throws {
        let document = try JSON(parsing: ControlPlane.openAPIText())
        let schemas = document[at: ["components", "schemas"]]
        let body = document["paths"]?["/tenants"]?["post"]?["requestBody"]?["content"]?["application/json"]?["schema"]
        #expect(body == ["$ref": "#/components/schemas/CreateTenantRequest"])
        let create = schemas?["CreateTenantRequest"]
        #expect(create?["required"] == ["displayName", "email", "name"])
        #expect(create?["properties"]?["email"]?["pattern"]?.stringValue?.isEmpty == false)
        #expect(create?["properties"]?["suspended"] == nil)
        #expect(create?["additionalProperties"] == false)
        let update = schemas?["UpdateTenantRequest"]
        #expect(update?["required"] == nil)
        #expect(update?["properties"]?["team"]?["type"] == ["string", "null"])
        #expect(update?["properties"]?["email"]?["type"] == "string")
        #expect(update?["properties"]?["name"] == nil)
    }

    @Test func rolesAreNeededEverywhereButForTheDocument() throws {
        let open = try operations().filter { $0.operation["x-opencrane-roles"]?.arrayValue?.isEmpty ?? true }.map(\.path)
        // By these people come in, or learn whether they are in; a pod's token asks for a session by itself.
        let doors = [
            "/auth/callback", "/auth/device", "/auth/device/activate", "/auth/device/token", "/auth/login", "/auth/logout", "/auth/me",
            "/auth/pod-token",
        ]
        #expect(Set(open) == Set(doors + ["/openapi.json"]))
    }
}

@Suite struct RBACTests {
    @Test func nothingIsWildAndEveryKindIsCovered() {
        let rules = ControlPlaneRBAC.rules
        #expect(rules.allSatisfy { !($0.verbs + $0.resources + $0.groups).contains("*") && $0.verbs == $0.verbs.sorted() })
        let kinds = ResourceKind.allCases.map(\.resourceType.plural)
        #expect(
            Set(rules.flatMap(\.resources))
                == Set(
                    kinds + [
                        "tenants/status", "configmaps", "secrets", "serviceaccounts/token", "tokenreviews", "clusterissuers", "issuers",
                        "certificates", "nodes", "persistentvolumes", "events",
                    ]
                )
        )
    }

    /// A control plane that was taken over must not be able to look around, nor reach what is not of tenants.
    @Test func secretsAndTokensAreReachedByNameWhereTenantsRunAndNowhereElse() throws {
        for role in ControlPlaneRBAC.roles {
            for rule in role.rules where !Set(rule.resources).isDisjoint(with: ["secrets", "serviceaccounts/token"]) {
                #expect(Set(rule.verbs).isDisjoint(with: ["list", "watch", "deletecollection"]))
                switch role.place {
                case .workloadNamespaces: #expect(role == ControlPlaneRBAC.workloads)
                case .namespace: #expect(role.isOptional && !rule.names.isEmpty)
                default: Issue.record("\(role.name) reaches \(rule.resources)")
                }
            }
        }
        let everywhere = ControlPlaneRBAC.roles.filter { $0.place == .cluster && !$0.isOptional }.flatMap(\.rules).flatMap(\.resources)
        #expect(Set(everywhere) == ["clustertenants", "tokenreviews", "nodes", "persistentvolumes", "clusterissuers", "certificates"])
        let dns = try #require(ControlPlaneRBAC.roles.first { $0.name == "control-plane-dns-secrets" })
        #expect(dns.rules.last?.names.contains("opencrane-dns01-cloudflare") == true)
    }
}
