import Foundation
import HTTPOperations
import HTTPTypes

/// Makes credentials of what a request says of them. Pure; nothing is written before everything is right.
struct MCPCredentialPlan: Sendable {
    /// The server.
    var serverID: UUID
    /// Those there are.
    var before: [MCPCredentialRecord]

    /// Checks what needs no database.
    ///
    /// - Parameters:
    ///   - orders: what is asked for.
    ///   - field: name of the list in the request; nil when the request is one credential.
    /// - Throws: ``OperationError`` 400 `VALIDATION_ERROR` with everything that is wrong.
    static func check(_ orders: [MCPCredentialOrder], field: String? = "credentials") throws(OperationError) {
        let problems = orders.enumerated().compactMap { index, order -> FieldViolation? in
            let place = field.map { "\($0)[\(index)].secretRef" } ?? "secretRef"
            switch (order.brokeringMode, order.secretRef) {
            case (.static, nil):
                return FieldViolation(field: place, message: "is required with the brokeringMode static", kind: .missing)
            case (.onBehalfOf, .some): return FieldViolation(field: place, message: "must be absent with the brokeringMode obo")
            default: return nil
            }
        }
        guard problems.isEmpty else {
            var error = OperationError.invalid(problems)
            error.status = .badRequest
            throw error
        }
    }

    /// The credentials there are to be.
    ///
    /// - Parameters:
    ///   - orders: what is asked for, all of it, checked.
    ///   - now: the time.
    ///   - makeID: makes ids.
    /// - Throws: ``OperationError`` 422 for an id of no credential of the server.
    func records(_ orders: [MCPCredentialOrder], now: Date, makeID: () -> UUID) throws(OperationError) -> [MCPCredentialRecord] {
        var known = Dictionary(before.map { ($0.id, $0) }) { first, _ in first }
        var records: [MCPCredentialRecord] = []
        for (index, order) in orders.enumerated() {
            var record = MCPCredentialRecord(
                id: makeID(),
                serverID: serverID,
                displayName: order.displayName,
                brokeringMode: order.brokeringMode,
                secretRef: order.secretRef,
                createdAt: now
            )
            if let text = order.id {
                // Taken out, so that a second one with the same id finds nothing.
                guard let id = UUID(uuidString: text), let former = known.removeValue(forKey: id) else {
                    throw .invalid(
                        "credentials[\(index)].id",
                        "is the id of no other credential of this server; leave it out for a new one"
                    )
                }
                (record.id, record.number, record.createdAt) = (id, former.number, former.createdAt)
            }
            records.append(record)
        }
        return records
    }
}
