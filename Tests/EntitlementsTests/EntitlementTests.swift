import Entitlements
import Testing

@Suite("Grants decide what may be used")
struct EntitlementTests {
    static func grant(
        _ id: String,
        _ subject: Subject,
        _ access: GrantAccess = .allow,
        payload: String = "p",
        scope: GrantScope = .org,
        priority: Int = 0,
        at time: Int64 = 0
    ) -> Grant {
        Grant(
            id: id,
            payloadType: .mcpServer,
            payloadID: payload,
            scope: scope,
            subject: subject,
            access: access,
            priority: priority,
            createdAt: time
        )
    }

    static let mia = Standing(
        tenant: "mia",
        department: "ops",
        users: ["https://idp.test|u1"],
        groups: [
            Standing.Group(id: "g1", members: [.named("mia")]), Standing.Group(id: "g2", members: [.named("leo")]),
            Standing.Group(id: "g3", members: [.department("ops")]),
        ]
    )

    @Test(
        "Every kind of subject reaches whom it means, and nobody else",
        arguments: [
            (Subject.everyone, true), (.tenant("mia"), true), (.tenant("leo"), false), (.department("ops"), true),
            (.department("it"), false),
            (.group("g1"), true), (.group("g2"), false), (.group("g3"), true), (.user("https://idp.test|u1"), true), (.user("mia"), false),
        ]
    )
    func subjects(_ subject: Subject, _ reaches: Bool) {
        let found = Entitlement.compile(.mcpServer, from: [Self.grant("1", subject)], for: Self.mia)
        #expect(found.isEmpty != reaches)
    }

    @Test("A tenant and a person of one name are two")
    func namesAreTyped() {
        let person = Standing(users: ["mia"])
        #expect(Entitlement.compile(.mcpServer, from: [Self.grant("1", .tenant("mia"))], for: person).isEmpty)
        #expect(Entitlement.compile(.mcpServer, from: [Self.grant("1", .user("mia"))], for: person).count == 1)
    }

    @Test(
        "The deciding grant",
        arguments: [
            // A deny outranks an allow of any priority and scope.
            (grant("a", .tenant("mia"), .allow, scope: .personal, priority: 99), grant("b", .everyone, .deny), "b"),
            (grant("a", .tenant("mia"), scope: .project), grant("b", .everyone, scope: .org, priority: 9), "a"),
            (grant("a", .tenant("mia"), priority: 1), grant("b", .everyone, priority: 2), "b"),
            (grant("a", .tenant("mia"), at: 1), grant("b", .everyone, at: 2), "b"),
            (grant("a", .tenant("mia")), grant("b", .everyone), "b"),
        ]
    )
    func precedence(_ first: Grant, _ second: Grant, _ winner: String) {
        for order in [[first, second], [second, first]] {
            #expect(Entitlement.compile(.mcpServer, from: order, for: Self.mia).map(\.grant.id) == [winner])
        }
    }

    @Test("No order of the rows changes the outcome")
    func orderIndependent() {
        var generator = SystemRandomNumberGenerator()
        let subjects: [Subject] = [.everyone, .tenant("mia"), .group("g1"), .department("ops"), .tenant("leo")]
        let grants = (0..<60).map { index -> Grant in
            let access: GrantAccess = index % 3 == 0 ? .deny : .allow
            let scope = GrantScope.allCases[index % 4]
            return Self.grant(
                "\(index)",
                subjects[index % 5],
                access,
                payload: "p\(index % 7)",
                scope: scope,
                priority: index % 2,
                at: Int64(index % 4)
            )
        }
        let expected = Entitlement.compile(.mcpServer, from: grants, for: Self.mia)
        #expect(expected.map(\.payloadID) == expected.map(\.payloadID).sorted())
        for _ in 0..<50 { #expect(Entitlement.compile(.mcpServer, from: grants.shuffled(using: &generator), for: Self.mia) == expected) }
    }

    @Test("Grants of another type of payload do not count")
    func types() {
        #expect(Entitlement.compile(.skillBundle, from: [Self.grant("1", .everyone)], for: Self.mia).isEmpty)
    }

    @Test("Members of groups are read as they are written")
    func members() {
        #expect(GroupMember(parsing: "tenant:mia") == .tenant("mia"))
        #expect(GroupMember(parsing: "user:https://idp|u1") == .user("https://idp|u1"))
        #expect(GroupMember(parsing: "department:ops") == .department("ops"))
        #expect(GroupMember(parsing: "mia") == .named("mia"))
        #expect(GroupMember(parsing: "urn:mia") == .named("urn:mia"))
        #expect(GroupMember(parsing: "tenant:") == .named("tenant:"))
    }

    @Test("A subject needs whom it means, and everyone needs nobody")
    func subjectParts() throws {
        #expect(try Subject(.tenant, id: " mia ") == .tenant("mia"))
        #expect(try Subject(.everyone, id: nil) == .everyone)
        #expect(throws: SubjectError.missingID(.group)) { try Subject(.group, id: " ") }
        #expect(throws: SubjectError.unexpectedID) { try Subject(.everyone, id: "mia") }
        for kind in Subject.Kind.allCases {
            let subject = try Subject(kind, id: kind == .everyone ? nil : "x")
            #expect(try Subject(subject.kind, id: subject.id) == subject)
        }
    }

    @Test("A session is narrowed to what is granted, at the scope of the grant")
    func sessions() {
        let entitlements = Entitlement.compile(
            .mcpServer,
            from: [
                Self.grant("1", .everyone, payload: "a", scope: .project), Self.grant("2", .everyone, .deny, payload: "b"),
                Self.grant("3", .tenant("leo"), payload: "c"),
            ],
            for: Self.mia
        )
        let wanted = ["a", "b", "c", "a"].map { ScopeSelector(scope: .org, payloadID: $0) }
        let result = ScopeSelector.intersect(wanted, with: entitlements)
        #expect(result.granted == [ScopeSelector(scope: .project, payloadID: "a")])
        #expect(result.rejected.map(\.payloadID) == ["b", "c"])
    }
}
