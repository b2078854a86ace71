import JSONValue
import Testing

@testable import ControlPlane

@Suite struct ConfigurationPlanTests {
    private let settings: JSON = [
        "model_policy": [
            "primary": "prov/big", "fallbacks": ["prov/small"], "allowed": ["prov/big", "prov/small"],
        ],
        "platform": [
            "skills": ["weather", ["id": "calendar", "enabled": false], ["name": "mail", "config": ["folder": "in"]]],
            "channels": ["discord": ["accounts": ["lead": ["token": "very-secret"]], "enabled": true]],
            "integrations": ["notion"],
            "advanced": ["color": "red"],
        ],
    ]
    private let wanted: JSON = [
        "agents": [
            "defaults": [
                "model": ["primary": "prov/big", "fallbacks": ["prov/small"]], "models": ["prov/big": [:], "prov/small": [:]],
            ]
        ],
        "skills": [
            "entries": [
                "weather": ["enabled": true], "calendar": ["enabled": false], "mail": ["enabled": true, "config": ["folder": "in"]],
            ]
        ],
        "channels": ["discord": ["accounts": ["lead": ["token": "very-secret"]], "enabled": true]],
        "plugins": ["entries": ["notion": ["enabled": true]]],
    ]

    @Test func settingsBecomeAPatch() {
        #expect(ConfigurationPlan(settings).patch(of: ["gateway": ["port": 1]], knowsSecrets: false) == wanted)
        #expect(ConfigurationPlan([:]).patch(of: [:], knowsSecrets: false) == [:])
        #expect(
            ConfigurationPlan(settings, parts: [.models]).patch(of: [:], knowsSecrets: false)
                == ["agents": wanted["agents"] ?? .null]
        )
    }

    @Test func whatIsThereIsNotWrittenAgain() {
        var shown = wanted
        shown[at: ["channels", "discord", "accounts", "lead", "token"]] = ConfigurationPlan.redacted
        shown["gateway"] = ["port": 18_789]
        let plan = ConfigurationPlan(settings)
        #expect(plan.patch(of: shown, knowsSecrets: true) == [:])
        // Secrets cannot be compared: they are written unless they are known to be there.
        #expect(
            plan.patch(of: shown, knowsSecrets: false) == ["channels": ["discord": ["accounts": ["lead": ["token": "very-secret"]]]]]
        )
        shown[at: ["agents", "defaults", "model", "primary"]] = "prov/other"
        #expect(plan.patch(of: shown, knowsSecrets: true) == ["agents": ["defaults": ["model": ["primary": "prov/big"]]]])
        #expect(plan.everything(over: shown) == wanted)
    }

    @Test func whatIsNotWantedAnyMoreIsTurnedOff() {
        let current: JSON = [
            "skills": ["entries": ["old": ["enabled": true], "older": ["enabled": false]]],
            "agents": ["defaults": ["models": ["prov/gone": ["alias": "g"], "prov/big": ["alias": "b"]]]],
        ]
        let patch = ConfigurationPlan(settings).patch(of: current, knowsSecrets: false)
        #expect(patch[at: ["skills", "entries", "old"]] == ["enabled": false])
        #expect(patch[at: ["skills", "entries", "older"]] == nil)
        #expect(patch[at: ["agents", "defaults", "models", "prov/gone"]] == .some(.null))
        // What somebody else says of a model stays.
        #expect(patch[at: ["agents", "defaults", "models", "prov/big"]] == nil)
        let empty = ConfigurationPlan(["platform": ["skills": []]]).patch(of: current, knowsSecrets: false)
        #expect(empty == ["skills": ["entries": ["old": ["enabled": false]]]])
    }

    @Test func whatIsTakenOutOfTheSettingsIsTakenBack() {
        let shape = ConfigurationPlan(settings).shape
        #expect(!shape.json.text().contains("very-secret") && !shape.json.text().contains("\"in\""), "\(shape.json.text())")
        var current = wanted
        current[at: ["channels", "irc"]] = ["on": true]
        #expect(ConfigurationPlan(settings, applied: shape).patch(of: current, knowsSecrets: true) == [:])
        // Everything: what others configured stays.
        let none = ConfigurationPlan(["platform": ["skills": [], "integrations": []]], applied: shape)
        let patch = none.patch(of: current, knowsSecrets: true)
        #expect(patch["channels"] == ["discord": .null])
        #expect(patch[at: ["agents", "defaults", "model"]] == ["primary": .null, "fallbacks": .null])
        #expect(patch[at: ["agents", "defaults", "models"]] == ["prov/big": .null, "prov/small": .null])
        #expect(patch[at: ["skills", "entries", "mail"]] == ["enabled": false, "config": ["folder": .null]])
        #expect(none.patch(of: [:], knowsSecrets: true) == [:], "what is gone is not taken back")
        #expect(none.shape == AppliedShape.empty)
        // A part of a channel, and one policy for another.
        var less = settings
        less[at: ["platform", "channels", "discord"]] = ["enabled": true]
        less["model_policy"] = ["primary": "prov/other"]
        let partly = ConfigurationPlan(less, applied: shape).patch(of: current, knowsSecrets: true)
        #expect(partly["channels"] == ["discord": ["accounts": .null]])
        #expect(partly[at: ["agents", "defaults", "model"]] == ["primary": "prov/other", "fallbacks": .null])
        // The models alone are nobody else's business.
        let models = ConfigurationPlan([:], parts: [.models], applied: shape).patch(of: current, knowsSecrets: true)
        #expect(Set((models.objectValue ?? [:]).keys) == ["agents"])
    }

    @Test func whatAGatewayShowsIsNoSecretToWrite() {
        let plan = ConfigurationPlan(["platform": ["channels": ["slack": ["token": ConfigurationPlan.redacted, "enabled": true]]]])
        #expect(plan.patch(of: [:], knowsSecrets: false) == ["channels": ["slack": ["enabled": true]]])
    }

    @Test func aPatchIsComparedAsGatewaysMerge() {
        let current: JSON = ["agents": ["list": [["id": "qa", "name": "QA"], ["id": "lead"]]], "a": [1, 2], "b": 1]
        func effective(_ patch: JSON) -> JSON { ConfigurationPlan.effective(patch, of: current, knowsSecrets: false) }
        #expect(effective(["agents": ["list": [["id": "qa", "name": "QA"]]]]) == [:])
        #expect(effective(["agents": ["list": [["id": "new"]]]]) == ["agents": ["list": [["id": "new"]]]])
        #expect(effective(["a": [1, 2], "b": .null, "c": .null]) == ["b": .null])
        #expect(effective(["b": [:]]) == ["b": [:]])
        #expect(effective(["agents": [:]]) == [:])
        #expect(ConfigurationPlan.arrays(of: ["a": [1], "x": ["y": []], "agents": ["list": [["id": "q"]]]]) == ["a", "x.y"])
    }

    @Test func conversationsHaveNamesThatPathsCanHold() {
        #expect(ConversationID.text(of: "agent:main:main") == "agent:main:main")
        for key in ["agent:main:whatsapp:direct:+4912345", "a/../b", "", String(repeating: "x", count: 129), "x-1", "ü"] {
            let text = ConversationID.text(of: key)
            #expect(text.hasPrefix("x-") && text.utf8.count == 42, "\(key)")
            #expect(ConversationID.text(of: key) == text)
        }
        #expect(ConversationID.text(of: "x-1") != ConversationID.text(of: "x-2"))
    }
}
