import CraneAPI
import FleetTemplates
import HTTPOperations
import HTTPTypes
import JSONValue
import Logging
import Projection
import Testing

@testable import ControlPlane

@Suite struct FleetMappingTests {
    @Test(arguments: [
        (TenantPhase.pending, false, FleetStatus.pending), (.pending, true, .pending), (.provisioning, false, .provisioning),
        (.running, true, .active), (.running, false, .active), (.degraded, false, .provisioning), (.degraded, true, .active),
        (.suspended, true, .suspended), (.suspended, false, .suspended), (.terminating, true, .suspended), (.error, false, .error),
    ])
    func aPhaseSaysHowTheFleetIsDoing(phase: TenantPhase, isComplete: Bool, status: FleetStatus) {
        #expect(FleetStatus(phase: phase, isComplete: isComplete) == status)
    }

    @Test func everyConditionBelongsToOneStatus() {
        let all = FleetStatus.allCases.flatMap(\.conditions)
        #expect(all.count == TenantPhase.allCases.count * 2 && Set(all).count == all.count)
        #expect(FleetStatus.active.conditions.contains { $0.phase == .degraded && $0.isComplete })
        #expect(!FleetStatus.active.conditions.contains { $0.phase == .degraded && !$0.isComplete })
    }

    @Test func anIdBecomesAName() {
        #expect(FleetOrder.tenantName(of: "tenant_acme_01") == "tenant-acme-01")
        let long = FleetOrder.tenantName(of: "a" + String(repeating: "_b", count: 31))
        #expect(long.utf8.count <= NameRules.maxTenantName && NameRules.problems(inName: long, of: "Tenant").isEmpty)
        #expect(long != FleetOrder.tenantName(of: "a" + String(repeating: "_b", count: 30) + "_c"))
    }

    private func order(_ body: JSON, _ change: (inout FleetConfiguration) -> Void = { _ in }) throws -> FleetOrder {
        var configuration = FleetConfiguration(machineProvider: .gce)
        change(&configuration)
        return try FleetOrder(body.decode(CreateFleetRequest.self), configuration: configuration)
    }

    @Test func anOrderBecomesATenant() throws {
        let full = try order([
            "tenantId": "tenant_acme_01", "name": "  Acme Fleet ", "plan": "pro", "clerkOrgId": "org_abc123", "templateId": "single-agent",
            "email": "boss@acme.example",
        ])
        #expect(full.name == "tenant-acme-01")
        #expect(full.spec.displayName == "Acme Fleet" && full.spec.email == "boss@acme.example")
        #expect(full.spec.runtime == TenantRuntime(type: .virtualMachine, machine: MachineSpec(provider: .gce)))
        #expect(
            full.spec.fleet
                == TenantFleet(externalId: "tenant_acme_01", plan: "pro", organization: "org_abc123", template: "single-agent")
        )
        #expect(full.spec.problems().isEmpty)
        let least = try order(["tenantId": "abc", "name": "A"])
        #expect(least.spec.email == "fleet@abc.invalid" && least.spec.problems().isEmpty)
        #expect(least.spec.fleet == TenantFleet(externalId: "abc", plan: "free", template: TemplateCatalog.defaultID))
    }

    @Test func whatCannotBeOrderedIsRefused() {
        func code(_ body: JSON, _ change: (inout FleetConfiguration) -> Void = { _ in }) -> String? {
            let error = #expect(throws: OperationError.self) { try order(body, change) }
            return error?.code
        }
        #expect(code(["tenantId": "abc", "name": "A", "plan": "gold"]) == "unknown_plan")
        #expect(code(["tenantId": "abc", "name": "A"], { $0.plans = ["pro"] }) == "unknown_plan")
        let unknown = #expect(throws: OperationError.self) { try FleetOrder.require("none", in: .builtIn) }
        #expect(unknown?.code == "unknown_template" && unknown?.fields.map(\.field) == ["templateId"])
        #expect(throws: Never.self) { try FleetOrder.require(TemplateCatalog.defaultID, in: .builtIn) }
        #expect(code(["tenantId": "drift", "name": "A"]) == "VALIDATION_ERROR")
        #expect(code(["tenantId": "abc", "name": "   "]) == "VALIDATION_ERROR")
        #expect(code(["tenantId": "abc", "name": .string(String(repeating: "x", count: 121))]) == "VALIDATION_ERROR")
        #expect(code(["tenantId": "abc", "name": "A"], { $0.machineProvider = nil }) == "machine_provider_not_configured")
    }

    private func owner(_ principal: Principal, _ headers: [(String, String)] = []) throws -> FleetOwner? {
        var fields = HTTPFields()
        for (name, value) in headers { fields[try #require(HTTPField.Name(name))] = value }
        let context = OperationContext(
            operationID: "x",
            requestID: "x",
            principal: principal,
            headers: fields,
            path: "/",
            query: [],
            logger: Logger(label: "x")
        )
        return try FleetOwner.asking(context)
    }

    @Test func anOrganisationComesBeforeThePerson() throws {
        let both = Principal(subject: "a", roles: [.viewer], method: "m", organization: "org_a", email: "a@x.example")
        #expect(try owner(both) == .organization("org_a"))
        #expect(try owner(Principal(subject: "a", roles: [.viewer], method: "m", email: "a@x.example")) == .person("a@x.example"))
        #expect(try owner(Principal(subject: "a", roles: [.viewer], method: "m")) == nil)
    }

    @Test func onlyAdministratorsActForOthers() throws {
        let admin = Principal(subject: "a", roles: [.platformAdmin], method: "m", organization: "org_own", email: "a@x.example")
        #expect(try owner(admin) == .organization("org_own"))
        #expect(try owner(admin, [("X-OpenCrane-Organization", "org_b")]) == .organization("org_b"))
        #expect(try owner(admin, [("X-OpenCrane-User", "b@x.example")]) == .person("b@x.example"))
        let viewer = Principal(subject: "v", roles: [.viewer, .owner, .customerAdmin], method: "m", organization: "org_a")
        for header in ["X-OpenCrane-Organization", "X-OpenCrane-User"] {
            let error = #expect(throws: OperationError.self) { try owner(viewer, [(header, "org_a")]) }
            #expect(error?.status == .forbidden)
        }
    }

    @Test func thePlatformTokenFailsClosed() async throws {
        let token = String(repeating: "t", count: 32)
        let name = try #require(HTTPField.Name("X-Platform-Token"))
        #expect(throws: WeakToken.self) { try PlatformTokenAuthenticator(token: "short") }
        let off = await #expect(throws: OperationError.self) {
            try await PlatformTokenAuthenticator(token: nil).authenticate([name: ""])
        }
        #expect(off?.status == .serviceUnavailable)
        let on = try PlatformTokenAuthenticator(token: token)
        #expect(try await on.authenticate([name: token])?.roles == [.platformAdmin])
        for wrong in [[:], [name: token + "x"], [name: ""], [.authorization: "Bearer \(token)"]] as [HTTPFields] {
            let error = await #expect(throws: OperationError.self) { try await on.authenticate(wrong) }
            #expect(error?.status == .unauthorized)
        }
    }

    @Test func environmentsSayWhatCanBeOrdered() throws {
        func read(_ environment: [String: String]) throws -> FleetConfiguration {
            try FleetConfiguration(EnvironmentReader(environment: environment))
        }
        #expect(try read([:]) == FleetConfiguration())
        let read1 = try read([
            "OPENCRANE_MACHINE_PROVIDER": "kubevirt", "OPENCRANE_FLEET_PLANS": "basic, big",
            "OPENCRANE_FLEET_OWNER_EMAIL": "a+{name}@x.example",
        ])
        #expect(read1.machineProvider == .kubevirt && read1.plans == ["basic", "big"] && read1.defaultPlan == "basic")
        #expect(read1.ownerEmail == "a+{name}@x.example")
        for (name, value) in [
            ("OPENCRANE_MACHINE_PROVIDER", "aws"), ("OPENCRANE_FLEET_PLANS", ","), ("OPENCRANE_FLEET_OWNER_EMAIL", "nobody"),
            ("OPENCRANE_FLEET_OWNER_EMAIL", "a b@c"), ("OPENCRANE_FLEET_OWNER_EMAIL", "a@b@c"),
        ] {
            let error = #expect(throws: ConfigurationError.self) { try read([name: value]) }
            #expect(error?.variable == name)
        }
    }
}
