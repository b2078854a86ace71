import Foundation
import Logging
import NIOConcurrencyHelpers
import Observability
import Testing

@Suite struct JSONLogHandlerTests {
    private func capture(_ body: (inout Logger) -> Void) -> [String] {
        let lines = NIOLockedValueBox<[String]>([])
        var logger = Logger(label: "test") { label in
            JSONLogHandler(
                label: label,
                output: LogOutput { line in lines.withLockedValue { $0.append(String(decoding: line, as: UTF8.self)) } },
                now: { Date(timeIntervalSince1970: 0) }
            )
        }
        body(&logger)
        return lines.withLockedValue { $0 }
    }

    @Test func oneLineOfJSON() {
        let lines = capture { logger in
            logger[metadataKey: "controller"] = "tenant"
            logger.info(
                "Applied \"x\"\nnext",
                metadata: ["count": .stringConvertible(3), "deep": ["a": ["b", .stringConvertible(true)]]]
            )
        }
        #expect(
            lines == [
                #"{"time":"1970-01-01T00:00:00.000Z","level":"info","label":"test","message":"Applied \"x\"\nnext","controller":"tenant","count":3,"deep":{"a":["b",true]}}"#
                    + "\n"
            ]
        )
    }

    @Test func levelsBelowAreNotWritten() {
        let lines = capture { $0.debug("hidden") }
        #expect(lines.isEmpty)
    }

    @Test func credentialsAreRedacted() {
        let secret = Secret("s3cr3t")
        let lines = capture { logger in
            logger.info(
                "Called \(secret)",
                metadata: [
                    "access_token": "s3cr3t", "Authorization": "Bearer s3cr3t", "nested": ["apiKey": "s3cr3t"], "plain": "\(secret)",
                    "token_id": "visible", "value": .stringConvertible(secret),
                ]
            )
        }
        #expect(lines.count == 1)
        #expect(!lines[0].contains("s3cr3t"))
        #expect(lines[0].contains(#""token_id":"visible""#))
        #expect(lines[0].contains(#""nested":{"apiKey":"<redacted>"}"#))
    }

    @Test func reservedKeysCannotBeForged() {
        let lines = capture { $0.info("real", metadata: ["message": "forged", "level": "error"]) }
        #expect(lines[0].contains(#""message":"real""#))
        #expect(lines[0].contains(#""metadata.message":"forged""#))
    }

    @Test func controlCharactersAreEscaped() {
        let lines = capture { $0.info("a\u{1}b\u{1b}[31m") }
        #expect(lines[0].contains(#"a\u0001b\u001b[31m"#))
    }
}

@Suite struct SecretTests {
    @Test func neverPrintsItsValue() {
        struct Holder { let token = Secret("s3cr3t") }
        var dumped = ""
        dump(Holder(), to: &dumped)
        for text in ["\(Secret("s3cr3t"))", String(reflecting: Secret("s3cr3t")), "\(Holder())", dumped] {
            #expect(!text.contains("s3cr3t"))
        }
        #expect(Secret("s3cr3t").reveal() == "s3cr3t")
    }

    @Test func comparesAndDecodes() throws {
        #expect(Secret("a") == Secret("a"))
        #expect(Secret("a") != Secret("b"))
        let decoded = try JSONDecoder().decode([Secret<String>].self, from: Data(#"["x"]"#.utf8))
        #expect(decoded.first?.reveal() == "x")
    }
}
