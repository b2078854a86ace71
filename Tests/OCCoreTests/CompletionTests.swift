import JSONValue
import Testing

@testable import OCCore

/// What a shell offers for the word at the cursor.
@Suite struct CompletionTests {
    private let harness = Harness(answers: [
        "GET /api/v1/tenants?limit=500": [.json(200, [Answers.mia, Answers.leo, ["name": "a b"], ["name": "x\u{1B}y"]])],
        "GET /api/v1/mcp-servers?limit=500": [.json(200, [["name": "jira"], ["name": "git"]])],
    ])

    /// What is offered for the last of some words.
    private func offers(_ words: String...) async -> Outcome {
        await harness.run(
            ["---completion", words[0], "--", "positional@0", String(words.count), String((words.last ?? "").count), "oc"] + words
        )
    }

    private func lines(_ outcome: Outcome) -> [String] { outcome.output.split(separator: "\n").map(String.init) }

    @Test func typesThatHaveTheVerbAreOffered() async {
        #expect(lines(await offers("get", "ten")) == ["tenants", "tenant"])
        let suspendable = lines(await offers("suspend", ""))
        #expect(suspendable.contains("tenant") && !suspendable.contains("policy"))
        let explained = lines(await offers("explain", ""))
        #expect(explained.count > 40 && explained.contains("policies"))
        #expect(await offers("get", "").requests.isEmpty)
    }

    @Test func namesComeFromTheServer() async {
        #expect(lines(await offers("get", "tenant", "")) == ["mia", "leo"])
        #expect(lines(await offers("describe", "tenant", "m")) == ["mia"])
        #expect(lines(await offers("delete", "tenants", "mia", "")) == ["leo"])
        #expect(lines(await offers("wait", "tenant/l")) == ["tenant/leo"])
        #expect(lines(await offers("get", "-o", "wide", "tenant", "")) == ["mia", "leo"])
    }

    @Test func aServerThatDoesNotAnswerOffersNothing() async {
        let outcome = await offers("get", "policy", "")
        #expect(outcome.exit == 0 && lines(outcome).isEmpty && outcome.errors == "")
    }

    @Test(arguments: ["bash", "zsh", "fish"]) func theScriptsAskForWords(_ shell: String) async {
        let script = await harness.run("completion", shell).output
        #expect(script.contains("---completion") && script.contains("wide") && script.contains("condition="))
    }
}
