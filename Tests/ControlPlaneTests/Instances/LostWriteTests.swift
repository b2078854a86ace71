import Foundation
import HTTPOperations
import HTTPTypes
import Postgres
import Testing

@testable import ControlPlane

/// What is said of a write whose answer was lost.
@Suite struct LostWriteTests {
    private func code(_ error: PostgresError, hasActed: Bool = false) async -> (code: String?, message: String) {
        do {
            try await onDatabaseWrite(hasActed: hasActed) { throw error }
            return (nil, "")
        } catch {
            let error = error as? OperationError
            return (error?.code, error?.message ?? "")
        }
    }

    @Test(arguments: [PostgresError.Code.commitUnknown, .connectionLost, .noAnswer])
    func nobodySaysThatNothingWasChangedWhenThatIsNotKnown(code: PostgresError.Code) async {
        let told = await self.code(PostgresError(code, "gone"))
        #expect(told.code == "OUTCOME_UNKNOWN" && !told.message.contains("Nothing was changed"))
    }

    @Test(arguments: [PostgresError.Code.connectionFailed, .connectTimeout, .acquireTimeout, .poolExhausted, .statementTimeout])
    func whatSurelyDidNotHappenIsSaidSo(code: PostgresError.Code) async {
        #expect(await self.code(PostgresError(code, "away")).code == "DATABASE_UNAVAILABLE")
        #expect(await self.code(PostgresError(code, "away"), hasActed: true).code == "OUTCOME_UNKNOWN", "a machine was changed before")
    }

    @Test func readsAreOnlyUnavailable() async {
        await #expect {
            try await onDatabase { throw PostgresError(.connectionLost, "gone") }
        } throws: { ($0 as? OperationError)?.code == "DATABASE_UNAVAILABLE" }
    }
}
