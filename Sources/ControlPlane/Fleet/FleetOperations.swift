import HTTPOperations
import HTTPTypes
import Projection

/// The operations by which people see their fleet.
struct FleetOperations: Sendable {
    let reader: FleetReader
    let feed: FleetFeed

    private static let tag = "Fleet"
    private static let access: Access = .roles([.platformAdmin, .customerAdmin, .viewer, .owner])
    private static let scope =
        "The fleet of the organisation the caller acts in, else the caller's own. An organisation without a fleet has none: the caller's own "
        + "is not shown in its place. Administrators may name an organisation or a person by a header."

    /// All of them.
    var operations: [Operation] {
        [
            Operation(
                OperationLabel(
                    .get,
                    "/fleet",
                    id: "getFleet",
                    summary: "Fleet of the authenticated user's tenant",
                    description: Self.scope,
                    tag: Self.tag,
                    access: Self.access,
                    headers: [ActingFor.organization, ActingFor.user],
                    errors: Refusals.reading
                ),
                answer: .ok(FleetAnswer.self, "The fleet, or null.")
            ) { context in Reply(reader.answer(try await find(FleetOwner.asking(context)))) },
            Operation(
                raw: OperationLabel(
                    .get,
                    "/fleet/stream",
                    id: "streamFleet",
                    summary: "The fleet as it changes",
                    description: Self.scope
                        + " Server-sent events: `fleet` with what GET /api/fleet answers, first and whenever more than a step "
                        + "changed; `step` with {run, attempt, step, status, message, durationMs, createdAt}, one for each change of a step. "
                        + "A comment at least every 15 s. After half an hour the stream ends, and the client connects again.",
                    tag: Self.tag,
                    access: Self.access,
                    headers: [ActingFor.organization, ActingFor.user],
                    errors: Refusals.reading + [.tooManyStreams]
                ),
                response: .events
            ) { context in try await stream(context) },
        ]
    }

    private func find(_ owner: FleetOwner?) async throws -> FleetState? {
        guard let owner else { return nil }
        return try await onDatabase { try await reader.states(of: [owner])[owner] }
    }

    private func stream(_ context: OperationContext) async throws -> OperationResponse {
        try context.checkHeaders([ActingFor.organization, ActingFor.user])
        let owner = try FleetOwner.asking(context)
        try feed.requireRoom(instead: "GET /api/fleet")
        let first = try await find(owner)
        // Who has no organisation and no address has no fleet and will have none: the stream is silent but for its signs of life.
        return EventStream(feed, of: owner ?? .person(""), first: first, telling: FleetTeller(reader)).response
    }
}
