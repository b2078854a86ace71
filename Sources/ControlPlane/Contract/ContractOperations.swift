import Entitlements
import HTTPOperations
import HTTPTypes
import JSONValue
import KubernetesClient
import NIOConcurrencyHelpers

/// The operations that show contracts: to people, and to the pods that they bind. Both get the same document.
struct ContractOperations: Sendable {
    let tenants: TenantSight
    let contracts: ContractService
    /// How many pods may wait at a time; others are answered at once.
    var room = WaitingRoom(capacity: 256)
    /// Time between two looks while a pod waits.
    var interval: Duration = .seconds(2)
    var time: TimeSource = .system

    private static let notFound = ErrorDeclaration(.notFound, "TENANT_NOT_FOUND", "There is no such tenant.")
    private static let headers = ["ETag": "Id of the contract, for If-None-Match: 304 when it is the same still."]

    /// The operation for people.
    var operations: [HTTPOperations.Operation] {
        [
            Operation(
                OperationLabel(
                    .get,
                    "/tenants/{name}/effective-contract",
                    id: "getTenantEffectiveContract",
                    summary: "Compile the effective awareness, MCP, and skill contract for a tenant",
                    description: "The document that the tenant's pod polls. With If-None-Match the answer is 304 while it is the same.",
                    tag: "Tenants",
                    access: .readingTenants,
                    errors: Refusals.reading + [Self.notFound]
                ),
                parameters: NamedObject.self,
                answer: .ok(ContractView.self, "Effective contract.", headers: Self.headers)
            ) { object, context in try await reply(object.name, context).reply }
        ]
    }

    /// The operation for pods.
    var workloadOperations: [HTTPOperations.Operation] {
        [
            Operation(
                OperationLabel(
                    .get,
                    "/contract",
                    id: "getRuntimeContract",
                    summary: "The effective contract of the tenant whose pod calls",
                    description: "With If-None-Match and wait the answer comes as soon as the contract is another one, or as 304.",
                    tag: "Runtime",
                    access: .working,
                    errors: Refusals.reading + [Self.notFound],
                    timeout: .seconds(45)
                ),
                parameters: ContractWait.self,
                answer: .ok(ContractView.self, "Effective contract.", headers: Self.headers)
            ) { parameters, context in try await waiting(parameters.wait, try context.requireWorkloadTenant(), context) }
        ]
    }

    /// Answers when the contract is another one than the caller has, or the time is over. The responder makes 304 of one that is the same.
    private func waiting(_ seconds: Int, _ tenant: String, _ context: OperationContext) async throws -> Reply<ContractView> {
        let header = context.headers[.ifNoneMatch]
        let deadline = time.now + .seconds(seconds)
        var answer = try await reply(tenant, context)
        guard seconds > 0, answer.tag.isNamed(ifNoneMatch: header), room.enter() else { return answer.reply }
        defer { room.leave() }
        while answer.tag.isNamed(ifNoneMatch: header), time.now < deadline {
            try await time.sleep(for: min(interval, deadline - time.now))
            answer = try await reply(tenant, context)
        }
        return answer.reply
    }

    private func reply(_ tenant: String, _ context: OperationContext) async throws -> (reply: Reply<ContractView>, tag: EntityTag) {
        let row = try await tenants.require(tenant, context)
        let contract = try await onDatabase { try await contracts.contract(of: row) }
        let json = contract.json
        let tag = EntityTag(json["contractId"]?.stringValue ?? "")
        return (Reply(try json.decode(ContractView.self), tag: tag), tag)
    }
}

/// How many may wait at a time.
final class WaitingRoom: Sendable {
    private let capacity: Int
    private let count = NIOLockedValueBox(0)

    /// Makes a room.
    init(capacity: Int) { self.capacity = capacity }

    /// Whether there was room; then ``leave()`` has to follow.
    func enter() -> Bool {
        count.withLockedValue { count in
            guard count < capacity else { return false }
            count += 1
            return true
        }
    }

    /// Gives the place back.
    func leave() { count.withLockedValue { $0 -= 1 } }
}
