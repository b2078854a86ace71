import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue
import Postgres
import Testing

@testable import ControlPlane

@Suite struct AccessTableTests {
    /// What some operations answer although nobody is refused: what they are about is not there, or was never allowed.
    private static let ownAnswers: [String: Set<Int>] = [
        // There is no key, no budget, no skill of the digest, no promotion, no consent.
        "deleteProviderKey": [404], "deleteAccountBudget": [404],
        "getTenantLiteLlmKey": [404], "getSkillContent": [404], "fetchSkillBundle": [404],
        "approveSkillPromotion": [404], "rejectSkillPromotion": [404],
        "listInstanceConversations": [403], "getInstanceConversation": [403],
        // A browser's session is asked for, or a form's own proof.
        "exchangePodToken": [401], "decideDeviceCode": [403, 404], "completeOidcLogin": [403],
    ]

    private static func surfaces() throws -> [Surface] {
        let plane = try ControlPlane.described()
        return [plane.surface] + plane.otherSurfaces
    }

    @Test func everyOperationHasItsRowAndEveryRowItsOperation() throws {
        let labels = try Self.surfaces().flatMap(\.operations).map(\.label)
        #expect(labels.map(\.id).filter { AccessTable.byID[$0] == nil } == [])
        #expect(Set(AccessTable.rows.map(\.id)).subtracting(labels.map(\.id)).sorted() == [])
        #expect(AccessTable.rows.count == AccessTable.byID.count, "an operation has two rows")
        #expect(labels.count == Set(labels.map(\.id)).count, "an id has two operations")
        for label in labels { #expect(AccessTable.byID[label.id]?.access == label.access, "\(label.id)") }
        // What names somebody's object in its path cannot be somebody's list.
        for label in labels where label.path.parameterNames.isEmpty {
            let rule = AccessTable.byID[label.id]?.objects
            #expect(rule?.foreign != .hidden || label.id == "createAgent", "\(label.id)")
        }
    }

    @Test func anOperationWithoutARowKeepsTheControlPlaneFromStarting() throws {
        func surface(_ id: String, _ access: Access) -> Surface {
            let label = OperationLabel(.get, "/x", id: id, summary: "s", tag: "t", access: access)
            return Surface(
                title: "t",
                version: "1",
                basePath: "/",
                operations: [HTTPOperations.Operation(label, answer: .noContent("n")) { _ in Reply(NoContent()) }]
            )
        }
        #expect(throws: AccessTableError.self) { try AccessTable.check([surface("unheardOf", .administering)]) }
        #expect(throws: AccessTableError.self) { try AccessTable.check([surface("listTenants", .administering)]) }
        #expect(throws: Never.self) { try AccessTable.check([surface("listTenants", .readingTenants)]) }
    }

    @Test func theCheckedInTableIsCurrent() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: ControlPlane.accessPath), encoding: .utf8)
        #expect(try text == ControlPlane.accessText(), "run `opencrane generate`")
    }

    /// Every operation, as everybody, for what is their own, somebody else's and not there: the answers are those of the table, and whoever is
    /// refused has changed nothing.
    @Test func everybodyIsAnsweredAsTheTableSays() async throws {
        try await withStage(configure: { configuration in
            // Nothing may happen by itself while tables are compared.
            configuration.instances.batch = 0
            configuration.agents.interval = .seconds(3600)
            configuration.agents.connectTimeout = .milliseconds(200)
            configuration.agents.patience = .milliseconds(50)
            configuration.sources.interval = .seconds(3600)
            configuration.modelProxy.sealer = Stage.sealer
        }) { stage in
            let world = try await AccessWorld(stage)
            var requests = 0
            for surface in [stage.plane.surface] + stage.plane.otherSurfaces {
                for operation in surface.operations { requests += try await Self.walk(operation.label, surface, world) }
            }
            #expect(requests > 2000, "\(requests) requests")
        }
    }

    /// A request with what it has to be answered.
    private struct Case: Sendable {
        var caller: AccessCaller
        var object: AccessObject
        var order: AccessWorld.Order
    }

    private static func walk(_ label: OperationLabel, _ surface: Surface, _ world: AccessWorld) async throws -> Int {
        guard let row = AccessTable.byID[label.id] else { return 0 }
        let door = AccessDoor(surface)
        let names = label.path.parameterNames
        let hasPlace = !names.isEmpty || label.id == "createAgent"
        var (refused, allowed): ([(Case, Int)], [Case]) = ([], [])
        for caller in AccessCaller.allCases {
            for object in AccessObject.allCases {
                let verdict = row.verdict(caller, object, at: door, hasPlace: hasPlace)
                guard verdict != .none, let order = try await world.order(label, row, caller, object) else { continue }
                // Without objects, there is one request.
                if object != .own, !hasPlace, row.objects != .newTenant { continue }
                let one = Case(caller: caller, object: object, order: order)
                if case .refused(let status) = verdict { refused.append((one, status)) } else { allowed.append(one) }
            }
        }
        func send(_ one: Case) async throws -> (Int, String) {
            var path = label.path.prefixed(by: surface.basePath).description
            for (name, value) in one.order.place { path = path.replacing("{\(name)}", with: value) }
            let headers = one.order.headers + world.proof(of: one.caller, at: door)
            return try await world.status(label.method, path + one.order.query, one.order.body, headers: headers)
        }
        let before = try await world.digests()
        for (one, status) in refused {
            let answer = try await send(one)
            #expect(answer.0 == status, "\(label.id) as \(one.caller), \(one.object): \(answer.1)")
        }
        let after = try await world.digests()
        let changed = after.filter { before[$0.key] != $0.value }.keys.sorted()
        #expect(changed == [], "\(label.id) was refused and has changed these tables")
        let tolerated = ownAnswers[label.id] ?? []
        for one in allowed {
            let answer = try await send(one)
            let isRefused = [401, 403, 404, 500].contains(answer.0) && !tolerated.contains(answer.0)
            #expect(!isRefused, "\(label.id) as \(one.caller), \(one.object): \(answer.0) \(answer.1)")
        }
        return refused.count + allowed.count
    }
}
