import KubernetesModel
import Testing

@testable import CraneOperator

@Suite("What a pod has too much")
struct PodSurplusTests {
    private func findings(_ change: (inout CoreV1.PodSpec) -> Void) throws -> [String] {
        let plan = try #require(Samples.plan().children.deployment.spec?.template?.spec)
        var live = plan
        change(&live)
        return PodSurplus(of: live, beyond: plan).findings
    }

    @Test("A pod as planned has nothing too much, nor has one that the server filled in")
    func planned() throws {
        #expect(try findings { _ in }.isEmpty)
        #expect(
            try findings {
                $0.restartPolicy = "Always"
                $0.terminationGracePeriodSeconds = 30
                $0.containers?[0].imagePullPolicy = "IfNotPresent"
                $0.hostNetwork = nil
            }.isEmpty
        )
    }

    @Test("Rights of the node, containers, volumes and commands are found")
    func found() throws {
        #expect(
            try findings {
                $0.hostNetwork = true
                $0.hostPID = true
                $0.hostIPC = true
            } == ["hostIPC", "hostNetwork", "hostPID"]
        )
        #expect(try findings { $0.containers?.append(.init(name: "spy")) } == ["container spy"])
        #expect(try findings { $0.initContainers = [.init(name: "spy")] } == ["init container spy"])
        #expect(try findings { $0.volumes?.append(.init(name: "node")) } == ["volume node"])
        #expect(try findings { $0.volumes?[5] = .init(name: "tmp") } == ["volume tmp"])
        #expect(
            try findings {
                $0.containers?[0].command = ["sh"]
                $0.containers?[0].env?.append(.init(name: "LD_PRELOAD", value: "x"))
                $0.containers?[0].volumeMounts?.append(.init(name: "node", mountPath: "/node"))
                $0.containers?[0].securityContext?.capabilities?.add = ["SYS_ADMIN"]
            } == ["capabilities", "command", "env", "volumeMounts"].map { "\($0) of container openclaw" }
        )
    }
}
