import Postgres
import Testing

@Suite struct ErrorTests {
    private func error(_ sqlState: String) -> PostgresError { PostgresError(.serverError, "m", sqlState: sqlState) }

    @Test(arguments: ["08006", "25006", "53100", "53200", "53300", "57014", "57P01", "57P03", "58030"])
    func troublesOfTheServerAreUnavailability(_ sqlState: String) {
        #expect(error(sqlState).isUnavailable && !error(sqlState).isRefusal)
    }

    @Test func aStatementThatTookTooLongIsUnavailability() {
        let error = PostgresError(.statementTimeout, "m")
        #expect(error.isUnavailable && !error.isConnectionLost)
    }

    @Test(arguments: ["22021", "22P05", "23505", "23514", "54000", "54001"])
    func onlyDataIsRefused(_ sqlState: String) {
        #expect(error(sqlState).isRefusal && !error(sqlState).isUnavailable)
        #expect(PostgresError(.encodingFailed, "m").isRefusal)
    }

    @Test(arguments: ["42P01", "42501", "40001", "55P03", "25P02", "XX000"])
    func theRestIsNeither(_ sqlState: String) {
        #expect(!error(sqlState).isRefusal && !error(sqlState).isUnavailable)
    }
}
