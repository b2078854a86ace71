import Foundation
import JSONValue
import OCCore
import Testing

@Suite struct FailureTests {
    @Test(arguments: [
        (400, 1), (401, 4), (403, 4), (404, 3), (409, 5), (412, 5), (422, 1), (429, 1), (500, 1), (503, 1),
    ])
    func exitCodesFollowTheStatus(status: Int, exit: Int32) async {
        let outcome = await Harness(answers: ["GET /api/v1/tenants/mia": [.json(status, ["error": "No", "code": "X"])]]).run(
            "tenants",
            "get",
            "mia"
        )
        #expect(outcome.exit == exit && outcome.output == "")
        #expect(outcome.errors.hasPrefix("Error: No (X)\n"))
    }

    @Test func errorsNameCodeRequestAndFields() async {
        let answer: JSON = [
            "error": "The request is invalid", "code": "VALIDATION_ERROR", "fields": [["field": "email", "message": "should match"]],
        ]
        let outcome = await Harness(answers: [
            "POST /api/v1/tenants": [.json(422, answer, headers: ["x-request-id": "r-1", "retry-after": "3"])]
        ])
        .run("tenants", "create", "mia")
        #expect(
            outcome.errors
                == "Error: The request is invalid (VALIDATION_ERROR) request-id r-1\n  email: should match\n  Try again in 3 s.\n"
        )
    }

    @Test func answersThatAreNoErrorsOfOursStillSaySomething() async {
        let html = RESTResponse(status: 502, body: Array("<html>".utf8))
        let outcome = await Harness(answers: ["GET /api/v1/tenants": [html]]).run("tenants", "list")
        #expect(outcome.exit == 1 && outcome.errors == "Error: The server answered with HTTP status 502 (HTTP_502)\n")
        let page = await Harness(answers: ["GET /api/v1/tenants": [RESTResponse(status: 200, body: Array("<html>".utf8))]]).run(
            "tenants",
            "list"
        )
        #expect(page.exit == 1 && page.errors.contains("BAD_ANSWER"))
    }

    @Test(arguments: [["tenants", "frobnicate"], ["tenants", "list", "-o", "xml"], ["tenants", "delete"], ["nothing"]])
    func wrongUsageExitsWithTwo(arguments: [String]) async {
        let outcome =
            await arguments.count == 1
            ? Harness().run(arguments[0])
            : arguments.count == 2
                ? Harness().run(arguments[0], arguments[1]) : Harness().run(arguments[0], arguments[1], arguments[2], arguments.last ?? "")
        #expect(
            outcome.exit == 2
                && (outcome.errors.contains("Usage:") || outcome.errors.contains("For instance: ")
                    || outcome.errors.contains("UNKNOWN_VERB"))
                && outcome.output == ""
        )
    }

    @Test func helpGoesToStandardOutput() async {
        let outcome = await Harness().run("tenants", "create", "--help")
        #expect(outcome.exit == 0 && outcome.output.contains("--display-name") && outcome.errors == "")
    }

    @Test func aServerThatDoesNotAnswerIsUnreachable() async {
        var harness = Harness()
        harness.environment["OPENCRANE_URL"] = "http://127.0.0.1:9"
        #expect(await harness.run("tenants", "list").exit == 6)
    }

    @Test(arguments: ["ftp://x", "crane.test", "https://u:p@crane.test", "https://crane.test?x=1", ""])
    func addressesAreChecked(text: String) {
        #expect { try ServerAddress(text) } throws: { ($0 as? OCError)?.exit == .usage }
    }

    @Test func addressesGetThePathOfTheAPI() throws {
        #expect(try ServerAddress("https://crane.test/").base == "https://crane.test/api/v1")
        #expect(try ServerAddress("http://127.0.0.1:8080/api/v1/").base == "http://127.0.0.1:8080/api/v1")
        #expect(try ServerAddress("http://crane.test").isExposed && !ServerAddress("http://localhost:1").isExposed)
    }
}
