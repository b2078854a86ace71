import ReleaseFixtures
import Testing

/// Writes the database of a release, when `scripts/cut-release` asks for it.
@Suite(.enabled(if: Release.toCut != nil)) struct ReleaseWriterTests {
    @Test func writesTheDatabase() async throws {
        let release = try Release(try #require(Release.toCut))
        try await ReleaseWriter(release).write()
    }
}
