import BenchKit
import JSONValue
import NIOHTTP1

/// One caller with objects of its own, of which it is the only writer: so it knows what they must be.
struct LoadClient: Sendable {
    /// Most objects of a kind that it has at a time.
    private static let most = 6

    private let number: Int
    private let run: String
    private let classes: [OperationClass]
    private var random: SplitMix
    private var counter = 0
    private(set) var caller: Caller
    private(set) var ledger = Ledger()

    init(number: Int, run: String, classes: [OperationClass], caller: Caller) {
        self.number = number
        self.run = run
        self.classes = classes
        self.caller = caller
        random = SplitMix(seed: UInt64(number))
    }

    /// Makes the objects it starts with; that is not measured.
    mutating func prepare() async {
        for _ in 0..<3 { await act(.tenantCreate) }
        for kind in [Ledger.Kind.mcpServer, .group] { await complaining { client in try await client.create(kind) } }
        caller.beginAnew()
    }

    /// Makes requests for as long as there is time.
    mutating func work(while thereIsTime: @Sendable () -> Bool) async {
        while thereIsTime(), !Task.isCancelled { await act(OperationClass.pick(classes, using: &random)) }
    }

    private mutating func act(_ operation: OperationClass) async {
        await complaining { client in
            switch operation {
            case .tenantRead: try await client.readTenant()
            case .tenantList: try await client.read(operation, "/api/v1/tenants?limit=100")
            case .catalogueRead:
                try await client.read(operation, client.flip() ? "/api/v1/mcp-servers?limit=100" : "/api/v1/groups?limit=100")
            case .agentRead: try await client.read(operation, client.flip() ? "/api/v1/agents" : "/v1/instances")
            case .auditRead: try await client.read(operation, "/api/v1/audit?limit=100")
            case .drift: try await client.read(operation, "/api/v1/tenants/drift")
            case .tenantCreate: try await client.createOrUpdateTenant()
            case .tenantUpdate: try await client.update(.tenant)
            case .tenantDelete: try await client.delete(.tenant)
            case .catalogueWrite: try await client.writeCatalogue()
            }
        }
    }

    /// What goes wrong is remembered; the other requests go on.
    private mutating func complaining(_ work: (inout LoadClient) async throws -> Void) async {
        do {
            try await work(&self)
        } catch is CancellationError {
            return
        } catch {
            ledger.complain("caller \(number): \(error)")
        }
    }

    // MARK: - Reads

    private mutating func read(_ operation: OperationClass, _ path: String) async throws {
        _ = try await caller.send(Call(operation: operation, method: .GET, path: path), using: &random)
    }

    /// Reads a tenant; what it was told is written must be shown.
    private mutating func readTenant() async throws {
        guard let place = ledger.live(.tenant).randomElement(using: &random) else { return try await create(.tenant) }
        let object = ledger.objects[place]
        let answer = try await caller.send(
            Call(operation: .tenantRead, method: .GET, path: "/api/v1/tenants/\(object.name)"),
            using: &random
        )
        let shown = answer.body["displayName"]?.stringValue
        guard shown == object.value else {
            throw BenchError("The tenant \(object.name) was written as '\(object.value ?? "")' and is shown as '\(shown ?? "")'")
        }
    }

    // MARK: - Writes

    private mutating func createOrUpdateTenant() async throws {
        if ledger.live(.tenant).count < Self.most { try await create(.tenant) } else { try await delete(.tenant) }
    }

    private mutating func writeCatalogue() async throws {
        let kind: Ledger.Kind = flip() ? .mcpServer : .group
        let live = ledger.live(kind).count
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<6 where live > 0: try await update(kind)
        case 6..<8 where live > 0: try await delete(kind)
        case _ where live < Self.most: try await create(kind)
        default: try await delete(kind)
        }
    }

    private mutating func create(_ kind: Ledger.Kind) async throws {
        let key = nextKey()
        let name = "b\(number)-\(counter)"
        let value = "\(name) as made"
        let answer = try await caller.send(
            Call(
                operation: kind == .tenant ? .tenantCreate : .catalogueWrite,
                method: .POST,
                path: kind.path,
                body: kind.order(name, value, caller: number),
                key: key
            ),
            using: &random
        )
        let id = kind == .tenant ? name : answer.body["id"]?.stringValue ?? ""
        ledger.created(.init(kind: kind, name: name, id: id, value: value, tag: answer.tag), key: key)
    }

    private mutating func update(_ kind: Ledger.Kind) async throws {
        guard let place = ledger.live(kind).randomElement(using: &random) else { return try await create(kind) }
        let object = ledger.objects[place]
        let key = nextKey()
        let value = "\(object.name) at \(counter)"
        let answer = try await caller.send(
            Call(
                operation: kind == .tenant ? .tenantUpdate : .catalogueWrite,
                method: .PUT,
                path: "\(kind.path)/\(object.id)",
                body: [kind.member: .string(value)],
                key: key,
                tag: flip() ? object.tag : nil
            ),
            using: &random
        )
        ledger.updated(place, value: value, tag: answer.tag, key: key)
    }

    private mutating func delete(_ kind: Ledger.Kind) async throws {
        guard let place = ledger.live(kind).randomElement(using: &random) else { return try await create(kind) }
        let key = nextKey()
        _ = try await caller.send(
            Call(
                operation: kind == .tenant ? .tenantDelete : .catalogueWrite,
                method: .DELETE,
                path: "\(kind.path)/\(ledger.objects[place].id)",
                key: key
            ),
            using: &random
        )
        ledger.deleted(place, key: key)
    }

    private mutating func nextKey() -> String {
        counter += 1
        return "\(run)-\(number)-\(counter)"
    }

    private mutating func flip() -> Bool { random.next() & 1 == 0 }
}

extension Ledger.Kind {
    fileprivate var path: String {
        switch self {
        case .tenant: "/api/v1/tenants"
        case .mcpServer: "/api/v1/mcp-servers"
        case .group: "/api/v1/groups"
        }
    }

    /// The member that updates change.
    fileprivate var member: String { self == .tenant ? "displayName" : "description" }

    fileprivate func order(_ name: String, _ value: String, caller: Int) -> JSON {
        let grant: JSON = ["subjectType": "department", "subjectId": .string("team-\(caller % 8)"), "access": "allow"]
        return switch self {
        case .tenant:
            [
                "name": .string(name), "displayName": .string(value), "email": .string("caller\(caller)@bench.example.com"),
                "team": .string("team-\(caller % 8)"), "monthlyBudgetUsd": 40,
            ]
        case .mcpServer:
            [
                "name": .string(name), "description": .string(value), "transport": "streamable-http", "status": "active",
                "endpoint": .string("https://\(name).bench.example.com/mcp"), "grants": [grant],
            ]
        case .group:
            [
                "name": .string(name), "description": .string(value),
                "members": [.string("department:team-\(caller % 8)"), "user:mia@bench.example.com"],
                "awarenessGrants": [["access": "allow"]],
            ]
        }
    }
}
