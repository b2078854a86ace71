import Projection

/// Looks at the fleets that somebody watches.
typealias FleetFeed = ChangeFeed<FleetOwner, FleetState>

/// Tells how one fleet changes.
struct FleetTeller: ChangeTeller {
    let reader: FleetReader
    private var changes = FleetChanges()

    init(_ reader: FleetReader) { self.reader = reader }

    mutating func look(_ state: FleetState?) -> [ServerSentEvent] { changes.look(state, answer: reader.answer(state)) }
}
