import JSONValue
import KubernetesModel
import Testing

@testable import OCCore

/// What a terminal shows: how wide it is, and what must not reach it.
@Suite struct DisplayTests {
    @Test(arguments: [
        ("mia", 3), ("東京", 4), ("ｍｉａ", 6), ("한국", 4), ("e\u{301}", 1), ("e\u{301}a", 2), ("🚀", 2), ("👩‍🚀", 2), ("❤️", 2), ("a\u{200D}b", 2),
        ("Ünï", 3), ("", 0), ("日本x", 5), ("\u{1112}\u{1161}\u{11AB}", 2),
    ]) func cellsAreCounted(_ text: String, _ cells: Int) {
        #expect(DisplayText.width(text) == cells)
    }

    @Test func textsAreCutByCells() {
        #expect(DisplayText.cut("mia", to: 3) == "mia" && DisplayText.cut("mia", to: 2) == "m…" && DisplayText.cut("mia", to: 0) == "")
        #expect(DisplayText.cut("東京都", to: 5) == "東京…" && DisplayText.cut("東京都", to: 4) == "東…" && DisplayText.cut("東京都", to: 6) == "東京都")
    }

    @Test func nothingMovesTheCursorOrTurnsTheText() {
        #expect(DisplayText.line("a\u{1B}[2Jb\nc\td\u{9B}e\u{2028}f") == "a [2Jb c d e f")
        #expect(DisplayText.line("a\u{202E}b\u{2066}c\u{FEFF}d") == "a\u{FFFD}b\u{FFFD}c\u{FFFD}d")
        #expect(DisplayText.lines("a\n\tb\u{1B}\rc") == "a\n\tb  c" && DisplayText.line("👩‍🚀 می‌خواهم") == "👩‍🚀 می‌خواهم")
    }

    @Test func wideLettersKeepColumnsInLine() {
        let table = Table(columns: [Column("NAME", "name"), Column("TEAM", "team")])
        let text = table.text([["name": "東京", "team": "a"], ["name": "mia-ops", "team": "b\u{202E}c"]], now: .init(microseconds: 0))
        #expect(text == "NAME      TEAM\n東京      a\nmia-ops   b\u{FFFD}c\n")
    }

    private var evil: JSON {
        var object = Answers.mia
        object["domains"] = ["a\u{1B}[2J", "b"]
        object["displayName"] = "M\u{202E}ia"
        object["nested"] = ["text": "x\u{1B}[31my\u{202E}z"]
        return object
    }

    @Test func describedObjectsAndErrorsAndFindingsAreHarmless() async {
        let status: JSON = [
            "phase": "Failed\u{1B}[2J", "ready": false, "message": "bad\u{1B}[2J", "advice": "do\u{1B}[A it",
            "retry": ["says": "soon\u{1B}[A"], "cause": ["reason": "Why\u{9B}"],
        ]
        let harness = Harness(answers: [
            "GET /api/v1/tenants/mia": [.json(200, evil)], "GET /api/v1/tenants/mia/status": [.json(200, status)],
            "GET /api/v1/tenants/mia/events?limit=20": [.json(200, [])],
            "GET /api/v1/tenants/leo": [
                .json(400, ["error": "no\u{1B}[2J\u{202E}", "code": "BAD", "fields": [["field": "x", "message": "\u{9B}2J"]]])
            ],
        ])
        let described = await harness.run("describe", "tenant", "mia")
        let examined = await harness.run("doctor", "tenant", "mia")
        let refused = await harness.run("get", "tenant", "leo")
        let waited = await harness.run("wait", "tenant", "mia", "--timeout", "1")
        let shown = await harness.run("status", "tenant", "mia")
        for text in [described.output, examined.output, refused.errors, waited.errors, shown.output] {
            #expect(!text.isEmpty && !text.unicodeScalars.contains { ["\u{1B}", "\u{9B}", "\u{202E}"].contains($0) }, "\(text)")
        }
        #expect(described.output.contains("Display Name:        M\u{FFFD}ia\n") && described.output.contains("a [2J, b\n"))
        #expect(refused.errors.hasPrefix("Error: no [2J\u{FFFD} (BAD)\n"))
    }

    // MARK: progress

    @Test func progressFitsTheTerminal() async {
        let long = String(repeating: "東京 is far. ", count: 20)
        let steps: [JSON] = (1...40).map {
            ["name": .string("step_\($0)"), "status": "running", "startedAt": "2025-12-31T23:59:50Z", "message": .string(long)]
        }
        let pending: JSON = ["phase": "Provisioning", "ready": false, "message": .string(long), "steps": .array(steps)]
        var harness = Harness(answers: [
            "GET /api/v1/tenants/mia/status": [.json(200, pending), .json(200, pending), .json(200, ["phase": "Running", "ready": true])]
        ])
        harness.isTerminal = true
        for (columns, most) in [(40, 39), (120, 119), (nil, 79)] as [(Int?, Int)] {
            harness.columns = columns
            let outcome = await harness.run("wait", "tenant", "mia")
            let pictures = outcome.errors.split(separator: "\u{1B}[J", omittingEmptySubsequences: false)
            // Two pictures that are drawn over; none is higher than the terminal.
            #expect(pictures.count == 3 && pictures[2].isEmpty)
            #expect(outcome.errors.contains("\u{1B}[23A\u{1B}[J"))
            let lines = pictures[0].split(separator: "\n").dropLast()
            #expect(lines.count == 23 && lines.allSatisfy { DisplayText.width(String($0)) <= most && $0.hasSuffix("…") })
            #expect(lines.contains { DisplayText.width(String($0)) >= most - 1 })
        }
        harness.environment["TERM"] = "dumb"
        #expect(await !harness.run("wait", "tenant", "mia").errors.contains("\u{1B}"))
    }

    // MARK: documents and statuses

    @Test func whatHasNoColumnsIsWatchedAsADocument() async {
        let type = Catalogue.lookUp("server-metrics")
        #expect(type?.columns.isEmpty == true)
        let path = "GET /api/v1\(type?.get?.path ?? type?.list?.path ?? "")"
        let harness = Harness(answers: [path: [.json(200, ["requests": 3]), .json(200, ["requests": 4]), .json(401, ["error": "no"])]])
        for format in ["table", "wide"] {
            #expect(await harness.run("get", "server-metrics", "-w", "-o", format).output == "requests: 3\nrequests: 4\n")
        }
    }

    @Test func aStatusShowsConditionsAsATable() async {
        let status: JSON = [
            "kind": "Tenant", "name": "mia", "phase": "Running", "ready": true, "cause": ["reason": "x"],
            "conditions": [
                ["type": "Ready", "status": "True", "reason": "Up", "message": "all", "lastTransitionTime": "2025-12-31T23:58:00Z"]
            ],
            "steps": [["name": "vm", "status": "succeeded"]], "retry": ["kind": "poll", "says": "It looks again."], "advice": "Wait.",
        ]
        let harness = Harness(answers: ["GET /api/v1/tenants/mia/status": [.json(200, status)]])
        #expect(
            await harness.run("status", "tenant", "mia").output == """
                phase   Running
                kind    Tenant
                name    mia
                ready   true
                Conditions:
                  TYPE    STATUS   REASON   SINCE   MESSAGE
                  Ready   True     Up       2m      all
                Steps:
                  STEP   STATUS      ATTEMPT   TOOK   MESSAGE
                  vm     succeeded                    \("")
                Next:  It looks again.
                Do:    Wait.

                """
        )
        #expect(await harness.run("status", "tenant", "mia", "-o", "json").output.contains("\"retry\""))
    }
}
