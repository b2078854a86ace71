import Foundation
import Postgres
import Testing

@testable import Projection

@Suite struct RefusalTests {
    @Test func changesWaitForATableThatIsMissingForNow() async throws {
        try await withProjectionPool { pool in
            try await pool.execute("alter table tenants rename to hidden")
            try await withProjector(pool) { projector in
                projector.apply(.upsert(try tenant("a", version: 1)))
                while projector.status.lastError == nil { await Task.yield() }
                #expect(projector.status.rejected == 0 && projector.status.queued == 1)
                try await pool.execute("alter table hidden rename to tenants")
                await projector.drained()
            }
            let count = try await pool.count("select count(*) from tenants")
            #expect(count == 1)
        }
    }
}
