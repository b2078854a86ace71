import Foundation
import JSONValue
import LocalPostgres
import Postgres
import Testing

@Suite struct ValueTests {
    @Test func everyTypeMakesTheRoundTrip() async throws {
        try await withTestPool { pool in
            let json: JSON = ["a": [1, 2.5, .null, "ü\u{1F600}\"\\"], "b": ["c": true]]
            let id = UUID()
            let date = Date(timeIntervalSince1970: 1_767_225_600.123456)
            let row = try #require(
                try await pool.first(
                    """
                    select \("text ü")::text as s, \(Int.max) as i, \(Int64.min) as i64, \(Int32(-7)) as i32, \(1.5e300) as d,
                        \(true) as b,
                        \(id) as u, \(date) as t, \(json) as j, \(PostgresBytes([0, 1, 255])) as bytes,
                        \(["x", nil, "NULL", "{,}", ""]) as texts, \([1, -2]) as ints, \([json, .null]) as jsons, \([Int]()) as none,
                        \(String?.none)::text as null, \([date]) as dates, \([id]) as ids
                    """
                )
            )
            #expect(try row.decode("s", as: String.self) == "text ü")
            #expect(try row.decode("i", as: Int.self) == .max)
            #expect(try row.decode("i64", as: Int64.self) == .min)
            #expect(try row.decode("i32", as: Int32.self) == -7)
            #expect(try row.decode("d", as: Double.self) == 1.5e300)
            #expect(try row.decode("b", as: Bool.self))
            #expect(try row.decode("u", as: UUID.self) == id)
            #expect(try row.decode("u", as: String.self) == id.uuidString.lowercased())
            #expect(abs(try row.decode("t", as: Date.self).timeIntervalSince(date)) < 0.000_001)
            #expect(try row.decode("j", as: JSON.self) == json)
            #expect(try row.decode("bytes", as: PostgresBytes.self).bytes == [0, 1, 255])
            #expect(try row.decode("texts", as: [String?].self) == ["x", nil, "NULL", "{,}", ""])
            #expect(try row.decode("ints", as: [Int].self) == [1, -2])
            #expect(try row.decode("jsons", as: [JSON].self) == [json, .null])
            #expect(try row.decode("none", as: [Int].self) == [])
            #expect(try row.decode("null", as: String?.self) == nil)
            #expect(row.isNull("null") && !row.isNull("s"))
            #expect(try row.decode("dates", as: [Date].self).count == 1)
            #expect(try row.decode("ids", as: [UUID].self) == [id])
            let (text, number) = try row.decode((String, Int?).self)
            #expect(text == "text ü" && number == .max)
        }
    }

    @Test func datesOfAllErasAndZonesAreRead() async throws {
        try await withTestPool { pool in
            for text in [
                "2024-02-29 23:59:59.999999+00", "1969-12-31 23:59:59.5-05", "0001-01-01 00:00:00+00", "4713-01-01 00:00:00+00 BC",
                "2000-03-01 12:00:00+05:30",
            ] {
                let row = try #require(
                    try await pool.first("select \(text)::timestamptz as t, extract(epoch from \(text)::timestamptz)::float8 as seconds")
                )
                let date = try row.decode("t", as: Date.self)
                let seconds = try row.decode("seconds", as: Double.self)
                #expect(abs(date.timeIntervalSince1970 - seconds) < 0.000_01, "\(text)")
                let back = try #require(try await pool.first("select \(date) = \(text)::timestamptz"))
                #expect(try back.decode(0, as: Bool.self), "\(text)")
            }
            let day = try #require(try await pool.first("select date '2026-01-31'"))
            #expect(try day.decode(0, as: Date.self) == Date(timeIntervalSince1970: 1_769_817_600))
            let endless = try #require(try await pool.first("select 'infinity'::timestamptz"))
            #expect(throws: PostgresError.self) { try endless.decode(0, as: Date.self) }
        }
    }

    @Test func wrongTypesAndColumnsAreNamed() async throws {
        try await withTestPool { pool in
            let row = try #require(try await pool.first("select 'x' as a, null as b"))
            let wrong = #expect(throws: PostgresError.self) { try row.decode("a", as: Int.self) }
            #expect(wrong?.code == .decodingFailed)
            let null = #expect(throws: PostgresError.self) { try row.decode("b", as: String.self) }
            #expect(null?.message.contains("'b'") == true && null?.message.contains("NULL") == true)
            let missing = #expect(throws: PostgresError.self) { try row.decode("c", as: String.self) }
            #expect(missing?.code == .unknownColumn)
            let nul = await #expect(throws: PostgresError.self) { try await pool.query("select \("a\0b")::text") }
            #expect(nul?.code == .encodingFailed)
        }
    }

    @Test(arguments: [1e300, -1e300, Double.nan, Double(Int64.max), Double(Int64.min)])
    func aDateOutOfRangeIsRefusedByPostgres(_ seconds: Double) async throws {
        try await withTestPool { pool in
            let error = await #expect(throws: PostgresError.self) {
                try await pool.query("select \(Date(timeIntervalSince1970: seconds))::timestamptz")
            }
            #expect(error?.sqlState?.hasPrefix("22") == true)
        }
    }

    @Test func infiniteDatesAreSent() async throws {
        try await withTestPool { pool in
            let later = try await pool.first("select \(Date(timeIntervalSince1970: .infinity))::timestamptz > now()")
            #expect(try later?.decode(0, as: Bool.self) == true)
        }
    }
}
