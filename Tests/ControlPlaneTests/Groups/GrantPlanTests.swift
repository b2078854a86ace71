import Entitlements
import Foundation
import HTTPOperations
import HTTPTypes
import JSONValue
import Testing

@testable import ControlPlane

@Suite struct GrantPlanTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)
    private static let ops = GroupName(id: UUID(), name: "ops")
    private static let server = UUID().text

    private func order(_ change: (inout GrantOrder) -> Void = { _ in }) -> GrantOrder {
        var order = GrantOrder(subjectType: .tenant, subjectID: "mia", access: .allow, priority: 0)
        change(&order)
        return order
    }

    private func records(
        _ orders: [GrantOrder],
        of payload: GrantPlan.Payload? = nil,
        before: [GrantRecord] = [],
        groups: [GroupName] = [ops]
    ) throws -> [GrantRecord] {
        let plan = GrantPlan(payload: payload ?? .object(.mcpServer, id: Self.server), scope: .department, before: before, groups: groups)
        return try plan.records(orders, now: Self.now, makeID: { UUID() })
    }

    private func problems(_ orders: [GrantOrder], of payload: GrantPlan.Payload? = nil, before: [GrantRecord] = []) -> [String] {
        do {
            _ = try records(orders, of: payload, before: before)
            return []
        } catch {
            let error = error as? OperationError
            #expect(error?.status == .unprocessableContent)
            return error?.fields.map(\.field) ?? ["\(error as Any)"]
        }
    }

    @Test func subjectsAreTyped() throws {
        let subjects = try records([
            order(), order { ($0.subjectType, $0.subjectID) = (.user, " https://idp.example|u1 ") },
            order { ($0.subjectType, $0.subjectID) = (.department, "ops") },
            order { ($0.subjectType, $0.subjectID) = (.everyone, nil) }, order { ($0.subjectType, $0.subjectID) = (.everyone, "*") },
            order { ($0.subjectType, $0.subjectID, $0.subjectName) = (.tenant, nil, "leo") },
        ]).map(\.subject)
        #expect(
            subjects == [.tenant("mia"), .user("https://idp.example|u1"), .department("ops"), .everyone, .everyone, .tenant("leo")]
        )
    }

    @Test func groupsAreNamedByIdOrByName() throws {
        let impostor = GroupName(id: UUID(), name: Self.ops.id.text)
        let orders = [Self.ops.id.text.uppercased(), "ops"].map { text in order { ($0.subjectType, $0.subjectID) = (.group, text) } }
        let found = try records(orders, groups: [impostor, Self.ops])
        #expect(found.map(\.subject) == [.group(Self.ops.id.text), .group(Self.ops.id.text)], "an id comes before a name")
        #expect(found.map(\.subjectName) == ["ops", "ops"])
        #expect(GrantPlan.groupTexts(orders + [order()]) == [Self.ops.id.text.uppercased(), "ops"].sorted())
    }

    @Test func whatIsMissingComesFromWhatHoldsTheGrant() throws {
        let bare = GrantOrder(access: .deny, priority: 3)
        let mine = try #require(try records([bare], of: .awareness(heldBy: Self.ops)).first)
        #expect(mine.subject == .group(Self.ops.id.text) && mine.payloadID == "awareness/default" && mine.groupID == Self.ops.id)
        #expect(mine.payloadType == .awareness && mine.scope == .department && mine.access == .deny && mine.priority == 3)
        let servers = try #require(try records([order { $0.scope = .personal }]).first)
        #expect(servers.payloadType == .mcpServer && servers.payloadID == Self.server && servers.scope == .personal)
        #expect(servers.groupID == nil && servers.createdAt == Self.now)
        #expect(try records([order { $0.payloadID = Self.server.uppercased() }]).first?.payloadID == Self.server)
    }

    @Test func anIdKeepsItsGrant() throws {
        var known = try #require(try records([order()]).first)
        known.createdAt = Self.now.addingTimeInterval(-100)
        let after = try records([order { ($0.id, $0.access) = (known.id.uuidString, .deny) }, order()], before: [known])
        #expect(after[0].id == known.id && after[0].createdAt == known.createdAt && after[0].access == .deny)
        #expect(after[1].id != known.id && after[1].createdAt == Self.now)
    }

    @Test func everythingThatIsWrongIsSaidAtOnce() throws {
        let known = try #require(try records([order()]).first)
        let wrong = [
            order { $0.subjectType = nil }, order { $0.subjectID = nil }, order { ($0.subjectType, $0.subjectID) = (.everyone, "mia") },
            order { ($0.subjectType, $0.subjectID) = (.group, "nobody") }, order { ($0.subjectType, $0.subjectID) = (.group, nil) },
            order { $0.subjectID = "*" }, order { $0.payloadID = "other" }, order { $0.id = UUID().text }, order { $0.id = known.id.text },
            order { $0.id = known.id.text },
        ]
        #expect(
            problems(wrong, before: [known]).sorted() == [
                "grants[0].subjectType", "grants[1].subjectId", "grants[2].subjectId", "grants[3].subjectId", "grants[4].subjectId",
                "grants[5].subjectId", "grants[6].payloadId", "grants[7].id", "grants[9].id",
            ]
        )
        #expect(problems([order()]).isEmpty)
    }

    @Test func credentialsFollowTheirMode() throws {
        func problem(_ mode: BrokeringMode, _ secret: String?, field: String? = "credentials") throws -> String? {
            do {
                try MCPCredentialPlan.check([.init(displayName: "x", brokeringMode: mode, secretRef: secret)], field: field)
                return nil
            } catch {
                let refusal = error
                #expect(refusal.status == .badRequest && refusal.code == "VALIDATION_ERROR")
                return refusal.fields.first?.field
            }
        }
        #expect(try problem(.static, "jira-bot") == nil)
        #expect(try problem(.onBehalfOf, nil) == nil)
        #expect(try problem(.static, nil) == "credentials[0].secretRef")
        #expect(try problem(.onBehalfOf, "jira-bot", field: nil) == "secretRef")
    }

    @Test func blanksThatNoPatternKnowsAreLeftOut() {
        #expect(GroupNotes.normalised(["\u{A0}", " b", "a\u{2028}", "b", "é", "e\u{301}"]) == ["a", "b", "é"])
        #expect(MCPServerNotes.normalised(["\u{A0}", " b", "a", "b"]) == ["b", "a"])
    }

    @Test func whoActsForACustomerSeesNobodyElse() {
        func sight(_ role: Role, organization: String? = nil, customer: String? = nil) -> CatalogueSight {
            CatalogueSight(Principal(subject: "x", roles: [role], method: "m", organization: organization, customer: customer))
        }
        #expect(sight(.platformAdmin, organization: "o", customer: "c") == .everything)
        #expect(sight(.viewer) == .everything)
        #expect(sight(.viewer, organization: "o") == .everything, "viewers are the platform's own people, whatever they belong to")
        #expect(sight(.viewer, customer: "c") == .catalogue)
        #expect(sight(.customerAdmin, organization: "o") == .catalogue)
        #expect(sight(.owner) == .catalogue)
    }
}
