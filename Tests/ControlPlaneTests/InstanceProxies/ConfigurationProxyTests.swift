import Foundation
import JSONValue
import NIOHTTP1
import OpenClawGateway
import Postgres
import Testing

@testable import ControlPlane

@Suite struct ConfigurationProxyTests {
    private static let settings: JSON = [
        "model_policy": ["primary": "prov/big", "fallbacks": ["prov/small", "prov/tiny"]],
        "platform": [
            "skills": ["weather"], "channels": ["discord": ["accounts": ["lead": ["token": "very-secret"]]]], "integrations": ["notion"],
        ],
    ]

    private func file(_ proxy: ProxyStage) throws -> JSON {
        try JSON(parsing: Data(contentsOf: proxy.directory.appending(path: "openclaw.json")))
    }

    @Test func aConfigurationIsReadChangedAndReadBack() async throws {
        try await withProxyStage { proxy in
            try await proxy.withGateway { _ in
                let first = try await proxy.send(.GET, "/config")
                #expect(first.status == 200 && first.body.objectValue != nil)
                let changed = try await proxy.send(
                    .POST,
                    "/config",
                    ["agents": ["defaults": ["timeFormat": "24"]], "channels": ["discord": ["token": "very-secret"]]]
                )
                #expect(changed.status == 200, "\(changed.body.text())")
                #expect(changed.body[at: ["agents", "defaults", "timeFormat"]] == "24")
                #expect(!changed.body.text().contains("very-secret"))
                let tag = try #require(changed.headers.first(name: "ETag"))
                let second = try await proxy.send(.GET, "/config")
                #expect(second.body == changed.body && second.headers.first(name: "ETag") == tag)
                #expect(try file(proxy)[at: ["channels", "discord", "token"]] == "very-secret")

                // Nothing to change is no change.
                let same = try await proxy.send(.POST, "/config", ["agents": ["defaults": ["timeFormat": "24"]]])
                #expect(same.headers.first(name: "ETag") == tag)
                let removed = try await proxy.send(
                    .POST,
                    "/config",
                    ["agents": ["defaults": ["timeFormat": .null]]],
                    headers: [("If-Match", tag)]
                )
                #expect(removed.status == 200 && removed.body[at: ["agents", "defaults", "timeFormat"]] == nil)
                let stale = try await proxy.send(.POST, "/config", ["ui": ["a": 1]], headers: [("If-Match", tag)])
                #expect(stale.status == 412, "\(stale.body.text())")
                #expect(try file(proxy)["ui"] == nil)
            }
        }
    }

    @Test func changesAtOnceAreAllMade() async throws {
        try await withProxyStage { proxy in
            try await proxy.withGateway { _ in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<6 {
                        group.addTask {
                            let answer = try await proxy.send(.POST, "/config", ["skills": ["entries": ["s\(number)": ["enabled": true]]]])
                            #expect(answer.status == 200, "\(answer.body.text())")
                        }
                    }
                    try await group.waitForAll()
                }
                #expect(try file(proxy)[at: ["skills", "entries"]]?.objectValue?.count == 6)
            }
        }
    }

    @Test func aGatewayThatRestartsInTheMiddleHasTheChangeOnce() async throws {
        try await withProxyStage(settings: Self.settings) { proxy in
            try await proxy.withGateway(restartsOnChange: true) { _ in
                let patch: JSON = ["ui": ["a": 1], "channels": ["slack": ["token": "very-secret"]], "agents": ["list": [["id": "qa"]]]]
                let answer = try await proxy.send(.POST, "/config", patch)
                #expect(answer.status == 200, "\(answer.body.text())")
                let (config, tag) = (try file(proxy), try #require(answer.headers.first(name: "ETag")))
                #expect(config[at: ["channels", "slack", "token"]] == "very-secret")
                let demanded = try await proxy.send(.POST, "/config", ["ui": ["a": 2]], headers: [("If-Match", tag)])
                #expect(demanded.status == 200 && demanded.body[at: ["ui", "a"]] == 2, "\(demanded.body.text())")
                let applied = try await proxy.send(.POST, "/updates/apply", [:])
                #expect(applied.body["status"] == "applied", "\(applied.body.text())")
                #expect(try await proxy.send(.POST, "/updates/apply", [:]).body["status"] == "nothing_to_apply")
            }
        }
    }

    @Test func badChangesAreRefused() async throws {
        try await withProxyStage { proxy in
            try await proxy.withGateway { _ in
                let before = try await proxy.send(.GET, "/config").body
                let invalid = try await proxy.send(.POST, "/config", ["nonsense": 1])
                #expect(
                    invalid.status == 400 && invalid.body["detail"]?.stringValue?.hasPrefix("invalid config") == true,
                    "\(invalid.body.text())"
                )
                for text in ["[]", "1", "null", "\"x\""] {
                    #expect(try await proxy.send(.POST, "/config", text: text).status == 422, "\(text)")
                }
                let large: JSON = ["ui": ["x": .string(String(repeating: "x", count: 262_144))]]
                #expect(try await proxy.send(.POST, "/config", large).status == 413)
                #expect(try await proxy.send(.GET, "/config").body == before)
            }
            let gone = try await proxy.send(.GET, "/config")
            #expect(gone.status == 502, "\(gone.body.text())")
            try await proxy.point(to: 1, phase: "Suspended")
            #expect(try await proxy.send(.GET, "/config").status == 409)
            #expect(try await proxy.send(.POST, "/config", [:]).status == 409)
            #expect(try await proxy.send(.POST, "/updates/apply", [:]).status == 409)
        }
    }

    @Test func storedSettingsAreAppliedOnce() async throws {
        try await withProxyStage(settings: Self.settings) { proxy in
            try await proxy.withGateway { _ in
                let first = try await proxy.send(.POST, "/updates/apply", [:])
                #expect(first.status == 200 && first.body["status"] == "applied", "\(first.body.text())")
                let config = try file(proxy)
                #expect(config[at: ["agents", "defaults", "model", "primary"]] == "prov/big")
                #expect(config[at: ["skills", "entries", "weather", "enabled"]] == true)
                #expect(config[at: ["plugins", "entries", "notion", "enabled"]] == true)
                #expect(config[at: ["channels", "discord", "accounts", "lead", "token"]] == "very-secret")
                #expect(try await proxy.send(.POST, "/updates/apply", [:]).body["status"] == "nothing_to_apply")
                #expect(try await proxy.send(.POST, "/updates/apply", ["force": true]).body["status"] == "applied")
                // This gateway cannot be restarted from here, and that is said.
                let restart = try await proxy.send(.POST, "/updates/apply", ["restart": true])
                #expect(restart.body["status"] == "nothing_to_apply")
                #expect(restart.body["message"]?.stringValue?.contains("not restarted") == true)
                #expect(try await proxy.send(.POST, "/updates/apply", ["restart": 1]).status == 422)

                // A secret that changed cannot be seen, and is written all the same; a list may become shorter.
                var settings = Self.settings
                settings[at: ["platform", "channels", "discord", "accounts", "lead", "token"]] = "other-secret"
                settings[at: ["model_policy", "fallbacks"]] = ["prov/tiny"]
                try await proxy.set("agent_config = \(settings)")
                #expect(try await proxy.send(.POST, "/updates/apply", [:]).body["status"] == "applied")
                #expect(try file(proxy)[at: ["channels", "discord", "accounts", "lead", "token"]] == "other-secret")
                #expect(try file(proxy)[at: ["agents", "defaults", "model", "fallbacks"]] == ["prov/tiny"])
            }
        }
    }

    @Test func whatIsTakenOutOfTheSettingsIsTakenFromTheMachine() async throws {
        try await withProxyStage { proxy in
            try await proxy.withGateway { _ in
                func configure(_ body: JSON) async throws {
                    let answer = try await proxy.send(.PATCH, "/platform-config", body)
                    #expect(answer.status == 200, "\(answer.body.text())")
                }
                func apply() async throws -> JSON? { try await proxy.send(.POST, "/updates/apply", [:]).body["status"] }
                _ = try await proxy.send(.POST, "/config", ["channels": ["irc": ["on": true]]])
                try await configure(["channels": ["slack": ["token": "very-secret", "on": true]]])
                #expect(try await apply() == "applied")
                #expect(try file(proxy)[at: ["channels", "slack", "token"]] == "very-secret")
                #expect(try await apply() == "nothing_to_apply")
                try await configure(["channels": ["slack": .null]])
                #expect(try await apply() == "applied")
                #expect(try file(proxy)["channels"] == ["irc": ["on": true]], "others' stay")
                #expect(try await apply() == "nothing_to_apply")

                let policy = try await proxy.send(.PATCH, "/model-policy", ["primary": "prov/big", "allowed": ["prov/big"]])
                #expect(policy.status == 200)
                #expect(try file(proxy)[at: ["agents", "defaults", "model", "primary"]] == "prov/big")
                let cleared = try await proxy.send(.PATCH, "/model-policy", ["primary": .null, "allowed": .null])
                #expect(cleared.status == 200, "\(cleared.body.text())")
                #expect(try file(proxy)[at: ["agents", "defaults", "model", "primary"]] == nil)
                #expect(try file(proxy)[at: ["agents", "defaults", "models", "prov/big"]] == nil)
            }
        }
    }

    @Test func aModelPolicyReachesTheMachineThatRuns() async throws {
        try await withProxyStage { proxy in
            try await proxy.withGateway { _ in
                let answer = try await proxy.send(.PATCH, "/model-policy", ["primary": "prov/big"])
                #expect(answer.status == 200, "\(answer.body.text())")
                #expect(try file(proxy)[at: ["agents", "defaults", "model", "primary"]] == "prov/big")
            }
            let away = try await proxy.send(.PATCH, "/model-policy", ["primary": "prov/other"])
            #expect(away.status == 200 && away.body[at: ["model_policy", "primary"]] == "prov/other")
            #expect(try file(proxy)[at: ["agents", "defaults", "model", "primary"]] == "prov/big")
        }
    }
}
