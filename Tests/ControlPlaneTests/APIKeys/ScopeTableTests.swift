import Foundation
import HTTPOperations
import JSONValue
import NIOHTTP1
import Postgres
import Testing

@testable import ControlPlane

/// What every operation for programs asks of a key, as the document says it and as the server does it.
@Suite struct ScopeTableTests {
    private struct Row: Sendable {
        var method: String
        var path: String
        var scope: String?
        var roles: Set<String>
        var takesBody: Bool
        var name: String { "\(method) \(path)" }
    }

    /// The operations of the document that take API keys.
    private func table() throws -> [Row] {
        let paths = try #require(try JSON(parsing: ControlPlane.openAPIText())["paths"]?.objectValue)
        return paths.flatMap { path, item in
            (item.objectValue ?? [:]).compactMap { method, operation -> Row? in
                let accepts = operation["security"]?.arrayValue?.contains { $0["apiKey"] != nil } ?? false
                guard accepts else { return nil }
                return Row(
                    method: method.uppercased(),
                    path: path,
                    scope: operation["x-opencrane-scopes"]?[0]?.stringValue,
                    roles: Set(operation["x-opencrane-roles"]?.arrayValue?.compactMap(\.stringValue) ?? []),
                    takesBody: operation["requestBody"] != nil
                )
            }
        }.sorted { $0.name < $1.name }
    }

    @Test func everyOperationForProgramsHasAScopeThatKeysCanHave() throws {
        let rows = try table()
        #expect(rows.count >= 4)
        for row in rows {
            #expect(APIKeyScope(rawValue: row.scope ?? "") != nil, "\(row.name)")
            #expect(row.roles.contains(Role.organizationAdmin.rawValue), "\(row.name)")
            let noun = try #require(row.scope?.split(separator: ":").first)
            #expect(row.path.hasPrefix("/v1/\(noun)"), "\(row.name) asks for \(row.scope ?? "")")
            if row.method == "GET" {
                #expect(row.scope == "\(noun):read", "\(row.name)")
            } else {
                #expect(row.scope != "\(noun):read", "\(row.name) changes something")
            }
        }
    }

    @Test(.timeLimit(.minutes(15))) func theServerAsksForWhatTheDocumentSays() async throws {
        let rows = try table()
        try await withStage { stage in
            for role in APIKeyRole.allCases {
                for scope in APIKeyScope.allCases {
                    let key = try await store(stage, role, scope)
                    let principal: Role = role == .admin ? .organizationAdmin : .organizationMember
                    for row in rows {
                        let path = row.path.replacing(/\{[^}]*\}/, with: UUID().uuidString.lowercased())
                        let answer = try await Stage.send(
                            HTTPMethod(rawValue: row.method),
                            stage.base + path,
                            row.takesBody ? "{}" : nil,
                            headers: [("X-Api-Key", key)]
                        )
                        let sentence = answer.body["detail"]?.stringValue ?? ""
                        let what = "\(row.name) with \(scope.rawValue) as \(role.rawValue): \(answer.status) \(sentence)"
                        if !row.roles.contains(principal.rawValue) {
                            #expect(answer.status == 403 && sentence.contains("Your role"), "\(what)")
                        } else if row.scope != scope.rawValue {
                            #expect(answer.status == 403 && sentence.contains("lacks the scope \(row.scope ?? "")"), "\(what)")
                        } else {
                            #expect(answer.status != 401 && answer.status != 403 && answer.status < 500, "\(what)")
                        }
                    }
                }
            }
        }
    }

    private func store(_ stage: Stage, _ role: APIKeyRole, _ scope: APIKeyScope) async throws -> String {
        let key = APIKey(id: UUID(), secret: (0..<32).map { _ in UInt8.random(in: .min ... .max) })
        let record = APIKeyRecord(
            id: key.id,
            number: 0,
            organization: "org_table",
            name: scope.rawValue,
            role: role,
            scopes: [scope.rawValue],
            secretHash: key.hash,
            createdBy: "x",
            createdAt: Date()
        )
        try await stage.pool.withTransaction { try await APIKeyRepository.insert(record, in: $0) }
        return key.text
    }
}
