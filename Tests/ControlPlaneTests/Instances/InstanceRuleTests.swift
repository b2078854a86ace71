import CraneAPI
import HTTPOperations
import HTTPTypes
import JSONValue
import Testing

@testable import ControlPlane

@Suite struct InstanceRuleTests {
    // MARK: The catalogue

    static let catalog = """
        regions:
          - { id: eu-central, provider: gce, zone: europe-west3-a }
          - { id: lab, provider: kubevirt }
        tiers:
          - { id: small, name: Small, machineType: e2-small, diskGb: 20 }
          - { id: free, name: Free }
        presets:
          - { id: personal_assistant, template: single-agent }
        """

    @Test func aCatalogueIsRead() throws {
        let catalog = try InstanceCatalog(parsing: Self.catalog)
        #expect(catalog.regions["eu-central"] == .init(id: "eu-central", provider: .gce, zone: "europe-west3-a"))
        #expect(catalog.regions["lab"] == .init(id: "lab", provider: .kubevirt))
        #expect(catalog.tiers["small"] == .init(id: "small", name: "Small", machineType: "e2-small", diskGb: 20))
        #expect(catalog.tiers["free"] == .init(id: "free", name: "Free"))
        #expect(catalog.presets == ["personal_assistant": .init(id: "personal_assistant", template: "single-agent")])
        // JSON is read too.
        let json = """
            {"regions":[{"id":"r","provider":"local"}],"tiers":[{"id":"t","name":"T"}],"presets":[{"id":"p","template":"x"}]}
            """
        #expect(try InstanceCatalog(parsing: json).regions["r"]?.provider == .local)
    }

    @Test(arguments: [
        ("", "must be a mapping"),
        ("[1]", "must be a mapping"),
        ("a: [", "neither YAML nor JSON"),
        ("regions: []\n", "regions: must be a list"),
        ("zones: []\n", "zones: is not known"),
        (
            catalog.replacing("provider: kubevirt", with: "provider: aws"),
            "regions[1].provider: must be one of gce, kubevirt, local, not aws"
        ),
        (catalog.replacing("id: lab", with: "id: eu-central"), "regions[1].id: is there twice"),
        (catalog.replacing("id: lab, ", with: ""), "regions[1].id: is missing"),
        (catalog.replacing("id: lab", with: "id: \"a b\""), "regions[1].id: must consist of"),
        (catalog.replacing("diskGb: 20", with: "diskGb: 0"), "tiers[0].diskGb: must be a whole number from 1 to 65536"),
        (catalog.replacing("diskGb: 20", with: "disk: 20"), "tiers[0].disk: is not known"),
        (catalog.replacing("name: Free", with: "name: \"\""), "tiers[1].name: must be a text of 1 to 120 bytes"),
        (catalog.replacing("template: single-agent", with: "x: y"), "presets[0].x: is not known"),
    ])
    func aWrongCatalogueIsRefused(text: String, message: String) throws {
        let error = #expect(throws: InstanceCatalogError.self) { try InstanceCatalog(parsing: text) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test func theEnvironmentNamesACatalogue() throws {
        let token = String(repeating: "t", count: 32)
        func read(_ environment: [String: String]) throws -> InstanceConfiguration {
            try ControlPlaneConfiguration(environment: environment.merging(["OPENCRANE_API_TOKEN": token]) { first, _ in first }) { path in
                if path == "/c.yaml" { return Self.catalog }
                if path == "/bad.yaml" { return "regions: 1" }
                throw ConfigurationError(variable: "", message: "no such file")
            }.instances
        }
        #expect(try read([:]).catalog == nil)
        let told = try read([
            "INSTANCE_CATALOG_FILE": "/c.yaml", "INSTANCE_ORDER_LIMIT": "7", "INSTANCE_BOOTSTRAP_TIMEOUT_SECONDS": "60",
        ])
        #expect(told.catalog?.tiers.count == 2 && told.orderLimit == 7 && told.bootstrapTimeout == .seconds(60))
        for wrong in [
            ["INSTANCE_CATALOG_FILE": "/none"], ["INSTANCE_CATALOG_FILE": "/bad.yaml"], ["INSTANCE_ORDER_LIMIT": "0"],
            ["INSTANCE_BOOTSTRAP_TIMEOUT_SECONDS": "x"],
        ] {
            let error = #expect(throws: ConfigurationError.self) { try read(wrong) }
            #expect(error?.variable == wrong.keys.first)
        }
    }

    @Test(arguments: MachineProviderName.allCases)
    func theBuiltInCatalogueOffersTheSameOfEveryProvider(provider: MachineProviderName) {
        let catalog = InstanceCatalog.builtIn(provider)
        #expect(catalog.regions.keys.sorted() == [provider == .local ? "local" : "default"])
        #expect(catalog.regions.values.allSatisfy { $0.provider == provider })
        #expect(catalog.tiers.keys.sorted() == ["large", "medium", "small"])
        #expect(
            catalog.presets["personal_assistant"]?.template == "single-agent" && catalog.presets["team"]?.template == "standard-7-agent"
        )
    }

    // MARK: Names

    @Test(arguments: [
        ("Mia", "mia"), ("Support Bot (EU)", "support-bot-eu"), ("  --x--  ", "x"), ("Ünïcödé", "n-c-d"), ("日本", "agent"),
        ("drift", "agent"),
        (String(repeating: "ab-", count: 30), "ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-a"),
    ])
    func aHostIsNamedAfterItsAgent(name: String, hostname: String) {
        #expect(InstanceOrder.hostname(name) == hostname)
        for candidate in InstanceOrder.candidates(InstanceOrder.hostname(name), random: { 1 }) {
            #expect(NameRules.problems(inName: candidate, of: "Tenant").isEmpty, "\(candidate)")
        }
    }

    // MARK: Settings

    private func patch(_ json: JSON) throws -> PlatformConfigRequest { try json.decode(PlatformConfigRequest.self) }

    @Test func onlyWhatIsNamedChanges() throws {
        var config: JSON = ["model_policy": ["primary": "m"]]
        func apply(_ json: JSON) throws -> JSON? {
            config = try InstanceSettings.merged(try patch(json), into: config)
            return config["platform"]
        }
        #expect(
            try apply(["skills": ["a", "b"], "recipe_id": "r", "channels": ["slack": ["token": "t", "on": true]]])?["recipe_id"] == "r"
        )
        #expect(try apply(["channels": ["slack": ["token": .null], "irc": [:]]])?["channels"] == ["slack": ["on": true], "irc": [:]])
        #expect(try apply(["channels": ["slack": .null], "advanced": ["a": ["b": 1]]])?["channels"] == ["irc": [:]])
        #expect(try apply(["skills": ["c"]])?["skills"] == ["c"], "a list takes the place of the list")
        #expect(try apply([:])?["recipe_id"] == "r")
        #expect(try apply(["recipe_id": .null])?["recipe_id"] == nil)
        #expect(config["platform"]?["advanced"] == ["a": ["b": 1]] && config["model_policy"] == ["primary": "m"])
    }

    @Test func aModelPolicyIsMergedByMember() throws {
        var config: JSON = ["platform": ["skills": []]]
        func apply(_ json: JSON) throws -> JSON? {
            config = try InstanceSettings.merged(try json.decode(ModelPolicyRequest.self), into: config)
            return config["model_policy"]
        }
        #expect(try apply([:]) == [:])
        let full: JSON = ["primary": "a", "fallbacks": ["b"], "allowed": ["a", "b"]]
        #expect(try apply(full) == full)
        #expect(try apply(["fallbacks": .null, "primary": "c"]) == ["primary": "c", "allowed": ["a", "b"]])
        #expect(config["platform"] == ["skills": []])
    }

    @Test func settingsAreBounded() throws {
        let large = JSON.string(String(repeating: "x", count: 200_000))
        let once = try InstanceSettings.merged(try patch(["advanced": ["a": large]]), into: [:])
        #expect(throws: OperationError.self) { try InstanceSettings.merged(try patch(["advanced": ["b": large]]), into: once) }
        #expect(throws: Never.self) { try InstanceSettings.merged(try patch(["advanced": ["a": .null, "b": large]]), into: once) }
    }

    // MARK: What the reconciler does

    @Test func theTaskFollowsFromTheRow() {
        let now = plainInstance().createdAt
        #expect(InstanceTask(plainInstance()) == .create)
        #expect(InstanceTask(plainInstance { $0.failure = .init(code: "c", message: "m") }) == .none)
        #expect(InstanceTask(plainInstance { $0.tenantUID = "u" }) == .watch)
        #expect(InstanceTask(plainInstance { $0.deleteRequestedAt = now }) == .remove)
        #expect(
            InstanceTask(
                plainInstance {
                    $0.deleteRequestedAt = now
                    $0.deletedAt = now
                }
            ) == .none
        )
    }

    @Test func aRefusedCreationIsJudged() {
        func verdict(_ status: HTTPResponse.Status, _ code: String, _ holder: InstanceObject? = nil) -> CreationVerdict {
            CreationVerdict(OperationError(status, code: code, message: "m"), holder: holder)
        }
        let ours = InstanceObject(uid: "u", isOurs: true, isGoing: false)
        let other = InstanceObject(uid: "x", isOurs: false, isGoing: false)
        #expect(verdict(.conflict, "TENANT_ALREADY_EXISTS", other) == .rename)
        #expect(verdict(.conflict, "TENANT_ALREADY_EXISTS", ours) == .adopt(uid: "u"))
        #expect(verdict(.gatewayTimeout, "WRITE_EXPIRED", ours) == .adopt(uid: "u"))
        #expect(
            verdict(.gatewayTimeout, "WRITE_EXPIRED")
                == .fail(.createExpired, "The tenant could not be made in time: Kubernetes did not take it.")
        )
        #expect(verdict(.unprocessableContent, "VALIDATION_ERROR") == .fail(.createRefused, "m"))
        for (status, code) in [
            (HTTPResponse.Status.serviceUnavailable, "WRITE_PENDING"), (.conflict, "WRITE_IN_PROGRESS"), (.badGateway, "UPSTREAM_ERROR"),
            (.conflict, "INSTANCE_STATE"),
        ] { #expect(verdict(status, code) == .again) }
    }

    @Test func nothingIsFinishedBeforeEverythingIsGone() {
        let ours = InstanceObject(uid: "u", isOurs: true, isGoing: false)
        let going = InstanceObject(uid: "u", isOurs: true, isGoing: true)
        let other = InstanceObject(uid: "x", isOurs: false, isGoing: false)
        for holder in [nil, ours, going, other] as [InstanceObject?] {
            for hasRow in [false, true] {
                #expect(RemovalVerdict(isWriting: true, holder: holder, hasRow: hasRow) == .wait)
                let verdict = RemovalVerdict(isWriting: false, holder: holder, hasRow: hasRow)
                if holder == ours { #expect(verdict == .delete) }
                if holder == going { #expect(verdict == .going) }
                if holder == nil { #expect(verdict == (hasRow ? .delete : .finished)) }
                if holder == other { #expect(verdict == .finished, "somebody else's is left alone") }
            }
        }
    }
}
