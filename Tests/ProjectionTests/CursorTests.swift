import Foundation
import Testing

@testable import Projection

@Suite struct CursorTests {
    /// A cursor as a caller could make one up.
    private func forged(_ json: String) -> String {
        Data(json.utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    @Test(arguments: [
        #"{"l":"tenants","t":9223372036854775807,"r":["a","b"]}"#,
        #"{"l":"tenants","t":-9223372036854775808,"r":["a","b"]}"#,
        #"{"l":"tenants","t":253402300800000000,"r":["a","b"]}"#,
        #"{"l":"tenants","t":-62135596800000001,"r":["a","b"]}"#,
        #"{"l":"tenants","t":0,"r":["a\u0000","b"]}"#,
        #"{"l":"tenants","t":0,"r":["a",1,"b"]}"#,
    ])
    func whatNoListingGaveOutIsRefused(_ json: String) {
        let error = #expect(throws: ProjectionError.self) { try Cursor(forged(json), listing: "tenants", parts: 2) }
        #expect(error?.code == .invalidCursor)
    }

    @Test(arguments: [-62_135_596_800_000_000, 0, 1_767_225_600_123_456, 253_402_300_799_999_999])
    func theYearsFrom1To9999AreRead(_ microseconds: Int64) throws {
        let json = #"{"l":"tenants","t":\#(microseconds),"r":["a","b"]}"#
        #expect(try Cursor(forged(json), listing: "tenants", parts: 2).microseconds == microseconds)
    }

    @Test func aDateThatNoIntegerHoldsMakesACursorNonetheless() {
        for seconds in [Double.infinity, -.infinity, .nan, 1e300] {
            let cursor = Cursor(listing: "tenants", date: Date(timeIntervalSince1970: seconds), rest: ["a", "b"])
            #expect(throws: Never.self) { try Cursor(cursor.text, listing: "tenants", parts: 2) }
        }
    }
}
