import CraneAPI
import JSONValue
import Testing

@Suite struct ConfigMergeTests {
    let base: JSON = [
        "gateway": ["mode": "local", "port": 18789, "bind": "lan"],
        "models": ["mode": "merge", "providers": ["litellm-proxy": ["baseUrl": "http://proxy"]]], "log": ["level": "info"],
    ]

    @Test func mergesDeeply() {
        let (config, refused) = ConfigMerge.merge(["log": ["json": true], "gateway": ["motd": "hi"], "tools": ["x"]], over: base)
        #expect(config["log"] == ["level": "info", "json": true])
        #expect(config["gateway"] == ["mode": "local", "port": 18789, "bind": "lan", "motd": "hi"])
        #expect(config["tools"] == ["x"] && refused.isEmpty)
    }

    @Test func keepsWhatIsProtected() {
        let overrides: JSON = [
            "gateway": ["port": 1, "auth": ["mode": "none"]],
            "models": ["providers": ["litellm-proxy": ["baseUrl": "http://evil"], "own": ["baseUrl": "http://own"]]],
            "agents": ["defaults": ["skipBootstrap": false, "model": "m"]],
        ]
        let (config, refused) = ConfigMerge.merge(overrides, over: base)
        #expect(config["gateway"] == base["gateway"])
        #expect(config[at: ["models", "providers"]] == ["litellm-proxy": ["baseUrl": "http://proxy"], "own": ["baseUrl": "http://own"]])
        #expect(config[at: ["agents", "defaults"]] == ["model": "m"])
        #expect(
            refused.map { $0.joined(separator: ".") } == [
                "agents.defaults.skipBootstrap", "gateway.auth", "gateway.port", "models.providers.litellm-proxy",
            ]
        )
    }

    @Test func cannotReplaceAParentOfTheProtected() {
        let (config, refused) = ConfigMerge.merge(["gateway": "off", "models": .null], over: base)
        #expect(config == base && refused == [["gateway"], ["models"]])
    }

    @Test func nullRemovesAndEqualValuesAreNotRefused() {
        let (config, refused) = ConfigMerge.merge(["log": .null, "gateway": ["port": 18789]], over: base)
        #expect(config["log"] == nil && refused.isEmpty)
        #expect(ConfigMerge.merge("nonsense", over: base).config == base)
    }
}
