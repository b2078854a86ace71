import Foundation
import JSONValue
import KubernetesModel
import NIOConcurrencyHelpers
import Postgres
import Testing

@testable import Projection

/// A list that is given out page by page, and may get too old in between.
final class PagedList: Sendable {
    private struct State {
        var pages = 0
        var largest = 0
        var expired: Set<Int>
    }

    private let objects: [ProjectedObject]
    private let size: Int
    private let state: NIOLockedValueBox<State>
    private let between: @Sendable (Int) async throws -> Void

    /// - Parameters:
    ///   - objects: in the order of the list.
    ///   - size: objects of a page.
    ///   - expired: which calls, counted from 0, are answered with a version that is too old.
    ///   - between: done before each page, with its number.
    init(
        _ objects: [ProjectedObject],
        size: Int,
        expired: Set<Int> = [],
        between: @escaping @Sendable (Int) async throws -> Void = { _ in }
    ) {
        (self.objects, self.size, self.between) = (objects, size, between)
        state = NIOLockedValueBox(State(expired: expired))
    }

    /// How many pages were asked for.
    var pages: Int { state.withLockedValue { $0.pages } }

    func page(_ namespace: String?, _ next: String?) async throws -> SourcePage {
        let (number, isExpired) = state.withLockedValue { state in
            defer { state.pages += 1 }
            return (state.pages, next != nil && state.expired.contains(state.pages))
        }
        try await between(number)
        if isExpired { throw SourceExpired() }
        let asked = objects.filter { namespace == nil || $0.key.namespace == namespace }
        let start = next.flatMap { Int($0) } ?? 0
        let end = min(start + size, asked.count)
        return SourcePage(
            objects: Array(asked[start..<end]),
            resourceVersion: "1000",
            next: end < asked.count ? String(end) : nil
        )
    }

    var source: ProjectionSource { { _, namespace, next in try await self.page(namespace, next) } }
}

@Suite struct DriftScanTests {
    private func project(_ objects: [ProjectedObject], _ pool: PostgresPool) async throws {
        _ = try await pool.pipeline(RowStatements.write(objects.map { .upsert($0) }, now: testTime))
    }

    private func name(_ number: Int) -> String { "t\(10_000 + number)" }

    @Test func pagesAreComparedAsOneList() async throws {
        try await withProjectionPool { pool in
            let objects = try (0..<100).map { try tenant(name($0), version: $0 + 1) }
            try await project(objects.enumerated().filter { $0.offset % 10 != 3 }.map(\.element), pool)
            try await pool.execute("update tenants set team = 'other' where name like 't100_5'")
            for foreign in ["aaa", "t10000a", "t10049x", "zzz"] {
                try await pool.execute("insert into tenants (namespace, name) values ('crane', \(foreign))")
            }
            try await pool.execute("insert into tenants (namespace, name) values ('elsewhere', 't10001')")
            let whole = try await DriftDetector(pool: pool, source: PagedList(objects, size: 1000).source)
                .detect(.tenant, namespace: "crane")
            #expect(whole.summary == .init(sourceCount: 100, projectionCount: 94, driftCount: 24))
            #expect(whole.mismatches.map(\.name) == whole.mismatches.map(\.name).sorted() && whole.mismatches.count == 24)
            for size in [1, 7, 50, 100] {
                let list = PagedList(objects, size: size)
                let report = try await DriftDetector(pool: pool, source: list.source).detect(.tenant, namespace: "crane")
                #expect(report == whole, "pages of \(size)")
                #expect(list.pages == (100 + size - 1) / size)
            }
        }
    }

    @Test func mismatchesAreToldAPageAtATimeAndAllAreCounted() async throws {
        try await withProjectionPool { pool in
            let objects = try (0..<40).map { try tenant(name($0), version: $0 + 1) }
            let detector = DriftDetector(pool: pool, source: PagedList(objects, size: 7).source)
            var names: [String] = []
            var place: String?
            repeat {
                let report = try await detector.detect(.tenant, namespace: "crane", after: place, limit: 9)
                #expect(report.summary.driftCount == 40 && report.mismatches.count <= 9)
                names += report.mismatches.map(\.name)
                place = report.next
            } while place != nil
            #expect(names == (0..<40).map(name))
        }
    }

    @Test func manyRowsWithoutObjectsAreReadInParts() async throws {
        try await withProjectionPool { pool in
            let count = DriftScan.batch * 2 + 5
            try await pool.execute(
                "insert into tenants (namespace, name) select 'crane', 'ghost-' || n from generate_series(1, \(count)) as n"
            )
            let report = try await DriftDetector(pool: pool, source: PagedList([], size: 10).source).detect(.tenant, namespace: "crane")
            #expect(report.summary == .init(sourceCount: 0, projectionCount: count, driftCount: count))
            #expect(Set(report.mismatches.map(\.name)).count == 1000)
            let mended = try await Repairer(pool: pool, source: PagedList([], size: 10).source)
                .repair(.tenant, namespace: "crane", dryRun: false, limit: 3, actor: "ops", requestID: "r", now: testTime)
            #expect(mended.repairedCount == count && mended.entries.count == 3 && mended.next != nil)
            #expect(try await pool.count("select count(*) from tenants") == 0)
        }
    }

    @Test func namespacesInAnyOrderAndThoseWithoutObjectsAreSeen() async throws {
        try await withProjectionPool { pool in
            // The order of an API server (by path: "a-b/x" before "a/x"), and that of pairs.
            for namespaces in [["a-b", "a", "z"], ["a", "a-b", "z"]] {
                let objects = try namespaces.flatMap { space in
                    try (0..<5).map { try tenant(name($0), namespace: space, version: $0 + 1, uid: "\(space)-\($0)") }
                }
                try await pool.execute("delete from tenants")
                try await project(objects, pool)
                try await pool.execute("insert into tenants (namespace, name) values ('a', 'zz'), ('empty', 'one'), ('empty', 'two')")
                try await pool.execute("delete from tenants where namespace = 'a-b' and name = 't10004'")
                let report = try await DriftDetector(pool: pool, source: PagedList(objects, size: 4).source).detect(.tenant)
                #expect(report.summary == .init(sourceCount: 15, projectionCount: 17, driftCount: 4))
                let found = Set(report.mismatches.map { "\($0.namespace)/\($0.name) \($0.issue.rawValue)" })
                #expect(
                    found == [
                        "a/zz missing-source", "empty/one missing-source", "empty/two missing-source", "a-b/t10004 missing-projection",
                    ]
                )
            }
        }
    }

    @Test func aListThatExpiresGoesOnWhereItWas() async throws {
        try await withProjectionPool { pool in
            let objects = try (0..<30).map { try tenant(name($0), version: $0 + 1) }
            try await project(objects, pool)
            try await pool.execute("update tenants set team = 'other' where name in ('t10002', 't10020')")
            let list = PagedList(objects, size: 5, expired: [2, 6])
            let report = try await DriftDetector(pool: pool, source: list.source).detect(.tenant, namespace: "crane")
            #expect(report.summary == .init(sourceCount: 30, projectionCount: 30, driftCount: 2))
            #expect(report.mismatches.map(\.name) == ["t10002", "t10020"])
            #expect(list.pages > 8)
            let forever = PagedList(objects, size: 5, expired: Set(1..<100))
            await #expect(throws: SourceExpired.self) {
                try await DriftDetector(pool: pool, source: forever.source).detect(.tenant, namespace: "crane")
            }
        }
    }

    @Test func aListInNoOrderIsRefused() async throws {
        try await withProjectionPool { pool in
            let objects = try ["b", "a"].map { try tenant($0, version: 1) }
            await #expect(throws: ProjectionError.self) {
                try await DriftDetector(pool: pool, source: PagedList(objects, size: 5).source).detect(.tenant, namespace: "crane")
            }
        }
    }

    @Test func whatChangesBetweenPagesIsNoDrift() async throws {
        try await withProjectionPool { pool in
            let objects = try (0..<30).map { try tenant(name($0), version: $0 + 1) }
            try await project(objects, pool)
            // Before the third page one object of every page is changed, one deleted and one made, and their rows follow.
            let list = PagedList(objects, size: 10) { number in
                guard number == 2 else { return }
                let later = try [5, 15, 25].map { try tenant(self.name($0), version: 2000 + $0, team: "later") }
                let made = try [3, 13, 23].map { try tenant("\(self.name($0))-new", version: 2100 + $0) }
                let gone: [ProjectionChange] = try [7, 17, 27].map { number in
                    .delete(
                        kind: .tenant,
                        key: try tenant(self.name(number), version: 1).key,
                        uid: "uid-\(self.name(number))",
                        resourceVersion: String(2200 + number)
                    )
                }
                _ = try await pool.pipeline(RowStatements.write((later + made).map { .upsert($0) } + gone, now: testTime))
            }
            let report = try await DriftDetector(pool: pool, source: list.source).detect(.tenant, namespace: "crane")
            #expect(report.summary.driftCount == 0 && report.mismatches == [])
        }
    }

    @Test func aRowThatIsOnItsWayIsLookedAtOnceMore() async throws {
        try await withProjectionPool { pool in
            let objects = try (0..<20).map { try tenant(name($0), version: $0 + 1, team: "new") }
            // The rows of these are behind: one is missing, one shows the version before.
            try await project(objects.filter { ![name(4), name(12)].contains($0.key.name) }, pool)
            try await project([try tenant(name(12), version: 1, team: "old")], pool)
            try await pool.execute("update tenants set team = 'tampered' where name = \(name(15))")
            let waits = NIOLockedValueBox(0)
            let patience = DriftScan.Patience(pause: .seconds(3), times: 3) { pause in
                #expect(pause == .seconds(3))
                let count = waits.withLockedValue { count in
                    count += 1
                    return count
                }
                // The projector comes along during the first wait.
                guard count == 1 else { return }
                _ = try await pool.pipeline(
                    RowStatements.write([objects[4], objects[12]].map { .upsert($0) }, now: testTime)
                )
            }
            let scan = DriftScan(pool: pool, source: PagedList(objects, size: 10).source, patience: patience)
            let report = try await DriftDetector(scan).detect(.tenant, namespace: "crane")
            #expect(report.mismatches.map(\.name) == [name(15)])
            // What shows the version of its object is tampered with, not late: nobody waits for it.
            #expect(waits.withLockedValue { $0 } == 1)
        }
    }

    @Test func aDriftThatStaysIsWaitedForOnlySoOften() async throws {
        try await withProjectionPool { pool in
            let objects = try (0..<50).map { try tenant(name($0), version: $0 + 1) }
            let waits = NIOLockedValueBox(0)
            let patience = DriftScan.Patience(pause: .zero, times: 3) { _ in waits.withLockedValue { $0 += 1 } }
            let scan = DriftScan(pool: pool, source: PagedList(objects, size: 5).source, patience: patience)
            let report = try await DriftDetector(scan).detect(.tenant, namespace: "crane")
            #expect(report.summary.driftCount == 50 && waits.withLockedValue { $0 } == 3)
        }
    }
}

@Suite struct SweepScaleTests {
    /// A list of very many objects is gone through once, instead of for every row.
    @Test func theListOfASweepIsReadOnce() async throws {
        try await withProjectionPool { pool in
            let count = 100_000
            try await pool.execute(
                "insert into tenants (namespace, name) select 'crane', 't' || n from generate_series(1, \(count)) as n",
                timeout: .seconds(120)
            )
            try await pool.execute("analyze tenants", timeout: .seconds(120))
            let keys = (11...count).map { ObjectKey(namespace: "crane", name: "t\($0)") }
            let sweep = RowStatements.sweep(
                .init(kind: .tenant, namespace: "crane", keys: keys, resourceVersion: "9"),
                cluster: "one"
            )
            let plan = try await pool.query("explain \(sweep)", timeout: .seconds(120)).map { try $0.decode(0, as: String.self) }
                .joined(separator: "\n")
            #expect(!plan.contains("SubPlan") && plan.contains(/(Hash|Merge) (Left|Right) Join/), "\(plan)")
            let removed = try await pool.execute(sweep, timeout: .seconds(120))
            #expect(removed == 10)
        }
    }
}

@Suite struct ScanRangesTests {
    private func objects(_ keys: [(String, String)]) throws -> [ProjectedObject] {
        try keys.map { try tenant($0.1, namespace: $0.0, version: 1) }
    }

    @Test func everyRowBelongsToOneRange() throws {
        var ranges = ScanRanges(namespace: nil)
        let first = try ranges.take(try objects([("a", "1"), ("a", "2")]), isLast: false)
        #expect(first.ranges == [.init(namespace: "a", after: "", through: "2")])
        let second = try ranges.take(try objects([("a", "3"), ("b", "1"), ("c", "1")]), isLast: false)
        #expect(
            second.ranges == [
                .init(namespace: "a", after: "2", through: nil), .init(namespace: "b", after: "", through: nil),
                .init(namespace: "c", after: "", through: "1"),
            ]
        )
        #expect(try ranges.take([], isLast: true).ranges == [.init(namespace: "c", after: "1", through: nil)])
        #expect(ranges.seen == ["a", "b", "c"])
    }

    @Test func anEmptyListIsComparedWithAllRowsOfItsNamespace() throws {
        var one = ScanRanges(namespace: "a")
        #expect(try one.take([], isLast: true).ranges == [.init(namespace: "a", after: "", through: nil)])
        var all = ScanRanges(namespace: nil)
        #expect(try all.take([], isLast: true).ranges == [])
    }

    @Test func aListThatBeginsAnewLeavesOutWhatWasCompared() throws {
        var ranges = ScanRanges(namespace: "a")
        _ = try ranges.take(try objects([("a", "1"), ("a", "2")]), isLast: false)
        ranges.resume()
        let again = try ranges.take(try objects([("a", "0"), ("a", "1"), ("a", "2")]), isLast: false)
        #expect(again.objects == [] && again.ranges == [])
        let rest = try ranges.take(try objects([("a", "3")]), isLast: true)
        #expect(rest.objects.map(\.key.name) == ["3"] && rest.ranges == [.init(namespace: "a", after: "2", through: nil)])
    }
}
